"""For counsellors: finding a person of their caseload and unit by name or personal identity code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from polku.profiles.v1.access_service_pb2 import Relation
from polku.profiles.v1.identity_service_pb2 import FindPeopleRequest, FoundPerson
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.languages import name_of
from services.gateway.pages import Pages, Visit
from services.gateway.translations import N_
from shared.kernel.errors import InvalidArgument
from shared.kernel.principal import Role

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class FoundView:
    """A person who was found. `href` leads to their pages, for a colleague's client to the form of break-glass."""

    href: str
    name: str
    reference: str
    language: str
    own: bool


class FindPages:
    """The form and what it finds. What was asked for stands in no address, and is not shown again."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    def routes(self) -> list[Route]:
        """Their routes."""
        return [
            self._pages.get("/caseload/find", self.form, roles=(Role.COUNSELLOR,)),
            self._pages.post("/caseload/find", self.find, roles=(Role.COUNSELLOR,)),
        ]

    async def form(self, visit: Visit) -> Response:
        """Ask for a name or a code."""
        return self._page(visit)

    async def find(self, visit: Visit, form: dict[str, str]) -> Response:
        """Show who was found; what cannot be looked for is asked for again."""
        wanted = form.get("wanted", "").strip()
        if not wanted or len(wanted) > _LONGEST:
            return self._page(visit, wrong=True)
        # A code has digits, a name has none.
        coded = re.search(r"\d", wanted) is not None
        request = FindPeopleRequest(person_id=wanted) if coded else FindPeopleRequest(name=wanted)
        try:
            answer = await self._backends.call(self._backends.identities.FindPeople, request, visit.caller)
        except InvalidArgument:
            return self._page(visit, wrong=True)
        return self._page(visit, [_view(each, visit) for each in answer.people], asked=True, more=answer.more)

    def _page(
        self,
        visit: Visit,
        people: Sequence[FoundView] = (),
        *,
        asked: bool = False,
        more: bool = False,
        wrong: bool = False,
    ) -> Response:
        status = 400 if wrong else 200
        return self._pages.render(visit, "find.html", status, people=people, asked=asked, more=more, wrong=wrong)


def _view(person: FoundPerson, visit: Visit) -> FoundView:
    profile = person.profile.removeprefix("profiles/")
    own = person.relation == Relation.KIND_ASSIGNED_COUNSELLOR
    return FoundView(
        href=f"/people/{profile}" if own else f"/break-glass?person={profile}",
        name=" ".join(part for part in (person.given_names, person.family_name) if part),
        reference=person.case_reference or visit.words.text(N_("without a reference")),
        language=name_of(person.preferred_language, visit.language) if person.preferred_language else "",
        own=own,
    )
