"""A person's assignments over time, and handing many persons over at once."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.profiles.application.admission import admit
from services.profiles.application.ports import HandedOver, Page, Position, RequestKey, UnitOfWork
from services.profiles.domain import profile as transitions
from services.profiles.domain.handovers import Outcome
from services.profiles.domain.policy import Access, Action, not_accessible
from services.profiles.domain.profile import Assigned, Assignment
from services.profiles.domain.rules import check_subject, check_text
from services.profiles.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition, FieldViolation, InvalidArgument, PermissionDenied
from shared.kernel.principal import Principal, Role

MOST_AT_ONCE = 500
"""Caseloads have 150 to 250 persons."""


@dataclass(frozen=True, slots=True)
class ListAssignments:
    """List a person's assignments behind a position; `limit` is the size of the page."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    limit: int
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """Assign these persons, or all in the caseload of `caseload_of`, to a counsellor; `preview` changes nothing."""

    caller: Principal
    request: RequestKey
    profile_ids: tuple[str, ...]
    caseload_of: str
    counsellor: str
    unit: str
    preview: bool


async def list_assignments(query: ListAssignments, uow: UnitOfWork, now: datetime) -> Page[Assignment]:
    """The assignments, newest first; the person is not told who the counsellors were. The reading is recorded.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE.
    """
    async with uow:
        found = await uow.profiles.get(query.profile_id)
        _, _, access = await admit(
            query.caller, Action.LIST_ASSIGNMENTS, found or query.profile_id, uow, now, purpose=query.purpose
        )
        page = await uow.assignments.history(query.profile_id, query.after, query.limit)
        await uow.accesses.append(access)
        await uow.commit()
    if query.caller.role is not Role.SEEKER:
        return page
    return replace(page, entries=tuple(replace(each, counsellor="") for each in page.entries))


async def hand_over(cmd: HandOver, uow: UnitOfWork, now: datetime) -> HandedOver:
    """Hand all of them over, or none; a preview says what would become of each.

    Raises InvalidArgument SUBJECT_INVALID, TEXT_INVALID, PERSONS_MISSING; PermissionDenied ROLE_NOT_ALLOWED,
    PROFILE_NOT_ACCESSIBLE; FailedPrecondition CASELOAD_TOO_LARGE.
    """
    _check(cmd)
    async with uow:
        stored = None if cmd.preview else await uow.answers.find(cmd.request, HandedOver)
        if stored is not None:
            await uow.commit()
            return stored
        asked = await _asked(cmd, uow)
        # In one order, so that two handovers that share persons wait for each other and never for ever.
        outcomes = {person: await _one(cmd, person, uow, now) for person in sorted(asked)}
        answer = HandedOver(tuple((person, outcomes[person]) for person in asked))
        if not cmd.preview:
            await uow.answers.keep(cmd.request, answer)
        await uow.commit()
    return answer


def _check(cmd: HandOver) -> None:
    check_subject(cmd.counsellor, "counsellor")
    check_text(cmd.unit, "unit")
    if bool(cmd.profile_ids) == bool(cmd.caseload_of):
        rule = "Name the persons, or the counsellor whose whole caseload is meant: one of the two."
        violation = FieldViolation("profiles", "PERSONS_MISSING", rule)
        raise InvalidArgument("PERSONS_MISSING", rule, violations=(violation,))
    own = cmd.caller.role is Role.COUNSELLOR and cmd.caseload_of in ("", cmd.caller.subject)
    if cmd.caller.role is not Role.OPERATOR and not own:
        raise PermissionDenied("ROLE_NOT_ALLOWED", "Counsellors hand over their own persons, operators anybody's.")


async def _asked(cmd: HandOver, uow: UnitOfWork) -> tuple[str, ...]:
    if not cmd.caseload_of:
        return cmd.profile_ids
    page = await uow.assignments.caseload(cmd.caseload_of, None, MOST_AT_ONCE)
    if page.next is not None:
        message = f"More than {MOST_AT_ONCE} persons cannot be handed over at once: name those to begin with."
        raise FailedPrecondition("CASELOAD_TOO_LARGE", message)
    return tuple(entry.profile_id for entry in page.entries)


async def _one(cmd: HandOver, profile_id: str, uow: UnitOfWork, now: datetime) -> Outcome:
    found = await (uow.profiles.get if cmd.preview else uow.profiles.lock)(profile_id)
    try:
        profile, current, access = await admit(cmd.caller, Action.HAND_OVER, found or profile_id, uow, now)
    except PermissionDenied:
        if cmd.preview:
            return Outcome.NOT_ACCESSIBLE
        raise not_accessible() from None
    outcome = transitions.assign(profile, current, cmd.counsellor, cmd.unit, now)
    await _keep(outcome, access, uow, preview=cmd.preview)
    return Outcome.HANDED_OVER if outcome.events else Outcome.UNCHANGED


async def _keep(outcome: Assigned, access: Access, uow: UnitOfWork, *, preview: bool) -> None:
    # What becomes of a person tells to whom they are assigned: a preview is a reading, too.
    await uow.accesses.append(access)
    if preview or not outcome.events:
        return
    if outcome.ended is not None:
        await uow.assignments.end(outcome.ended)
    await uow.assignments.begin(outcome.assignment)
    await uow.profiles.save(outcome.profile)
    await uow.events.append(*outcome.events)
