"""What was changed in my data: for the person, by day, with who did it and, where it is short, what it says now."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby

from polku.profiles.v1.profile_service_pb2 import Change, ListChangesRequest
from polku.type.v1.types_pb2 import Purpose
from starlette.responses import Response

from services.gateway import access_words
from services.gateway.match_pages import Person
from services.gateway.pages import Pages, Visit
from services.gateway.translations import N_
from services.gateway.words import Words

ENTRIES_SHOWN = 100
_LONGEST_VALUE = 200
FIELDS: Mapping[str, str] = {
    "case_reference": N_("Case reference"),
    "preferred_language": N_("Language in which you read"),
    "work.summaries": N_("Your own words about work"),
    "work.experiences": N_("Jobs"),
    "work.skills": N_("Skills"),
    "work.educations": N_("Education"),
    "work.licences": N_("Licences and cards"),
    "work.languages": N_("Languages you know"),
    "work.goals": N_("Goals"),
    "work.right_to_work": N_("Right to work in Finland"),
    "work.limits": N_("Everyday life"),
    "choices": N_("What you have agreed to"),
    "given_names": N_("Given names"),
    "family_name": N_("Family name"),
    "person_id": N_("Personal identity code"),
    "emails": N_("E-mail"),
    "phones": N_("Telephone"),
    "address": N_("Address"),
    "protected": N_("Protection of your address"),
}
"""Fields by the beginning of their path."""
ORIGINS: Mapping[int, str] = {Change.ORIGIN_DOCUMENT: N_("From a document, confirmed")}
_IN_WORDS = frozenset({"emails", "phones", "given_names", "family_name", "case_reference", "work.goals.text"})
"""What is a person's own words, and can be shown as it is."""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change: which field, who, in which unit, from where, and both values where they are words ("" for none)."""

    field: str
    who: str
    unit: str
    origin: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DayView:
    """A day and what was changed."""

    date: str
    changes: Sequence[ChangeView]


class ChangePages:
    """The page. Opening it is in the access log."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    async def listed(self, visit: Visit, person: Person) -> Response:
        """Show the changes, newest day first."""
        request = ListChangesRequest(
            profile=person.profile,
            purpose=Purpose.KIND_OWN_DATA,
            page_size=ENTRIES_SHOWN,
            page_token=visit.request.query_params.get("page_token", ""),
        )
        answer = await self._backends.call(self._backends.profiles.ListChanges, request, visit.caller)
        shown = days(answer.changes, visit.words)
        return self._pages.render(
            visit, "changes.html", person=person, days=shown, next_page_token=answer.next_page_token
        )


def days(changes: Iterable[Change], words: Words) -> list[DayView]:
    """Changes by day, newest first."""
    dated = ((words.day(change.time.ToDatetime(UTC)), _view(change, words)) for change in changes)
    return [DayView(date, [view for _, view in same]) for date, same in groupby(dated, key=lambda each: each[0])]


def _view(change: Change, words: Words) -> ChangeView:
    in_words = change.path in _IN_WORDS
    return ChangeView(
        field=words.text(_label(change.path)),
        who=access_words.standing(change.relation, change.role, words),
        unit=change.unit,
        origin=words.text(ORIGINS[change.origin]) if change.origin in ORIGINS else "",
        before=_value(change.old_value) if in_words else "",
        after=_value(change.new_value) if in_words else "",
    )


def _label(path: str) -> str:
    found = (label for prefix, label in FIELDS.items() if path == prefix or path.startswith(f"{prefix}."))
    return next(found, N_("Other data"))


def _value(text: str) -> str:
    """A text or a list of texts as it is, cut where it is long."""
    value = json.loads(text) if text else None
    shown = ", ".join(value) if isinstance(value, list) else value if isinstance(value, str) else ""
    return shown if len(shown) <= _LONGEST_VALUE else f"{shown[:_LONGEST_VALUE]}…"
