"""The pages about one person's matches, for the person and for their counsellor alike."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from polku.matching.v1 import matching_service_pb2 as pb
from polku.openings.v1.opening_service_pb2 import OpeningKind
from polku.type.v1.types_pb2 import Purpose
from starlette.responses import Response

from services.gateway import views
from services.gateway.corrections import correct_path
from services.gateway.operations import KINDS
from services.gateway.pages import Pages, Visit
from services.gateway.vacancy_consents import RequestView, open_requests
from shared.kernel.errors import DeadlineExceeded, Unavailable

EXCLUSIONS_SHOWN = 50
STEPS_SHOWN = 3
STEPS_ON_THEIR_PAGE = 20
PURPOSE = Purpose.KIND_JOB_MATCHING


@dataclass(frozen=True, slots=True)
class Person:
    """Whose matches. `base` is the path of their page; `own` whether the reader is the person; `title` the heading."""

    profile: str
    base: str
    own: bool
    title: str


class MatchPages:
    """The list, what was left out, and the next steps."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._matching = pages.backends.matching

    async def overview(self, visit: Visit, person: Person) -> Response:
        """Show the matches with their reasons, what is asked, next steps and what was left out."""
        kind = visit.request.query_params.get("kind", "")
        kind = kind if kind in KINDS else ""
        listed = asyncio.create_task(self._matches(visit, person, kind))
        besides = [
            self._exclusions(visit, person, kind),
            self._steps(visit, person),
            self._question(visit, person),
            self._requests(visit, person),
        ]
        # What stands besides the list may be missing for a moment; the list itself may not.
        excluded, steps, question, requests = await asyncio.gather(*(_or_none(call) for call in besides))
        answer = await listed
        ranked = answer.order != pb.ListMatchesResponse.ORDER_NEWEST_FIRST
        token = visit.request.query_params.get("page_token", "")
        return self._pages.render(
            visit,
            "matches.html",
            person=person,
            notice=await self._pages.take_notice(visit),
            kind=kind,
            answer=answer,
            ranked=ranked,
            page_token=token,
            first_page=not token,
            live=_live(person, answer) if not (token or kind) else "",
            interesting={name.removeprefix("openings/") for name in answer.interesting},
            notes=set(answer.notes),
            matches=[views.match_view(match, visit.words, ranked=ranked) for match in answer.matches],
            groups=None if excluded is None else _groups(excluded, visit),
            more_excluded=excluded.next_page_token if excluded is not None else "",
            steps=None if steps is None else [views.step_view(step, visit.words) for step in steps.steps],
            question=views.question_text(question) if question is not None else "",
            question_path=_question_path(person, question),
            requests=requests,
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

    async def next_steps(self, visit: Visit, person: Person) -> Response:
        """Show the next steps, page by page, with what each of them opens, the ways to it, and what it asks."""
        token = visit.request.query_params.get("page_token", "")
        answer = await self._steps(visit, person, STEPS_ON_THEIR_PAGE, token)
        steps = [views.step_view(step, visit.words) for step in answer.steps]
        return self._pages.render(
            visit, "next_steps.html", person=person, steps=steps, next_page_token=answer.next_page_token
        )

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

    async def _steps(self, visit: Visit, person: Person, size: int = STEPS_SHOWN, token: str = "") -> Any:
        request = pb.ListNextStepsRequest(
            profile=person.profile, purpose=PURPOSE, language=visit.language, page_size=size, page_token=token
        )
        return await self._call(visit, self._matching.ListNextSteps, request)

    async def _question(self, visit: Visit, person: Person) -> Any:
        request = pb.GetQuestionRequest(profile=person.profile, purpose=PURPOSE, language=visit.language)
        return await self._call(visit, self._matching.GetQuestion, request)

    async def _requests(self, visit: Visit, person: Person) -> Sequence[RequestView]:
        if visit.request.query_params.get("page_token"):
            return ()
        return await open_requests(self._pages.backends, visit, person.profile, own=person.own)

    async def _call(self, visit: Visit, method: Any, request: Any) -> Any:
        return await self._pages.backends.call(method, request, visit.caller)


async def _or_none(call: Any) -> Any:
    try:
        return await call
    except (Unavailable, DeadlineExceeded):
        return None


def _live(person: Person, answer: Any) -> str:
    """Where a script of the person's own list hears of news; empty where there is nothing to hear of."""
    if not person.own or not answer.watch_token:
        return ""
    return f"{person.base}/watch?{urlencode({'since': answer.watch_token})}"


def _question_path(person: Person, answer: Any) -> str:
    if answer is None or not answer.HasField("question"):
        return ""
    return correct_path(person.base, answer.question.field, answer.question.subject)


def _groups(answer: Any, visit: Visit) -> list[views.ExclusionGroup]:
    return views.exclusion_groups(answer.exclusions, dict(answer.excluded_by_rule), visit.words)


def _kind(kind: str) -> Any:
    return OpeningKind.Value.Value(f"VALUE_{kind.upper()}" if kind else "VALUE_UNSPECIFIED")
