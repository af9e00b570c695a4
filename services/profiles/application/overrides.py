"""Break-glass: opening a record to a counsellor who is not the person's own, and showing where that was done."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.profiles.application.admission import access_of, admit
from services.profiles.application.ports import Page, Position, RequestKey, UnitOfWork
from services.profiles.domain.overrides import AccessOverride, Reason, override
from services.profiles.domain.policy import (
    PURPOSE_OF_ROLE,
    Action,
    Relation,
    decide,
    not_accessible,
)
from services.profiles.domain.rules import check_text
from shared.kernel.errors import FailedPrecondition, PermissionDenied, ResourceExhausted
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role

MOST_A_DAY = 20
"""So many records a counsellor can open in 24 hours: whoever needs more of them needs other assignments."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """Open a person's record to the calling counsellor, for a reason that the person will read."""

    caller: Principal
    request: RequestKey
    profile_id: str
    reason_code: Reason
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListOverrides:
    """List the overrides of one person, or of everybody (`profile_id` ""); `limit` is the size of the page."""

    caller: Principal
    profile_id: str
    limit: int
    after: Position | None = None


async def break_glass(cmd: BreakGlass, uow: UnitOfWork, now: datetime) -> AccessOverride:
    """Open the record for eight hours. It is on record before this returns.

    Raises InvalidArgument TEXT_INVALID; PermissionDenied UNIT_MISSING, PROFILE_NOT_ACCESSIBLE; FailedPrecondition
    OVERRIDE_NOT_NEEDED for the person's own counsellor; ResourceExhausted OVERRIDES_EXHAUSTED.
    """
    check_text(cmd.reason, "reason")
    if cmd.caller.role is Role.COUNSELLOR and not cmd.caller.unit:
        raise PermissionDenied("UNIT_MISSING", "Your token names no unit. Sign in again, or ask for a unit.")
    async with uow:
        stored = await uow.answers.find(cmd.request, AccessOverride)
        if stored is not None:
            await uow.commit()
            return replace(stored, reason=cmd.reason)
        found = await uow.profiles.get(cmd.profile_id)
        profile, current, access = await admit(cmd.caller, Action.BREAK_GLASS, found or cmd.profile_id, uow, now)
        if current is not None and current.counsellor == cmd.caller.subject:
            raise FailedPrecondition("OVERRIDE_NOT_NEEDED", "The person is in your caseload: open the record as usual.")
        if await uow.overrides.count(cmd.caller.subject, now - _DAY) >= MOST_A_DAY:
            message = f"You have opened {MOST_A_DAY} records in 24 hours. Ask for the persons to be assigned to you."
            raise ResourceExhausted("OVERRIDES_EXHAUSTED", message)
        caller = cmd.caller
        opened, events = override(
            new_id(), profile.id, caller.subject, caller.unit, cmd.reason_code, cmd.reason, now
        )  # fmt: skip
        await uow.overrides.add(opened)
        await uow.accesses.append(replace(access, relation=Relation.BREAK_GLASS))
        await uow.events.append(*events)
        # The words come again with the same request: they are kept in one place only.
        await uow.answers.keep(cmd.request, replace(opened, reason=""))
        await uow.commit()
    return opened


async def list_overrides(query: ListOverrides, uow: UnitOfWork, now: datetime) -> Page[AccessOverride]:
    """The overrides, newest first, as the caller may see them. The reading is itself recorded.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE.
    """
    async with uow:
        if query.profile_id:
            found = await uow.profiles.get(query.profile_id)
            _, _, access = await admit(query.caller, Action.LIST_OVERRIDES, found or query.profile_id, uow, now)
            page = await uow.overrides.of_profile(query.profile_id, query.after, query.limit)
            await uow.accesses.append(access)
        else:
            page = await _of_everybody(query, uow, now)
        await uow.commit()
    return replace(page, entries=tuple(_as_seen_by(query.caller, each) for each in page.entries))


async def _of_everybody(query: ListOverrides, uow: UnitOfWork, now: datetime) -> Page[AccessOverride]:
    caller, purpose = query.caller, PURPOSE_OF_ROLE.get(query.caller.role)
    relations = (Relation.AUDITOR,) if caller.role is Role.AUDITOR else (Relation.NONE,)
    permit = decide(caller.role, relations, Action.LIST_OVERRIDES, purpose)
    if permit is None or purpose is None:
        raise not_accessible()
    page = await uow.overrides.newest(query.after, query.limit)
    persons = dict.fromkeys(each.profile_id for each in page.entries)
    await uow.accesses.append(
        *(access_of(caller, person, permit, purpose, Action.LIST_OVERRIDES.value, now) for person in persons)
    )
    return page


def _as_seen_by(caller: Principal, opened: AccessOverride) -> AccessOverride:
    """The person is told the unit and not which employee it was; an operator not what is said of the person."""
    if caller.role is Role.SEEKER:
        return replace(opened, counsellor="")
    return replace(opened, reason="") if caller.role is Role.OPERATOR else opened
