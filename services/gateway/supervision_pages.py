"""For auditors: the access log of everybody, with readers and refusals, and the heads of its seal."""

import asyncio
from dataclasses import dataclass
from datetime import UTC

from polku.profiles.v1.access_service_pb2 import Access, ListAccessHeadsRequest, SearchAccessesRequest
from starlette.responses import Response
from starlette.routing import Route

from services.gateway import access_words
from services.gateway.pages import Pages, Visit
from services.gateway.words import Words
from shared.kernel.ids import is_id
from shared.kernel.principal import Role

ENTRIES_SHOWN = 50
HEADS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry of the log, for supervision. `method` is its short name."""

    moment: str
    reader: str
    role: str
    unit: str
    person: str
    purpose: str
    kinds: str
    method: str
    refused: bool


class SupervisionPages:
    """The page. What it shows is in the log, too."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    def routes(self) -> list[Route]:
        """Their route."""
        return [self._pages.get("/supervision", self.search, roles=(Role.AUDITOR,))]

    async def search(self, visit: Visit) -> Response:
        """Show the newest entries, of one person or one reader where asked for; what is no id finds nobody."""
        query = visit.request.query_params
        person, reader = query.get("person", "").strip().lower(), query.get("reader", "").strip()
        wrong = person != "" and not is_id(person)
        request = SearchAccessesRequest(
            profile=f"profiles/{person}" if person and not wrong else "",
            reader=reader[:128],
            refused_only=query.get("refused", "") == "1",
            page_size=ENTRIES_SHOWN,
            page_token=query.get("page_token", ""),
        )
        heads = ListAccessHeadsRequest(page_size=HEADS_SHOWN)
        made = asyncio.create_task(self._backends.call(self._backends.access.ListAccessHeads, heads, visit.caller))
        found = None
        if not wrong:
            found = await self._backends.call(self._backends.access.SearchAccesses, request, visit.caller)
        return self._pages.render(
            visit,
            "supervision.html",
            entries=[entry_view(access, visit.words) for access in found.accesses] if found else [],
            asked={"person": person, "reader": reader, "refused": "1" if request.refused_only else ""},
            heads=[(visit.words.moment(head.time.ToDatetime(UTC)), head) for head in (await made).heads],
            next_page_token=found.next_page_token if found else "",
        )


def entry_view(access: Access, words: Words) -> EntryView:
    """An entry in words."""
    return EntryView(
        moment=words.moment(access.time.ToDatetime(UTC)),
        reader=access.reader,
        role=access_words.role(access.role, words),
        unit=access.unit,
        person=access.profile.removeprefix("profiles/"),
        purpose=access_words.purpose(access.purpose, words),
        kinds=access_words.kinds(access.data, words),
        method=access.method.rpartition("/")[2],
        refused=access.refused,
    )
