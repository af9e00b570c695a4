"""Assigning persons to counsellors, and the list of those assigned."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.profiles.application.admission import access_of, admit
from services.profiles.application.ports import CaseloadEntry, Page, Position, RequestKey, UnitOfWork
from services.profiles.domain import profile as transitions
from services.profiles.domain.policy import PURPOSE_OF_ROLE, Action, Data, Relation, decide
from services.profiles.domain.profile import Assignment
from services.profiles.domain.rules import check_subject, check_text
from shared.kernel.errors import PermissionDenied
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class AssignCounsellor:
    """Assign a person to a counsellor (token subject) of a unit."""

    caller: Principal
    request: RequestKey
    profile_id: str
    counsellor: str
    unit: str


@dataclass(frozen=True, slots=True)
class ListCaseload:
    """List the caller's caseload behind a position; `limit` is the size of the page."""

    caller: Principal
    limit: int
    after: Position | None = None


async def assign_counsellor(cmd: AssignCounsellor, uow: UnitOfWork, now: datetime) -> Assignment:
    """Begin an assignment and end the one before it.

    Raises InvalidArgument SUBJECT_INVALID, TEXT_INVALID; PermissionDenied PROFILE_NOT_ACCESSIBLE.
    """
    check_subject(cmd.counsellor, "counsellor")
    check_text(cmd.unit, "unit")
    async with uow:
        stored = await uow.answers.find(cmd.request, Assignment)
        if stored is not None:
            # It holds what the caller itself sent, who may have handed the person over by it: no second asking.
            await uow.commit()
            return stored
        found = await uow.profiles.lock(cmd.profile_id)
        profile, current, _ = await admit(cmd.caller, Action.ASSIGN_COUNSELLOR, found or cmd.profile_id, uow, now)
        outcome = transitions.assign(profile, current, cmd.counsellor, cmd.unit, now)
        if outcome.events:
            if outcome.ended is not None:
                await uow.assignments.end(outcome.ended)
            await uow.assignments.begin(outcome.assignment)
            await uow.profiles.save(outcome.profile)
            await uow.events.append(*outcome.events)
        await uow.answers.keep(cmd.request, outcome.assignment)
        await uow.commit()
    return outcome.assignment


async def list_caseload(query: ListCaseload, uow: UnitOfWork, now: datetime) -> Page[CaseloadEntry]:
    """The persons assigned to the calling counsellor. Each entry given out is recorded as a reading.

    Raises PermissionDenied ROLE_NOT_ALLOWED.
    """
    caller, purpose = query.caller, PURPOSE_OF_ROLE.get(query.caller.role)
    permit = decide(caller.role, (Relation.ASSIGNED_COUNSELLOR,), Action.LIST_CASELOAD, purpose)
    if permit is None or purpose is None:
        raise PermissionDenied("ROLE_NOT_ALLOWED", "Caseloads are for counsellors: each sees their own.")
    async with uow:
        page = await uow.assignments.caseload(caller.subject, query.after, query.limit)
        method = Action.LIST_CASELOAD.value
        await uow.accesses.append(
            *(access_of(caller, entry.profile_id, permit, purpose, method, now) for entry in page.entries)
        )
        await uow.commit()
    if Data.CASE in permit.data:
        return page
    return replace(
        page, entries=tuple(replace(each, case_reference="", preferred_language="") for each in page.entries)
    )
