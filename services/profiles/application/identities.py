"""Reading and changing who a person is, finding people, and the history of changes."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.profiles.application.admission import access_of, admit
from services.profiles.application.ports import Page, Position, RequestKey, UnitOfWork
from services.profiles.domain.changes import Change, Changed, Origin, Part, author_of, cut_change
from services.profiles.domain.finding import MOST_FOUND, MOST_LOOKED_AT, Entry, Found, wanted_name, wanted_person_id
from services.profiles.domain.identity import (
    KIND_OF_PART,
    Identity,
    IdentityRecord,
    check_identity,
    cut_identity,
    settled_identity,
    update,
)
from services.profiles.domain.masks import check_mask
from services.profiles.domain.policy import (
    PURPOSE_OF_ROLE,
    Access,
    Action,
    Permit,
    Relation,
    check_kinds,
    cut,
    decide,
)
from services.profiles.domain.profile import Profile, touched
from services.profiles.domain.values import Purpose
from shared.kernel.errors import PermissionDenied
from shared.kernel.etags import check_etag
from shared.kernel.principal import Principal

_CLOSE = frozenset({Relation.SELF, Relation.ASSIGNED_COUNSELLOR})
_MATCHING_PATHS = ("choices.analytics", "choices.employer_requests", "work.limits.home")
"""What matching sees otherwise of a protected person."""


@dataclass(frozen=True, slots=True)
class GetIdentity:
    """Read who a person is."""

    caller: Principal
    profile_id: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class UpdateIdentity:
    """Take the fields at `paths` from `identity`; `etag` "" means whatever the version is."""

    caller: Principal
    request: RequestKey
    profile_id: str
    identity: Identity
    paths: tuple[str, ...]
    etag: str = ""


@dataclass(frozen=True, slots=True)
class FindPeople:
    """Find people of the caller's caseload and unit by a name or a person id; one of them is given."""

    caller: Principal
    name: str = ""
    person_id: str = ""


@dataclass(frozen=True, slots=True)
class ListChanges:
    """List what was changed of a person, behind a position; `limit` is the size of the page."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    limit: int
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person who was found, cut to what the caller may see."""

    profile: Profile
    identity: Identity
    relation: Relation


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """Those who were found, and whether there are more."""

    people: tuple[FoundPerson, ...]
    more: bool = False


async def get_identity(query: GetIdentity, uow: UnitOfWork, now: datetime) -> IdentityRecord:
    """Read what the caller may know; the access row is committed before this returns.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE.
    """
    async with uow:
        found = await uow.profiles.get(query.profile_id)
        _, _, access = await admit(
            query.caller, Action.READ_IDENTITY, found or query.profile_id, uow, now, purpose=query.purpose
        )
        record = await uow.identities.get(query.profile_id)
        await uow.accesses.append(access)
        await uow.commit()
    return cut_identity(record, access.data)


async def update_identity(cmd: UpdateIdentity, uow: UnitOfWork, now: datetime) -> IdentityRecord:
    """Change the masked fields; where nothing differs, the version stays.

    The answer shows the record, so it is recorded as a reading. Raises InvalidArgument UPDATE_MASK_EMPTY,
    UPDATE_MASK_INVALID or IDENTITY_INVALID, PermissionDenied PROFILE_NOT_ACCESSIBLE or FIELD_NOT_ALLOWED, Aborted
    ETAG_STALE.
    """
    paths = check_mask(cmd.paths, Identity())
    async with uow:
        stored = await uow.answers.find(cmd.request, IdentityRecord)
        found = await uow.profiles.lock(cmd.profile_id)
        profile, _, access = await admit(cmd.caller, Action.UPDATE_IDENTITY, found or cmd.profile_id, uow, now)
        await uow.accesses.append(access)
        if stored is not None:
            await uow.commit()
            return cut_identity(stored, access.data)
        check_kinds(paths, access.data, KIND_OF_PART)
        record = await uow.identities.get(profile.id)
        check_etag(cmd.etag, record.version, "identity")
        updated = await _keep(record, cmd, paths, profile, access, uow, now)
        await uow.answers.keep(cmd.request, updated)
        await uow.commit()
    return cut_identity(updated, access.data)


async def _keep(
    record: IdentityRecord,
    cmd: UpdateIdentity,
    paths: tuple[str, ...],
    profile: Profile,
    access: Access,
    uow: UnitOfWork,
    now: datetime,
) -> IdentityRecord:
    updated, changed = update(record, settled_identity(cmd.identity), paths, now)
    if not changed:
        return record
    check_identity(updated.identity)
    await uow.identities.put(updated)
    old, new = record.identity, updated.identity
    by, version = author_of(access), updated.version
    await uow.changes.append(
        Changed(profile.id, Part.IDENTITY, version, now, by, Origin.ENTERED, old, new, changed)
    )  # fmt: skip
    if new.protected is not old.protected:
        # Matching fetches the profile anew; the event does not tell why.
        newer, events = touched(profile, _MATCHING_PATHS, now)
        await uow.profiles.save(newer)
        await uow.events.append(*events)
    return updated


async def find_people(query: FindPeople, uow: UnitOfWork, now: datetime) -> FoundPeople:
    """People of the caller's caseload and unit. Each one shown is recorded as a reading.

    A protected person is found by their own counsellor alone. Raises InvalidArgument NAME_NOT_SEARCHABLE,
    PERSON_ID_INVALID; PermissionDenied ROLE_NOT_ALLOWED.
    """
    caller, purpose = query.caller, PURPOSE_OF_ROLE.get(query.caller.role)
    own = decide(caller.role, (Relation.ASSIGNED_COUNSELLOR,), Action.FIND_PEOPLE, purpose)
    colleagues = decide(caller.role, (Relation.SAME_UNIT,), Action.FIND_PEOPLE, purpose)
    if own is None or colleagues is None:
        raise PermissionDenied("ROLE_NOT_ALLOWED", "People are found by counsellors: each among those of their unit.")
    permits = {permit.relation: permit for permit in (own, colleagues)}
    wanted: tuple[frozenset[Entry], ...]
    wanted = wanted_person_id(query.person_id) if query.person_id else wanted_name(query.name)
    async with uow:
        found = await uow.identities.find(wanted, caller.subject, caller.unit, MOST_LOOKED_AT)
        hidden = await uow.identities.protected([each.profile_id for each in found if each.relation not in _CLOSE])
        seen = [each for each in found if each.profile_id not in hidden]
        looked = [await _shown(each, permits[each.relation], uow) for each in seen[:MOST_FOUND]]
        people = tuple(each for each in looked if each is not None)
        method = Action.FIND_PEOPLE.value
        await uow.accesses.append(
            *(access_of(caller, each.profile.id, permits[each.relation], purpose, method, now) for each in people)
        )
        await uow.commit()
    return FoundPeople(people, more=len(seen) > MOST_FOUND)


async def _shown(found: Found, permit: Permit, uow: UnitOfWork) -> FoundPerson | None:
    profile, record = await uow.profiles.get(found.profile_id), await uow.identities.get(found.profile_id)
    if profile is None:  # erased meanwhile
        return None
    return FoundPerson(cut(profile, permit.data), cut_identity(record, permit.data).identity, permit.relation)


async def list_changes(query: ListChanges, uow: UnitOfWork, now: datetime) -> Page[Change]:
    """What was changed, newest first, with the values that the caller may see. The reading is recorded.

    Raises PermissionDenied PROFILE_NOT_ACCESSIBLE.
    """
    async with uow:
        found = await uow.profiles.get(query.profile_id)
        _, _, access = await admit(
            query.caller, Action.LIST_CHANGES, found or query.profile_id, uow, now, purpose=query.purpose
        )
        page = await uow.changes.of_profile(query.profile_id, query.after, query.limit)
        await uow.accesses.append(access)
        await uow.commit()
    return replace(page, entries=tuple(cut_change(change, access.data) for change in page.entries))
