"""Letting a caller at a person's record: the one place where the policy is asked and the access row is made."""

from dataclasses import replace
from datetime import datetime

from services.profiles.application.ports import UnitOfWork
from services.profiles.domain.policy import (
    PURPOSE_OF_ROLE,
    Access,
    Action,
    Permit,
    Relation,
    allows,
    decide,
    not_accessible,
    relations_of,
)
from services.profiles.domain.profile import Assignment, Profile
from services.profiles.domain.values import Purpose
from shared.kernel.errors import PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role


async def admit(
    caller: Principal,
    action: Action,
    profile: Profile | str,
    uow: UnitOfWork,
    now: datetime,
    *,
    purpose: Purpose | None = None,
    method: str = "",
) -> tuple[Profile, Assignment | None, Access]:
    """Return the profile, its current assignment and the access to record, which the use case appends.

    `profile` is the id where there is no such profile: `found or profile_id`. What is given out is cut to the kinds of
    data in the access. `purpose` defaults to that of the caller's role, `method` to that of the action. Raises
    PermissionDenied PROFILE_NOT_ACCESSIBLE, the same where there is no profile and where the policy says no; that is
    on record before it leaves the unit of work.
    """
    purpose, method = purpose or PURPOSE_OF_ROLE.get(caller.role), method or action.value
    profile_id = profile if isinstance(profile, str) else profile.id
    # Looked up for an absent profile, too: how long a refusal takes must not tell one from the other.
    current = await uow.assignments.current(profile_id)
    overridden = False
    # Whether the glass was broken is asked only where it would change the answer: broken glass goes before the unit.
    own = current is not None and current.counsellor == caller.subject
    if not own and allows(caller.role, Relation.BREAK_GLASS, action, purpose):
        overridden = await uow.overrides.holds(profile_id, caller.subject, caller.unit, now)
    permit = _permit(caller, action, profile, current, purpose, overridden=overridden)
    # Of somebody whom a register protects, no counsellor but their own learns that they are there; nor by broken glass.
    if not own and caller.role is Role.COUNSELLOR and await uow.identities.protected((profile_id,)):
        permit = None
    if isinstance(profile, str) or permit is None or purpose is None:
        raise await refuse(caller, profile_id, purpose, method, uow, now)
    return profile, current, access_of(caller, profile_id, permit, purpose, method, now)


def _permit(
    caller: Principal,
    action: Action,
    profile: Profile | str,
    current: Assignment | None,
    purpose: Purpose | None,
    *,
    overridden: bool,
) -> Permit | None:
    if isinstance(profile, str):
        return None
    return decide(caller.role, relations_of(caller, profile, current, overridden=overridden), action, purpose)


async def refuse(
    caller: Principal, profile_id: str, purpose: Purpose | None, method: str, uow: UnitOfWork, now: datetime
) -> PermissionDenied:
    """Put a refusal on record, and return it for raising: PROFILE_NOT_ACCESSIBLE."""
    nothing = Permit(Relation.NONE, ())
    refused = replace(access_of(caller, profile_id, nothing, purpose, method, now), refused=True)
    await uow.accesses.refuse(refused)
    return not_accessible()


def access_of(
    caller: Principal, profile_id: str, permit: Permit, purpose: Purpose | None, method: str, now: datetime
) -> Access:
    """The access to record for what was permitted."""
    return Access(
        id=new_id(),
        profile_id=profile_id,
        time=now,
        purpose=purpose,
        role=caller.role,
        unit=caller.unit,
        relation=permit.relation,
        method=method,
        reader=caller.subject,
        service=caller.service,
        data=permit.data,
    )
