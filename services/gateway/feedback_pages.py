"""What a person says to openings: two buttons beside each, and the list of what was said."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

from polku.matching.v1 import feedback_pb2 as pb
from starlette.responses import RedirectResponse, Response

from services.gateway.match_pages import PURPOSE, Person
from services.gateway.operations import KINDS
from services.gateway.pages import Pages, Visit
from services.gateway.sessions import Notice
from services.gateway.titles import Title, title_of, titles_of
from services.gateway.translations import N_
from services.gateway.vacancy_consents import open_requests
from shared.kernel.errors import InvalidArgument
from shared.kernel.ids import is_id, new_id

WORDS = {
    "interested": (pb.Feedback.KIND_INTERESTED, "interesting"),
    "not_interested": (pb.Feedback.KIND_NOT_INTERESTED, "hidden"),
}
"""Word of a button → what is said, and the code of what the next page tells."""
SAID = {
    pb.Feedback.KIND_INTERESTED: N_("Marked as interesting"),
    pb.Feedback.KIND_NOT_INTERESTED: N_("Not for me"),
    pb.Feedback.KIND_NOT_FITTING: N_("Does not fit"),
    pb.Feedback.KIND_APPLIED: N_("Applied"),
}


@dataclass(frozen=True, slots=True)
class SaidView:
    """What was said to an opening: in words, when, and whether it is out of the lists for that."""

    id: str
    title: Title
    words: str
    date: str
    hides: bool


class FeedbackPages:
    """The forms' targets and the list."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    async def give(self, visit: Visit, person: Person, form: dict[str, str]) -> Response:
        """Keep a word. The list is shown again without the opening, or with it marked."""
        word, _, opening = form.get("word", "").partition(" ")
        if word not in WORDS or not is_id(opening):
            raise _unusable()
        kind, code = WORDS[word]
        request = pb.GiveFeedbackRequest(
            request_id=new_id(),
            profile=person.profile,
            purpose=PURPOSE,
            opening=f"openings/{opening}",
            kind=kind,
            decision=form.get("decision", ""),
        )
        title, _ = await asyncio.gather(
            title_of(self._backends, visit, request.opening),
            self._backends.write(self._backends.matching.GiveFeedback, request, visit.caller),
        )
        await self._pages.leave_notice(visit, Notice(code, opening, title.text, title.language))
        return _back(person, form, f"opening-{opening}" if code == "interesting" else "notice")

    async def withdraw(self, visit: Visit, person: Person, form: dict[str, str]) -> Response:
        """Take a word back."""
        opening = form.get("opening", "")
        if not is_id(opening):
            raise _unusable()
        request = pb.WithdrawFeedbackRequest(
            request_id=new_id(), profile=person.profile, purpose=PURPOSE, opening=f"openings/{opening}"
        )
        title, _ = await asyncio.gather(
            title_of(self._backends, visit, request.opening),
            self._backends.write(self._backends.matching.WithdrawFeedback, request, visit.caller),
        )
        await self._pages.leave_notice(visit, Notice("withdrawn", opening, title.text, title.language))
        return _back(person, form, "notice")

    async def listed(self, visit: Visit, person: Person) -> Response:
        """Show what was said, newest first, so that it can be taken back; first the requests that wait."""
        token = visit.request.query_params.get("page_token", "")
        request = pb.ListFeedbackRequest(profile=person.profile, purpose=PURPOSE, page_token=token)
        answer = await self._backends.call(self._backends.matching.ListFeedback, request, visit.caller)
        titles = await titles_of(self._backends, visit, (word.opening for word in answer.feedback))
        return self._pages.render(
            visit,
            "feedback.html",
            person=person,
            requests=() if token else await open_requests(self._backends, visit, person.profile, own=person.own),
            words=[_said_view(word, titles[word.opening], visit) for word in answer.feedback],
            next_page_token=answer.next_page_token,
        )


def _said_view(word: pb.Feedback, title: Title, visit: Visit) -> SaidView:
    return SaidView(
        id=word.opening.removeprefix("openings/"),
        title=title,
        words=visit.words.text(SAID[word.kind]),
        date=visit.words.date(word.create_time.ToDatetime()),
        hides=word.kind != pb.Feedback.KIND_INTERESTED,
    )


def _back(person: Person, form: dict[str, str], place: str) -> Response:
    """Back to the page of the list from which the form came."""
    kind, token = form.get("kind", ""), form.get("page_token", "")
    query = {**({"kind": kind} if kind in KINDS else {}), **({"page_token": token} if token else {})}
    return RedirectResponse(f"{person.base}{'?' if query else ''}{urlencode(query)}#{place}", 303)


def _unusable() -> InvalidArgument:
    return InvalidArgument("FORM_INVALID", "The form cannot be used. Open the page again.")
