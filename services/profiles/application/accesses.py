"""Deciding about accesses on behalf of other services, and showing who read what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.profiles.application.admission import access_of, admit, refuse
from services.profiles.application.ports import Page, Position, UnitOfWork, Wanted
from services.profiles.domain.access_log import Head
from services.profiles.domain.policy import FORWARDERS, PURPOSE_OF_ROLE, Access, Action, Relation, action_of, decide
from services.profiles.domain.values import Purpose
from shared.kernel.errors import FieldViolation, InvalidArgument, PermissionDenied
from shared.kernel.principal import Principal, Role

SEARCHED = timedelta(days=90)
"""How far back a search looks that does not say from when on."""


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
    others_only: bool = False


@dataclass(frozen=True, slots=True)
class SearchAccesses:
    """Search the whole log; `end` None means now, `begin` None so long before the end as SEARCHED says."""

    caller: Principal
    limit: int
    begin: datetime | None = None
    end: datetime | None = None
    profile_id: str = ""
    reader: str = ""
    refused_only: bool = False
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class ListAccessHeads:
    """List the heads of the log's seal."""

    caller: Principal
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
    async with uow:
        if action is None:
            raise await refuse(cmd.caller, cmd.profile_id, cmd.purpose, cmd.method, uow, now)
        found = await uow.profiles.get(cmd.profile_id)
        _, _, access = await admit(
            cmd.caller, action, found or cmd.profile_id, uow, now, purpose=cmd.purpose, method=cmd.method
        )
        await uow.accesses.append(access)
        await uow.commit()
    return access.relation


async def list_accesses(query: ListAccesses, uow: UnitOfWork, now: datetime) -> Page[Access]:
    """The readings before this one, newest first. This reading is itself recorded.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE.
    """
    async with uow:
        found = await uow.profiles.get(query.profile_id)
        _, _, access = await admit(query.caller, Action.LIST_ACCESSES, found or query.profile_id, uow, now)
        page = await uow.accesses.of_profile(query.profile_id, query.after, query.limit, others_only=query.others_only)
        await uow.accesses.append(access)
        await uow.commit()
    return page


async def search_accesses(query: SearchAccesses, uow: UnitOfWork, now: datetime) -> Page[Access]:
    """Readings and refusals of everybody, newest first, with the readers. Recorded for each person shown.

    Raises PermissionDenied ROLE_NOT_ALLOWED, InvalidArgument PERIOD_INVALID.
    """
    caller, purpose = query.caller, PURPOSE_OF_ROLE.get(query.caller.role)
    permit = decide(caller.role, (Relation.AUDITOR,), Action.SEARCH_ACCESSES, purpose)
    if permit is None:
        raise PermissionDenied("ROLE_NOT_ALLOWED", "The log of everybody is for supervision: auditors search it.")
    wanted = _wanted(query, now)
    async with uow:
        page = await uow.accesses.search(wanted, query.after, query.limit)
        method = Action.SEARCH_ACCESSES.value
        # Of those who are not there nothing was read.
        persons = dict.fromkeys(each.profile_id for each in page.entries if not each.refused)
        await uow.accesses.append(*(access_of(caller, person, permit, purpose, method, now) for person in persons))
        await uow.commit()
    return page


async def list_access_heads(query: ListAccessHeads, uow: UnitOfWork) -> Page[Head]:
    """The heads, newest first. They name nobody, so nothing is recorded. Raises PermissionDenied ROLE_NOT_ALLOWED."""
    if query.caller.role not in (Role.AUDITOR, Role.OPERATOR):
        raise PermissionDenied("ROLE_NOT_ALLOWED", "The heads of the log are for auditors and operators to keep.")
    async with uow:
        return await uow.accesses.heads(query.after, query.limit)


def _wanted(query: SearchAccesses, now: datetime) -> Wanted:
    end = query.end or now
    begin = query.begin or end - SEARCHED
    if begin >= end:
        rule = "Give a begin that is before the end."
        violation = FieldViolation("begin_time", "PERIOD_INVALID", rule)
        raise InvalidArgument("PERIOD_INVALID", rule, violations=(violation,))
    return Wanted(begin, end, query.profile_id, query.reader, query.refused_only)
