"""For counsellors: handing many people over to a colleague, with a look at what would happen before it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from polku.profiles.v1 import caseload_service_pb2 as pb
from polku.profiles.v1 import profile_pb2, profile_service_pb2
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.gateway.forms import request_id
from services.gateway.languages import name_of
from services.gateway.pages import Pages, Visit
from services.gateway.sessions import Notice
from services.gateway.translations import N_
from shared.kernel.errors import InvalidArgument, PermissionDenied
from shared.kernel.ids import is_id, new_id
from shared.kernel.principal import Role

MOST_SHOWN = 300
"""A caseload has 150 to 250 people; whoever has more hands them over in turns."""
_AT_ONCE = 100
_CHOSEN = "person-"
OUTCOMES = {
    pb.HandOverOutcome.KIND_HANDED_OVER: N_("Goes to the colleague"),
    pb.HandOverOutcome.KIND_UNCHANGED: N_("Is with the colleague already"),
    pb.HandOverOutcome.KIND_NOT_ACCESSIBLE: N_("Cannot be handed over by you"),
}


@dataclass(frozen=True, slots=True)
class ClientView:
    """A person of the caseload, by reference; `outcome` in words, where it is about to be handed over."""

    id: str
    reference: str
    language: str
    outcome: str = ""


class HandoverPages:
    """The choice, the preview, and the handover."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    def routes(self) -> list[Route]:
        """Their routes."""
        roles = (Role.COUNSELLOR,)
        return [
            self._pages.get("/caseload/handover", self.choose, roles=roles),
            self._pages.post("/caseload/handover/preview", self.preview, roles=roles),
            self._pages.post("/caseload/handover", self.hand_over, roles=roles),
        ]

    async def choose(self, visit: Visit) -> Response:
        """Ask who is handed over, and to whom."""
        return await self._form(visit, {})

    async def preview(self, visit: Visit, form: dict[str, str]) -> Response:
        """Show what would become of everybody chosen. What cannot be used is asked for again."""
        chosen = _chosen(form)
        if not (chosen and form.get("counsellor", "").strip() and form.get("unit", "").strip()):
            return await self._form(visit, form, wrong=True)
        try:
            answer = await self._call(visit, form, chosen, validate_only=True)
        except InvalidArgument:
            return await self._form(visit, form, wrong=True)
        clients = {client.profile: client for client in await self._clients(visit)}
        kinds = {outcome.kind for outcome in answer.outcomes}
        return self._pages.render(
            visit,
            "handover_preview.html",
            clients=[_view(outcome.profile, clients, visit, OUTCOMES[outcome.kind]) for outcome in answer.outcomes],
            count=sum(outcome.kind == pb.HandOverOutcome.KIND_HANDED_OVER for outcome in answer.outcomes),
            possible=pb.HandOverOutcome.KIND_NOT_ACCESSIBLE not in kinds
            and pb.HandOverOutcome.KIND_HANDED_OVER in kinds,
            counsellor=form["counsellor"].strip(),
            unit=form["unit"].strip(),
        )

    async def hand_over(self, visit: Visit, form: dict[str, str]) -> Response:
        """Hand over everybody chosen, and show the caseload; where it has changed meanwhile, choose anew."""
        try:
            answer = await self._call(visit, form, _chosen(form), validate_only=False)
        except PermissionDenied:
            await self._pages.leave_notice(visit, Notice("not_handed_over"))
        else:
            moved = [each for each in answer.outcomes if each.kind == pb.HandOverOutcome.KIND_HANDED_OVER]
            await self._pages.leave_notice(visit, Notice("handed_over", count=len(moved)))
        return RedirectResponse("/caseload#notice", 303)

    async def _call(
        self, visit: Visit, form: Mapping[str, str], chosen: Sequence[str], *, validate_only: bool
    ) -> pb.HandOverResponse:
        counsellor, unit = form.get("counsellor", "").strip(), form.get("unit", "").strip()
        request = pb.HandOverRequest(
            profiles=[f"profiles/{person}" for person in chosen],
            counsellor=counsellor,
            unit=unit,
            validate_only=validate_only,
            request_id=new_id() if validate_only else request_id(form, "handover", counsellor, unit, *chosen),
        )
        answer: pb.HandOverResponse = await self._backends.write(
            self._backends.caseload.HandOver, request, visit.caller
        )
        return answer

    async def _form(self, visit: Visit, form: Mapping[str, str], *, wrong: bool = False) -> Response:
        clients = {client.profile: client for client in await self._clients(visit)}
        return self._pages.render(
            visit,
            "handover.html",
            400 if wrong else 200,
            clients=[_view(profile, clients, visit) for profile in clients],
            chosen=set(_chosen(form)),
            counsellor=form.get("counsellor", ""),
            unit=form.get("unit", ""),
            wrong=wrong,
        )

    async def _clients(self, visit: Visit) -> list[profile_pb2.CaseloadEntry]:
        found: list[profile_pb2.CaseloadEntry] = []
        token = ""
        while len(found) < MOST_SHOWN:
            request = profile_service_pb2.ListCaseloadRequest(page_size=_AT_ONCE, page_token=token)
            answer = await self._backends.call(self._backends.profiles.ListCaseload, request, visit.caller)
            found.extend(answer.entries)
            token = answer.next_page_token
            if not token:
                break
        return found


def _chosen(form: Mapping[str, str]) -> list[str]:
    named = (name.removeprefix(_CHOSEN) for name in form if name.startswith(_CHOSEN))
    return [person for person in named if is_id(person)]


def _view(
    profile: str, clients: Mapping[str, profile_pb2.CaseloadEntry], visit: Visit, outcome: str = ""
) -> ClientView:
    entry = clients.get(profile, profile_pb2.CaseloadEntry())
    return ClientView(
        id=profile.removeprefix("profiles/"),
        reference=entry.case_reference or visit.words.text(N_("without a reference")),
        language=name_of(entry.preferred_language, visit.language) if entry.preferred_language else "",
        outcome=visit.words.text(outcome) if outcome else "",
    )
