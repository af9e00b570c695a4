"""Answers to vacancies: asking for them, giving them, listing them, and telling who has said yes."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.profiles.application.admission import admit
from services.profiles.application.ports import ConsentRequested, Page, Position, RequestKey, UnitOfWork
from services.profiles.domain.consents import (
    Asking,
    ConsentState,
    VacancyConsent,
    answer,
    as_of,
    ask,
    check_deadline,
)
from services.profiles.domain.policy import (
    MATCHING,
    Access,
    Action,
    Data,
    Relation,
    allows,
    kinds_of,
    relation_of,
    shows_candidates,
)
from services.profiles.domain.values import Purpose
from shared.kernel.errors import PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class RequestVacancyConsent:
    """Ask a person for an answer to a vacancy, for the user whose token the calling service forwards."""

    caller: Principal
    request: RequestKey
    profile_id: str
    opening_id: str
    purpose: Purpose
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class SetVacancyConsent:
    """Say yes to a vacancy, say no to a request, or take a yes back."""

    caller: Principal
    request: RequestKey
    profile_id: str
    opening_id: str
    state: ConsentState
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class ListVacancyConsents:
    """List a person's answers, behind a position; `limit` is the size of the page."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    limit: int
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class ListConsentingProfiles:
    """Ask which of these people may be shown for a vacancy to the user whose token the calling service forwards."""

    caller: Principal
    opening_id: str
    profile_ids: tuple[str, ...]
    purpose: Purpose
    method: str


async def request_vacancy_consent(cmd: RequestVacancyConsent, uow: UnitOfWork, now: datetime) -> None:
    """Ask, if the person may be asked and was not; whoever calls learns nothing of the person.

    Raises PermissionDenied as `list_consenting_profiles`, InvalidArgument ANSWER_DEADLINE_OUT_OF_RANGE.
    """
    if cmd.caller.service != MATCHING or cmd.caller.role is Role.SERVICE:
        raise _not_for_others()
    organisation = cmd.caller.publisher if cmd.caller.role is Role.PUBLISHER else cmd.caller.unit
    if not allows(cmd.caller.role, Relation.NONE, Action.REQUEST_CONSENT, cmd.purpose) or not organisation:
        message = "People are asked by a counsellor of a unit and by a vacancy's publisher, to fill the vacancy."
        raise PermissionDenied("ROLE_NOT_ALLOWED", message)
    async with uow:
        if await uow.answers.find(cmd.request, ConsentRequested) is None:
            check_deadline(cmd.answer_by, now)
            await _ask(cmd, organisation, uow, now)
            await uow.answers.keep(cmd.request, ConsentRequested(cmd.profile_id))
        await uow.commit()


async def _ask(cmd: RequestVacancyConsent, organisation: str, uow: UnitOfWork, now: datetime) -> None:
    """Keep the request, and that the caller used the person's record for it; or leave everything as it is."""
    profile = await uow.profiles.lock(cmd.profile_id)
    if profile is None:
        return
    asking = Asking(cmd.caller.role, organisation, now, cmd.answer_by)
    fresh = VacancyConsent(
        new_id(), 1, profile.id, cmd.opening_id, ConsentState.ASKED, Relation.NONE, now, now, asking
    )  # fmt: skip
    asked = ask(await uow.consents.get(profile.id, cmd.opening_id), fresh, profile.content.choices)
    if asked is None or profile.id in await uow.identities.protected((profile.id,)):
        return
    consent, events = asked
    await uow.consents.put(consent)
    await uow.events.append(*events)
    relation = relation_of(cmd.caller, profile, await uow.assignments.current(profile.id))
    method = Action.REQUEST_CONSENT.value
    await uow.accesses.append(_access(cmd.caller, profile.id, cmd.purpose, relation, method, now, ()))


async def set_vacancy_consent(cmd: SetVacancyConsent, uow: UnitOfWork, now: datetime) -> VacancyConsent:
    """Keep an answer. It is recorded who gave it, for which purpose.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE, FailedPrecondition as `consents.answer`.
    """
    async with uow:
        stored = await uow.answers.find(cmd.request, VacancyConsent)
        found = await uow.profiles.lock(cmd.profile_id)
        profile, _, access = await admit(
            cmd.caller, Action.SET_CONSENT, found or cmd.profile_id, uow, now, purpose=cmd.purpose
        )
        await uow.accesses.append(access)
        if stored is not None:
            await uow.commit()
            return stored
        current = await uow.consents.get(profile.id, cmd.opening_id)
        fresh = VacancyConsent(new_id(), 1, profile.id, cmd.opening_id, cmd.state, access.relation, now, now)
        consent, events = answer(current, fresh)
        if events:
            await uow.consents.put(consent)
            await uow.events.append(*events)
        await uow.answers.keep(cmd.request, consent)
        await uow.commit()
    return consent


async def list_vacancy_consents(query: ListVacancyConsents, uow: UnitOfWork, now: datetime) -> Page[VacancyConsent]:
    """A person's answers and requests, last changed first. The reading is recorded. Raises PermissionDenied."""
    async with uow:
        found = await uow.profiles.get(query.profile_id)
        _, _, access = await admit(
            query.caller, Action.LIST_CONSENTS, found or query.profile_id, uow, now, purpose=query.purpose
        )
        page = await uow.consents.of_profile(query.profile_id, query.after, query.limit)
        await uow.accesses.append(access)
        await uow.commit()
    return replace(page, entries=tuple(as_of(consent, now) for consent in page.entries))


async def list_consenting_profiles(query: ListConsentingProfiles, uow: UnitOfWork, now: datetime) -> tuple[str, ...]:
    """Ids of those who have said yes, in the order asked; each is on record as shown before this returns.

    Raises PermissionDenied SERVICE_NOT_ALLOWED where matching does not ask on a user's behalf, ROLE_NOT_ALLOWED where
    the user is none to whom people are shown.
    """
    if query.caller.service != MATCHING or query.caller.role is Role.SERVICE or not shows_candidates(query.method):
        raise _not_for_others()
    if not allows(query.caller.role, Relation.CONSENTED, Action.SHOW_CANDIDATE, query.purpose):
        raise PermissionDenied("ROLE_NOT_ALLOWED", "Candidates are shown to counsellors and to a vacancy's publisher.")
    async with uow:
        data = kinds_of(query.caller.role, Relation.CONSENTED, Action.SHOW_CANDIDATE, query.purpose)
        given = await uow.consents.given(query.opening_id, query.profile_ids)
        given -= await uow.identities.protected(given)
        shown = tuple(profile_id for profile_id in query.profile_ids if profile_id in given)
        await uow.accesses.append(*(
            _access(query.caller, profile_id, query.purpose, Relation.CONSENTED, query.method, now, data)
            for profile_id in shown
        ))  # fmt: skip
        await uow.commit()
    return shown


def _access(
    caller: Principal,
    profile_id: str,
    purpose: Purpose,
    relation: Relation,
    method: str,
    now: datetime,
    data: tuple[Data, ...],
) -> Access:
    return Access(
        id=new_id(),
        profile_id=profile_id,
        time=now,
        purpose=purpose,
        role=caller.role,
        unit=caller.unit,
        relation=relation,
        method=method,
        reader=caller.subject,
        service=caller.service,
        data=data,
    )


def _not_for_others() -> PermissionDenied:
    message = "This is for matching, with the token of the user for whom it lists candidates."
    return PermissionDenied("SERVICE_NOT_ALLOWED", message)
