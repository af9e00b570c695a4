"""My data: what a person may do with what is kept of them. Taking it along, and being erased."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC

from polku.profiles.v1.rights_service_pb2 import ErasePersonRequest, ErasePersonResponse, KeptData
from polku.type.v1.types_pb2 import Purpose
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.gateway import wire
from services.gateway.match_pages import Person
from services.gateway.pages import Pages, Visit
from services.gateway.person_export import export_person
from services.gateway.translations import N_
from services.gateway.words import Words
from shared.kernel.errors import FailedPrecondition

PLACES: Mapping[str, str] = {
    "profile": N_("Your work, skills, goals and everyday limits"),
    "identity": N_("Your name and contact details"),
    "changes": N_("The history of changes"),
    "consents": N_("Your answers about jobs"),
    "suggestions": N_("What was read from a CV"),
    "assignments": N_("Who your counsellors were"),
    "overrides": N_("When your data was opened with a reason"),
    "matches": N_("Suggestions made for you, and what you said about them"),
    "access_log": N_("The record of who has looked at your data"),
}
ERASED = "/erased"


@dataclass(frozen=True, slots=True)
class KeptView:
    """Data in one place, in words; `law` and `years` for what stays."""

    what: str
    law: str
    years: int


class RightsPages:
    """The pages of a person's own rights."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    async def show(self, visit: Visit, person: Person) -> Response:
        """Say what can be taken along, and what erasing would do."""
        return await self._show(visit, person)

    async def export(self, visit: Visit, person: Person) -> Response:
        """Everything that is kept of the person, as a file."""
        made = await export_person(self._backends, visit.caller, person.profile, self._pages.clock())
        name = f"polku-{self._pages.clock().astimezone(UTC).date().isoformat()}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return JSONResponse(wire.to_json(made), headers=headers)

    async def erase(self, visit: Visit, person: Person, form: dict[str, str]) -> Response:
        """Erase the person, if they have said that they are sure, and end the session."""
        if form.get("sure", "") != "yes":
            return await self._show(visit, person, unsure=True)
        await self._ask(visit, person, dry_run=False)
        response = RedirectResponse(ERASED, 303)
        await self._pages.end_session(visit, response)
        return response

    async def _show(self, visit: Visit, person: Person, *, unsure: bool = False) -> Response:
        held = ""
        plan = ErasePersonResponse()
        try:
            plan = await self._ask(visit, person, dry_run=True)
        except FailedPrecondition as error:
            held = error.metadata.get("law", "")
        return self._pages.render(
            visit,
            "rights.html",
            400 if unsure else 200,
            person=person,
            goes=views(plan.goes, visit.words),
            stays=views(plan.stays, visit.words),
            held=held,
            unsure=unsure,
        )

    async def _ask(self, visit: Visit, person: Person, *, dry_run: bool) -> ErasePersonResponse:
        request = ErasePersonRequest(profile=person.profile, purpose=Purpose.KIND_OWN_DATA, dry_run=dry_run)
        answer: ErasePersonResponse = await self._backends.write(
            self._backends.rights.ErasePerson, request, visit.caller
        )
        return answer


def views(kept: Iterable[KeptData], words: Words) -> list[KeptView]:
    """Places of which something is kept, in words."""
    return [
        KeptView(words.text(PLACES[each.data]), each.law, round(each.days / 365.25))
        for each in kept
        if each.data in PLACES and (each.entries or each.data == "matches")
    ]
