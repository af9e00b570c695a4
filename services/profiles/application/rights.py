"""A person's rights: being erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.profiles.application.admission import admit
from services.profiles.application.ports import UnitOfWork
from services.profiles.domain.erasure import Erasure, Plan, ProfileErased, Rule, plan
from services.profiles.domain.policy import Action
from services.profiles.domain.values import Purpose
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Erase a person, or say what that would do."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    dry_run: bool = False


async def erase_person(
    cmd: ErasePerson, uow: UnitOfWork, rules: Sequence[Rule], now: datetime
) -> tuple[Plan, Erasure | None]:
    """What goes and what stays, and the erasure; None for a dry run. That somebody asked is on record either way.

    The profile is held, so whoever is just changing it comes first, and whoever comes later finds nobody. Raises
    PermissionDenied PROFILE_NOT_ACCESSIBLE, also for somebody who is erased already; FailedPrecondition ERASURE_HELD.
    """
    async with uow:
        found = await uow.profiles.lock(cmd.profile_id)
        profile, _, access = await admit(
            cmd.caller, Action.ERASE_PERSON, found or cmd.profile_id, uow, now, purpose=cmd.purpose
        )
        counted = await uow.erasures.count(profile.id)
        planned = plan(counted, rules, now.date())
        await uow.accesses.append(access)
        if cmd.dry_run:
            await uow.commit()
            return planned, None
        erasure = Erasure(profile.id, profile.version + 1, now)
        await uow.erasures.erase(erasure)
        await uow.events.append(ProfileErased(profile.id, erasure.version, now))
        await uow.commit()
    return planned, erasure
