"""Break-glass: the counsellor's form with a reason that the person will read, and what supervision sees of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from polku.profiles.v1.access_service_pb2 import AccessOverride, BreakGlassRequest, ListOverridesRequest
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.gateway.clients import Backends
from services.gateway.forms import request_id
from services.gateway.pages import Pages, Visit
from services.gateway.sessions import Notice
from services.gateway.translations import N_
from shared.kernel.errors import FailedPrecondition, InvalidArgument, PermissionDenied, ResourceExhausted
from shared.kernel.ids import is_id
from shared.kernel.principal import Role

SHORTEST_REASON, LONGEST_REASON = 10, 500
OVERRIDES_SHOWN = 20
REASONS = {
    AccessOverride.REASON_COUNSELLOR_ABSENT: N_("Their own counsellor is away, and it cannot wait"),
    AccessOverride.REASON_URGENT_NEED: N_("They have come or called with something that cannot wait"),
    AccessOverride.REASON_SAFETY: N_("Somebody’s safety"),
    AccessOverride.REASON_OTHER: N_("Another reason"),
}


@dataclass(frozen=True, slots=True)
class OverrideView:
    """An opening of a record: since and until when, by which unit, and why, in words.

    counsellor, person  who opened whose; the person themselves is not told who it was
    """

    begin: str
    end: str
    unit: str
    kind: str
    reason: str
    counsellor: str
    person: str


class BreakGlassPages:
    """The form with its target, and the list for auditors."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._backends = pages.backends

    def routes(self) -> list[Route]:
        """Their routes."""
        roles = (Role.COUNSELLOR,)
        return [
            self._pages.get("/break-glass", self.form, roles=roles),
            self._pages.post("/break-glass", self.open, roles=roles),
            self._pages.get("/supervision/overrides", self.supervise, roles=(Role.AUDITOR,)),
        ]

    async def supervise(self, visit: Visit) -> Response:
        """Show auditors the records that were opened, of everybody, the newest first."""
        token = visit.request.query_params.get("page_token", "")
        request = ListOverridesRequest(page_size=OVERRIDES_SHOWN, page_token=token)
        answer = await self._backends.call(self._backends.access.ListOverrides, request, visit.caller)
        return self._pages.render(
            visit,
            "supervision_overrides.html",
            overrides=[_view(each, visit) for each in answer.overrides],
            next_page_token=answer.next_page_token,
        )

    async def form(self, visit: Visit) -> Response:
        """Ask for the reason, of the person whom the address names."""
        return self._form(visit, {"person": visit.request.query_params.get("person", "")})

    async def open(self, visit: Visit, form: dict[str, str]) -> Response:
        """Open the record and show it. What cannot be used is asked for again, in the same words for everybody."""
        person, code = form.get("person", "").strip(), form.get("code", "")
        reason = form.get("reason", "").strip()
        known = is_id(person) and code in map(AccessOverride.Reason.Name, REASONS)
        if not known or not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
            return self._form(visit, form, "incomplete")
        request = BreakGlassRequest(
            profile=f"profiles/{person}",
            reason_code=AccessOverride.Reason.Value(code),
            reason=reason,
            request_id=request_id(form, "break-glass", person, code, reason),
        )
        try:
            answer = await self._backends.write(self._backends.access.BreakGlass, request, visit.caller)
        except FailedPrecondition:
            return RedirectResponse(f"/people/{person}", 303)  # their own client: nothing to open
        except InvalidArgument:
            return self._form(visit, form, "incomplete")
        except PermissionDenied:
            return self._form(visit, form, "nobody")
        except ResourceExhausted:
            return self._form(visit, form, "too_many")
        until = visit.words.moment(answer.override.end_time.ToDatetime(UTC))
        await self._pages.leave_notice(visit, Notice("opened", until=until))
        return RedirectResponse(f"/people/{person}#notice", 303)

    def _form(self, visit: Visit, given: Mapping[str, str], wrong: str = "") -> Response:
        return self._pages.render(
            visit,
            "break_glass.html",
            400 if wrong else 200,
            given=given,
            wrong=wrong,
            reasons={AccessOverride.Reason.Name(code): visit.words.text(text) for code, text in REASONS.items()},
            shortest=SHORTEST_REASON,
            longest=LONGEST_REASON,
        )


async def overrides_of(backends: Backends, visit: Visit, profile: str) -> Sequence[OverrideView]:
    """When a person's record was opened in that way, newest first, for the person."""
    request = ListOverridesRequest(profile=profile, page_size=OVERRIDES_SHOWN)
    answer = await backends.call(backends.access.ListOverrides, request, visit.caller)
    return [_view(each, visit) for each in answer.overrides]


def _view(override: AccessOverride, visit: Visit) -> OverrideView:
    words = visit.words
    return OverrideView(
        begin=words.moment(override.begin_time.ToDatetime(UTC)),
        end=words.moment(override.end_time.ToDatetime(UTC)),
        unit=override.unit,
        kind=words.text(REASONS[override.reason_code]) if override.reason_code in REASONS else "",
        reason=override.reason,
        counsellor=override.counsellor,
        person=override.profile.removeprefix("profiles/"),
    )
