"""Who has looked at my data: for the person, by day, without the names of those who looked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby

from polku.profiles.v1.access_service_pb2 import Access, ListAccessesRequest
from starlette.responses import Response

from services.gateway import access_words
from services.gateway.break_glass_pages import overrides_of
from services.gateway.match_pages import Person
from services.gateway.pages import Pages, Visit
from services.gateway.words import Words

ENTRIES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class LookView:
    """What somebody did on a day for a purpose: who, in which unit, what for, which kinds of data, how many times."""

    who: str
    unit: str
    purpose: str
    kinds: str
    times: int


@dataclass(frozen=True, slots=True)
class DayView:
    """A day and what was looked at."""

    date: str
    looks: Sequence[LookView]


class AccessLogPages:
    """The page. Opening it is in the log, too."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    async def listed(self, visit: Visit, person: Person) -> Response:
        """Show the readings by others, newest day first; with `own` the person's own ones, too."""
        own = visit.request.query_params.get("own", "") == "1"
        token = visit.request.query_params.get("page_token", "")
        request = ListAccessesRequest(
            profile=person.profile, page_size=ENTRIES_SHOWN, page_token=token, others_only=not own
        )
        answer = await self._backends.call(self._backends.access.ListAccesses, request, visit.caller)
        return self._pages.render(
            visit,
            "access_log.html",
            person=person,
            days=days(answer.accesses, visit.words),
            overrides=() if token else await overrides_of(self._backends, visit, person.profile),
            with_own=own,
            next_page_token=answer.next_page_token,
        )


def days(accesses: Iterable[Access], words: Words) -> list[DayView]:
    """Readings by day, and on each day by who and what for, in the order of the newest of each."""
    dated = ((words.day(access.time.ToDatetime(UTC)), access) for access in accesses)
    return [
        DayView(date, _looks([access for _, access in same], words))
        for date, same in groupby(dated, key=lambda each: each[0])
    ]


def _looks(accesses: Sequence[Access], words: Words) -> list[LookView]:
    found: dict[tuple[str, str, str], list[Access]] = {}
    for access in accesses:
        key = access_words.who(access, words), access.unit, access_words.purpose(access.purpose, words)
        found.setdefault(key, []).append(access)
    return [
        LookView(*key, access_words.kinds((kind for each in same for kind in each.data), words), len(same))
        for key, same in found.items()
    ]
