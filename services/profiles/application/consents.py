"""Answers to vacancies: giving them, listing them, and telling who has said yes."""

from dataclasses import dataclass
from datetime import datetime

from services.profiles.application.admission import admit
from services.profiles.application.ports import Page, Position, RequestKey, UnitOfWork
from services.profiles.domain.consents import ConsentState, VacancyConsent, answer
from services.profiles.domain.policy import MATCHING, Access, Action, Relation, allows, is_matching_method
from services.profiles.domain.values import Purpose
from shared.kernel.errors import PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class SetVacancyConsent:
    """Say yes to a vacancy, or take the yes back."""

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


async def set_vacancy_consent(cmd: SetVacancyConsent, uow: UnitOfWork, now: datetime) -> VacancyConsent:
    """Keep an answer. It is recorded who gave it, for which purpose.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE, FailedPrecondition CONSENT_NOT_GIVEN.
    """
    async with uow:
        stored = await uow.answers.find(cmd.request, VacancyConsent)
        found = await uow.profiles.lock(cmd.profile_id)
        profile, _, access = await admit(cmd.caller, Action.SET_CONSENT, found, uow, now, purpose=cmd.purpose)
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
    """A person's answers, last changed first. The reading is recorded. Raises PermissionDenied."""
    async with uow:
        found = await uow.profiles.get(query.profile_id)
        _, _, access = await admit(query.caller, Action.LIST_CONSENTS, found, uow, now, purpose=query.purpose)
        page = await uow.consents.of_profile(query.profile_id, query.after, query.limit)
        await uow.accesses.append(access)
        await uow.commit()
    return page


async def list_consenting_profiles(query: ListConsentingProfiles, uow: UnitOfWork, now: datetime) -> tuple[str, ...]:
    """Ids of those who have said yes, in the order asked; each is on record as shown before this returns.

    Raises PermissionDenied SERVICE_NOT_ALLOWED where matching does not ask on a user's behalf, ROLE_NOT_ALLOWED where
    the user is none to whom people are shown.
    """
    if query.caller.service != MATCHING or query.caller.role is Role.SERVICE or not is_matching_method(query.method):
        message = "This is for matching, with the token of the user to whom it shows people."
        raise PermissionDenied("SERVICE_NOT_ALLOWED", message)
    if not allows(query.caller.role, Relation.CONSENTED, Action.SHOW_CANDIDATE, query.purpose):
        raise PermissionDenied("ROLE_NOT_ALLOWED", "Candidates are shown to counsellors and to a vacancy's publisher.")
    async with uow:
        given = await uow.consents.given(query.opening_id, query.profile_ids)
        shown = tuple(profile_id for profile_id in query.profile_ids if profile_id in given)
        await uow.accesses.append(*(_shown(query, profile_id, now) for profile_id in shown))
        await uow.commit()
    return shown


def _shown(query: ListConsentingProfiles, profile_id: str, now: datetime) -> Access:
    return Access(
        id=new_id(),
        profile_id=profile_id,
        time=now,
        purpose=query.purpose,
        role=query.caller.role,
        unit=query.caller.unit,
        relation=Relation.CONSENTED,
        method=query.method,
        reader=query.caller.subject,
        service=query.caller.service,
    )
