"""The pages about one person's matches, for the person and for their counsellor alike."""

import asyncio
from dataclasses import dataclass
from typing import Any

from polku.matching.v1 import matching_service_pb2 as pb
from polku.openings.v1.opening_service_pb2 import OpeningKind
from polku.type.v1.types_pb2 import Purpose
from starlette.responses import Response

from services.gateway import views
from services.gateway.operations import KINDS
from services.gateway.pages import Pages, Visit
from shared.kernel.errors import DeadlineExceeded, Unavailable

EXCLUSIONS_SHOWN = 50
STEPS_SHOWN = 5
PURPOSE = Purpose.KIND_JOB_MATCHING


@dataclass(frozen=True, slots=True)
class Person:
    """Whose matches. `base` is the path of their page; `own` whether the reader is the person; `title` the heading."""

    profile: str
    base: str
    own: bool
    title: str


class MatchPages:
    """The list, what was left out, and one opening beside the person."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._matching = pages.backends.matching

    async def overview(self, visit: Visit, person: Person) -> Response:
        """Show the matches with their reasons, the question, next steps and what was left out."""
        kind = visit.request.query_params.get("kind", "")
        kind = kind if kind in KINDS else ""
        listed = asyncio.create_task(self._matches(visit, person, kind))
        besides = [self._exclusions(visit, person, kind), self._steps(visit, person), self._question(visit, person)]
        # What stands besides the list may be missing for a moment; the list itself may not.
        excluded, steps, question = await asyncio.gather(*(_or_none(call) for call in besides))
        answer = await listed
        ranked = answer.order != pb.ListMatchesResponse.ORDER_NEWEST_FIRST
        return self._pages.render(
            visit,
            "matches.html",
            person=person,
            kind=kind,
            answer=answer,
            ranked=ranked,
            first_page="page_token" not in visit.request.query_params,
            notes=set(answer.notes),
            matches=[views.match_view(match, visit.words, ranked=ranked) for match in answer.matches],
            groups=None if excluded is None else _groups(excluded, visit),
            more_excluded=excluded.next_page_token if excluded is not None else "",
            steps=None if steps is None else [views.step_view(step, visit.words) for step in steps.steps],
            question=views.question_text(question) if question is not None else "",
        )

    async def left_out(self, visit: Visit, person: Person) -> Response:
        """Show what was left out, page by page."""
        token = visit.request.query_params.get("page_token", "")
        answer = await self._exclusions(visit, person, "", token)
        return self._pages.render(
            visit,
            "left_out.html",
            person=person,
            groups=_groups(answer, visit),
            count=answer.excluded_count,
            next_page_token=answer.next_page_token,
        )

    async def compare(self, visit: Visit, person: Person, opening: str) -> Response:
        """Show one opening beside the person, requirement by requirement."""
        request = pb.ExplainMatchRequest(
            profile=person.profile, opening=f"openings/{opening}", purpose=PURPOSE, language=visit.language
        )
        answer = await self._call(visit, self._matching.ExplainMatch, request)
        match = views.match_view(answer.match, visit.words, ranked=bool(answer.match.parts), eligible=answer.eligible)
        return self._pages.render(visit, "opening.html", person=person, match=match)

    async def _matches(self, visit: Visit, person: Person, kind: str) -> Any:
        request = pb.ListMatchesRequest(
            profile=person.profile,
            purpose=PURPOSE,
            kind=_kind(kind),
            language=visit.language,
            page_token=visit.request.query_params.get("page_token", ""),
        )
        return await self._call(visit, self._matching.ListMatches, request)

    async def _exclusions(self, visit: Visit, person: Person, kind: str, token: str = "") -> Any:
        request = pb.ListExclusionsRequest(
            profile=person.profile,
            purpose=PURPOSE,
            kind=_kind(kind),
            language=visit.language,
            page_size=EXCLUSIONS_SHOWN,
            page_token=token,
        )
        return await self._call(visit, self._matching.ListExclusions, request)

    async def _steps(self, visit: Visit, person: Person) -> Any:
        request = pb.ListNextStepsRequest(
            profile=person.profile, purpose=PURPOSE, language=visit.language, page_size=STEPS_SHOWN
        )
        return await self._call(visit, self._matching.ListNextSteps, request)

    async def _question(self, visit: Visit, person: Person) -> Any:
        request = pb.GetQuestionRequest(profile=person.profile, purpose=PURPOSE, language=visit.language)
        return await self._call(visit, self._matching.GetQuestion, request)

    async def _call(self, visit: Visit, method: Any, request: Any) -> Any:
        return await self._pages.backends.call(method, request, visit.caller)


async def _or_none(call: Any) -> Any:
    try:
        return await call
    except (Unavailable, DeadlineExceeded):
        return None


def _groups(answer: Any, visit: Visit) -> list[views.ExclusionGroup]:
    return views.exclusion_groups(answer.exclusions, dict(answer.excluded_by_rule), visit.words)


def _kind(kind: str) -> Any:
    return OpeningKind.Value.Value(f"VALUE_{kind.upper()}" if kind else "VALUE_UNSPECIFIED")
