"""What a person holds to be wrong: one click opens it, a human answers it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from polku.matching.v1 import feedback_pb2 as pb
from polku.matching.v1.match_pb2 import Verdict
from polku.matching.v1.matching_service_pb2 import ExplainMatchRequest
from starlette.responses import RedirectResponse, Response

from services.gateway.corrections import correct_path_of_rule
from services.gateway.forms import request_id
from services.gateway.match_pages import PURPOSE, Person
from services.gateway.pages import Pages, Visit
from services.gateway.sessions import Notice
from services.gateway.titles import Title, titles_of
from services.gateway.translations import N_
from services.gateway.views import RequirementView, requirement_view
from services.gateway.words import PARTS, RULES, Words
from shared.kernel.errors import InvalidArgument, PolkuError
from shared.kernel.ids import is_id

LONGEST_VALUE = 200
ANSWERS = {
    pb.Contest.ANSWER_PROFILE_CORRECTED: N_("It was wrong. The profile has been corrected."),
    pb.Contest.ANSWER_OPENING_REPORTED: N_("It was wrong in the opening. Its publisher has been told."),
    pb.Contest.ANSWER_SYSTEM_REPORTED: N_("It was wrong in Polku. We are looking into the rule."),
    pb.Contest.ANSWER_STANDS: N_("It was looked at, and it is right as it is."),
}


@dataclass(frozen=True, slots=True)
class ContestView:
    """A contest in words.

    about    the requirement or part; empty for the comparison as a whole
    shown    the comparison as the person saw it
    now      the requirements of that rule as they stand now, where somebody is to answer
    correct  path of the page on which the profile can be corrected for it; empty for none
    answer   in words; empty while it is open
    """

    id: str
    opening: str
    title: Title
    about: str
    shown: str
    words: str
    date: str
    answer: str
    answer_words: str
    answer_date: str
    now: Sequence[RequirementView] = ()
    correct: str = ""


class ContestPages:
    """The list of a person's contests, the button's target, and the target of the counsellor's answer."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends
        self._matching = pages.backends.matching

    async def contest(self, visit: Visit, person: Person, form: dict[str, str]) -> Response:
        """Open a contest about a requirement, with what was compared as matching says it, or about the whole."""
        opening, rule, subject = (*form.get("fault", "").split(" ", 2), "", "", "")[:3]
        if not is_id(opening):
            raise InvalidArgument("FORM_INVALID", "The form cannot be used. Open the page again.")
        match = (await self._explained(visit, person, f"openings/{opening}")).match
        verdict = next((found for found in match.verdicts if (found.rule, found.subject) == (rule, subject)), None)
        request = pb.ContestMatchRequest(
            request_id=request_id(form, "contest", form.get("fault", ""), form.get("words", "")),
            profile=person.profile,
            purpose=PURPOSE,
            opening=f"openings/{opening}",
            about=rule if verdict is not None else "",
            value=verdict.text[:LONGEST_VALUE] if verdict is not None else "",
            words=form.get("words", "").strip(),
        )
        await self._backends.write(self._matching.ContestMatch, request, visit.caller)
        correct = correct_path_of_rule(person.base, rule, subject) if verdict is not None else ""
        notice = Notice("contested", opening, match.opening.title, match.opening.title_language, correct)
        await self._pages.leave_notice(visit, notice)
        return RedirectResponse(f"{person.base}/contests#notice", 303)

    async def listed(self, visit: Visit, person: Person) -> Response:
        """Show a person's contests, newest first, with their answers; to a counsellor with a form for each open one."""
        token = visit.request.query_params.get("page_token", "")
        request = pb.ListContestsRequest(profile=person.profile, purpose=PURPOSE, page_token=token)
        answer = await self._backends.call(self._matching.ListContests, request, visit.caller)
        titles = await titles_of(self._backends, visit, (contest.opening for contest in answer.contests))
        open_ones = [] if person.own else [contest for contest in answer.contests if not contest.answer]
        now = dict(
            zip(
                (contest.name for contest in open_ones),
                await asyncio.gather(*(self._now(visit, person, contest) for contest in open_ones)),
                strict=True,
            )
        )
        return self._pages.render(
            visit,
            "contests.html",
            person=person,
            notice=await self._pages.take_notice(visit),
            contests=[
                contest_view(
                    contest, titles[contest.opening], visit.words, base=person.base, now=now.get(contest.name, ())
                )
                for contest in answer.contests
            ],
            answers={pb.Contest.Answer.Name(code): visit.words.text(text) for code, text in ANSWERS.items()},
            next_page_token=answer.next_page_token,
        )

    async def resolve(self, visit: Visit, person: Person, form: dict[str, str]) -> Response:
        """Answer a contest. Without an answer in the form it is asked for again."""
        contest, answer = visit.request.path_params["contest"], form.get("answer", "")
        if not is_id(contest) or answer not in map(pb.Contest.Answer.Name, ANSWERS):
            raise InvalidArgument("FORM_INVALID", "The form cannot be used. Open the page again.")
        request = pb.ResolveContestRequest(
            request_id=request_id(form, "resolve", contest, answer, form.get("words", "")),
            name=f"contests/{contest}",
            purpose=PURPOSE,
            answer=pb.Contest.Answer.Value(answer),
            words=form.get("words", "").strip(),
        )
        await self._backends.write(self._matching.ResolveContest, request, visit.caller)
        await self._pages.leave_notice(visit, Notice("answered"))
        return RedirectResponse(f"{person.base}/contests#notice", 303)

    async def _now(self, visit: Visit, person: Person, contest: pb.Contest) -> Sequence[RequirementView]:
        """The contested requirement as it stands now; nothing where the opening is gone or it cannot be said."""
        try:
            answer = await self._explained(visit, person, contest.opening)
        except PolkuError:
            return ()
        found: list[Verdict] = [verdict for verdict in answer.match.verdicts if verdict.rule == contest.about]
        return [requirement_view(verdict, visit.words) for verdict in found]

    async def _explained(self, visit: Visit, person: Person, opening: str) -> Any:
        request = ExplainMatchRequest(profile=person.profile, opening=opening, purpose=PURPOSE, language=visit.language)
        return await self._backends.call(self._matching.ExplainMatch, request, visit.caller)


def contest_view(
    contest: pb.Contest, title: Title, words: Words, *, base: str = "", now: Sequence[RequirementView] = ()
) -> ContestView:
    """A contest for a page."""
    return ContestView(
        id=contest.name.removeprefix("contests/"),
        opening=contest.opening.removeprefix("openings/"),
        title=title,
        about=words.of({**PARTS, **RULES}, contest.about) if contest.about else "",
        shown=contest.value,
        words=contest.words,
        date=words.date(contest.create_time.ToDatetime()),
        answer=words.text(ANSWERS[contest.answer]) if contest.answer else "",
        answer_words=contest.answer_words,
        answer_date=words.date(contest.answer_time.ToDatetime()) if contest.HasField("answer_time") else "",
        now=now,
        correct=correct_path_of_rule(base, now[0].rule, now[0].subject) if now else "",
    )
