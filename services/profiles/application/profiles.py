"""Creating, reading and changing profiles."""

from dataclasses import dataclass
from datetime import datetime

from services.profiles.application.admission import admit
from services.profiles.application.history import record_change
from services.profiles.application.ports import RequestKey, UnitOfWork
from services.profiles.domain import profile as transitions
from services.profiles.domain.changes import author, author_of
from services.profiles.domain.identity import for_matching
from services.profiles.domain.masks import check_mask
from services.profiles.domain.policy import Action, Relation, check_kinds, cut
from services.profiles.domain.profile import Profile, ProfileContent
from services.profiles.domain.rules import Codes, check, check_subject, settled
from services.profiles.domain.values import Purpose
from shared.kernel.errors import FieldViolation, InvalidArgument, PermissionDenied
from shared.kernel.etags import check_etag
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class CreateProfile:
    """Create a profile; `owner_subject` "" means the caller (a seeker) or nobody yet (a counsellor)."""

    caller: Principal
    request: RequestKey
    content: ProfileContent
    owner_subject: str = ""


@dataclass(frozen=True, slots=True)
class GetProfile:
    """Read a profile for a purpose."""

    caller: Principal
    profile_id: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class GetMatchingProfile:
    """Read what matching may see."""

    caller: Principal
    profile_id: str


@dataclass(frozen=True, slots=True)
class UpdateProfile:
    """Take the fields at `paths` from `content`; `etag` "" means whatever the version is."""

    caller: Principal
    request: RequestKey
    profile_id: str
    content: ProfileContent
    paths: tuple[str, ...]
    etag: str = ""


async def create_profile(cmd: CreateProfile, uow: UnitOfWork, codes: Codes, now: datetime) -> Profile:
    """Create a seeker's own profile, or one by a counsellor, who is then assigned to it (the second version).

    Raises PermissionDenied ROLE_NOT_ALLOWED, OWNER_NOT_ALLOWED, UNIT_MISSING; InvalidArgument PROFILE_INVALID,
    SUBJECT_INVALID, OWNER_IS_COUNSELLOR; AlreadyExists PROFILE_EXISTS where the owner has a profile.
    """
    owner = _owner(cmd.caller, cmd.owner_subject)
    content = settled(cmd.content)
    async with uow:
        stored = await uow.answers.find(cmd.request, Profile)
        if stored is not None:
            await uow.commit()
            return stored
        check(content, codes, now)
        profile, events = transitions.create(new_id(), owner, content, now)
        await uow.profiles.add(profile)
        await uow.events.append(*events)
        relation = Relation.SELF if cmd.caller.role is Role.SEEKER else Relation.ASSIGNED_COUNSELLOR
        await record_change(None, profile, author(cmd.caller, relation), uow, now)
        if cmd.caller.role is Role.COUNSELLOR:
            profile = await _assign_creator(profile, cmd.caller, uow, now)
        await uow.answers.keep(cmd.request, profile)
        await uow.commit()
    return profile


async def get_profile(query: GetProfile, uow: UnitOfWork, now: datetime) -> Profile:
    """Read what the caller may see of a profile; the access row is committed before this returns.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE.
    """
    async with uow:
        found = await uow.profiles.get(query.profile_id)
        profile, _, access = await admit(
            query.caller, Action.READ_PROFILE, found or query.profile_id, uow, now, purpose=query.purpose
        )
        await uow.accesses.append(access)
        await uow.commit()
    return cut(profile, access.data)


async def find_own_profile(caller: Principal, uow: UnitOfWork) -> str:
    """The id of the calling seeker's own profile, "" while there is none.

    Nothing in it is read, so nothing is recorded. Raises PermissionDenied ROLE_NOT_ALLOWED.
    """
    if caller.role is not Role.SEEKER:
        raise PermissionDenied("ROLE_NOT_ALLOWED", "Only seekers have a profile of their own.")
    async with uow:
        return await uow.profiles.id_of_owner(caller.subject)


async def get_matching_profile(query: GetMatchingProfile, uow: UnitOfWork, now: datetime) -> Profile:
    """Read a profile for the matching service. It is recorded like any reading; raises the same refusal."""
    async with uow:
        found = await uow.profiles.get(query.profile_id)
        profile, _, access = await admit(query.caller, Action.READ_FOR_MATCHING, found or query.profile_id, uow, now)
        protected = await uow.identities.protected((profile.id,))
        await uow.accesses.append(access)
        await uow.commit()
    return cut(for_matching(profile, profile.id in protected), access.data)


async def update_profile(cmd: UpdateProfile, uow: UnitOfWork, codes: Codes, now: datetime) -> Profile:
    """Change the masked fields; where nothing differs, the version stays and there is no event.

    The answer shows the record, so it is recorded as a reading. Raises InvalidArgument UPDATE_MASK_EMPTY,
    UPDATE_MASK_INVALID or PROFILE_INVALID, PermissionDenied PROFILE_NOT_ACCESSIBLE or FIELD_NOT_ALLOWED, Aborted
    ETAG_STALE.
    """
    paths = check_mask(cmd.paths, ProfileContent())
    async with uow:
        stored = await uow.answers.find(cmd.request, Profile)
        found = await uow.profiles.lock(cmd.profile_id)
        # Asked again even for a stored answer: the caller may have lost access since.
        profile, _, access = await admit(cmd.caller, Action.UPDATE_PROFILE, found or cmd.profile_id, uow, now)
        await uow.accesses.append(access)
        if stored is not None:
            await uow.commit()
            return cut(stored, access.data)
        check_kinds(paths, access.data)
        check_etag(cmd.etag, profile.version, "profile")
        updated, events = transitions.update(profile, settled(cmd.content), paths, now)
        if events:
            check(updated.content, codes, now)
            await uow.profiles.save(updated)
            await uow.events.append(*events)
            await record_change(profile, updated, author_of(access), uow, now)
        await uow.answers.keep(cmd.request, updated)
        await uow.commit()
    return cut(updated, access.data)


def _owner(caller: Principal, named: str) -> str:
    if caller.role is Role.SEEKER:
        if named not in ("", caller.subject):
            raise PermissionDenied("OWNER_NOT_ALLOWED", "You can create your own profile only: leave the owner empty.")
        return caller.subject
    if caller.role is not Role.COUNSELLOR:
        raise PermissionDenied("ROLE_NOT_ALLOWED", "Profiles are created by seekers and counsellors.")
    if named == caller.subject:
        rule = "Name the person whose profile it is, or leave it empty. Nobody counsels themselves."
        violation = FieldViolation("owner_subject", "OWNER_IS_COUNSELLOR", rule)
        raise InvalidArgument("OWNER_IS_COUNSELLOR", rule, violations=(violation,))
    if not caller.unit:
        raise PermissionDenied("UNIT_MISSING", "Your token names no unit. Sign in again, or ask for a unit.")
    if named:
        check_subject(named, "owner_subject")
    return named


async def _assign_creator(profile: Profile, creator: Principal, uow: UnitOfWork, now: datetime) -> Profile:
    outcome = transitions.assign(profile, None, creator.subject, creator.unit, now)
    await uow.assignments.begin(outcome.assignment)
    await uow.profiles.save(outcome.profile)
    await uow.events.append(*outcome.events)
    return outcome.profile
