"""Deciding about accesses on behalf of other services, and showing who read what."""

from dataclasses import dataclass
from datetime import datetime

from services.profiles.application.admission import admit
from services.profiles.application.ports import Page, Position, UnitOfWork
from services.profiles.domain.policy import FORWARDERS, Access, Action, Relation, action_of, not_accessible
from services.profiles.domain.values import Purpose
from shared.kernel.errors import PermissionDenied
from shared.kernel.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class AuthorizeAccess:
    """Ask whether the user whose token the calling service forwards may do `method` with a person's data."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    method: str


@dataclass(frozen=True, slots=True)
class ListAccesses:
    """List who read a person's record, behind a position; `limit` is the size of the page."""

    caller: Principal
    profile_id: str
    limit: int
    after: Position | None = None


async def authorize_access(cmd: AuthorizeAccess, uow: UnitOfWork, now: datetime) -> Relation:
    """Return the user's relation to the person; the access row is committed before this returns.

    Raises PermissionDenied: SERVICE_NOT_ALLOWED where no service asks on a user's behalf, PROFILE_NOT_ACCESSIBLE.
    """
    if cmd.caller.service not in FORWARDERS or cmd.caller.role is Role.SERVICE:
        message = "This is for services that forward a user's token beside their own: matching and gateway."
        raise PermissionDenied("SERVICE_NOT_ALLOWED", message)
    action = action_of(cmd.method)
    if action is None:
        raise not_accessible()
    async with uow:
        found = await uow.profiles.get(cmd.profile_id)
        _, _, access = await admit(cmd.caller, action, found, uow, now, purpose=cmd.purpose, method=cmd.method)
        await uow.accesses.append(access)
        await uow.commit()
    return access.relation


async def list_accesses(query: ListAccesses, uow: UnitOfWork, now: datetime) -> Page[Access]:
    """The readings before this one, newest first. This reading is itself recorded.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE.
    """
    async with uow:
        found = await uow.profiles.get(query.profile_id)
        _, _, access = await admit(query.caller, Action.LIST_ACCESSES, found, uow, now)
        page = await uow.accesses.of_profile(query.profile_id, query.after, query.limit)
        await uow.accesses.append(access)
        await uow.commit()
    return page
