"""Profiles, readings, answers and requests to keep in a unit of work."""

from collections.abc import Callable
from datetime import timedelta

from services.profiles.application.ports import RequestKey, UnitOfWork
from services.profiles.domain.consents import ConsentState, VacancyConsent
from services.profiles.domain.policy import Access, Relation
from services.profiles.domain.profile import Assignment, Profile, create
from services.profiles.domain.values import Purpose
from shared.kernel.ids import new_id
from shared.kernel.principal import Role
from tests.builders.profiles import NOW, a_content

Open = Callable[[], UnitOfWork]


def a_profile(owner: str = "") -> Profile:
    """The first version of a profile."""
    return create(new_id(), owner or f"seeker-{new_id()}", a_content(), NOW)[0]


def an_access(profile_id: str, minutes: int = 0) -> Access:
    """A reading by a counsellor, some minutes after NOW."""
    time = NOW + timedelta(minutes=minutes)
    return Access(
        new_id(), profile_id, time, Purpose.JOB_MATCHING, Role.COUNSELLOR, "unit-1", Relation.ASSIGNED_COUNSELLOR,
        "m/M", "counsellor-1", "gateway",
    )  # fmt: skip


def a_consent(profile_id: str) -> VacancyConsent:
    """A yes of the person to some vacancy."""
    return VacancyConsent(new_id(), 1, profile_id, new_id(), ConsentState.GIVEN, Relation.SELF, NOW, NOW)


def a_key() -> RequestKey:
    """A request with an id of its own."""
    return RequestKey("seeker-1", new_id(), "m/Create", b"\x00\xff1")


async def kept(open_uow: Open, profile: Profile, assignment: Assignment | None = None) -> Profile:
    """The profile, committed, with its open assignment."""
    async with open_uow() as uow:
        await uow.profiles.add(profile)
        if assignment is not None:
            await uow.assignments.begin(assignment)
        await uow.commit()
    return profile
