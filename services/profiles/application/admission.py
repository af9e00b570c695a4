"""Letting a caller at a person's record: the one place where the policy is asked and the access row is made."""

from datetime import datetime

from services.profiles.application.ports import UnitOfWork
from services.profiles.domain.policy import (
    PURPOSE_OF_ROLE,
    Access,
    Action,
    allows,
    not_accessible,
    relation_of,
)
from services.profiles.domain.profile import Assignment, Profile
from services.profiles.domain.values import Purpose
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal


async def admit(
    caller: Principal,
    action: Action,
    profile: Profile | None,
    uow: UnitOfWork,
    now: datetime,
    *,
    purpose: Purpose | None = None,
    method: str = "",
) -> tuple[Profile, Assignment | None, Access]:
    """Return the profile, its current assignment and the access to record, which the use case appends.

    `purpose` defaults to that of the caller's role, `method` to that of the action. Raises PermissionDenied
    PROFILE_NOT_ACCESSIBLE, the same where there is no profile and where the policy says no.
    """
    if profile is None:
        raise not_accessible()
    current = await uow.assignments.current(profile.id)
    purpose = purpose or PURPOSE_OF_ROLE.get(caller.role)
    relation = relation_of(caller, profile, current)
    if purpose is None or not allows(caller.role, relation, action, purpose):
        raise not_accessible()
    access = Access(
        id=new_id(),
        profile_id=profile.id,
        time=now,
        purpose=purpose,
        role=caller.role,
        unit=caller.unit,
        relation=relation,
        method=method or action.value,
        reader=caller.subject,
        service=caller.service,
    )
    return profile, current, access
