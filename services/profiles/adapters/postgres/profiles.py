"""Rows of `profile`. What is personal in them is sealed under the person's key, each value bound to its version."""

from typing import Any

from polku.profiles.v1 import profile_pb2 as pb
from psycopg import errors

from services.profiles.adapters.postgres.keys import PostgresPersonKeys
from services.profiles.adapters.sealing import PersonCipher
from services.profiles.adapters.wire.work import choices_from_wire, choices_to_wire, work_from_wire, work_to_wire
from services.profiles.domain.profile import Profile, ProfileContent
from shared.kernel.errors import Aborted, AlreadyExists
from shared.runtime.postgres import Connection

SELECT = (
    "select id::text, version, coalesce(owner_subject, ''), preferred_language, create_time, update_time,"
    " case_reference, work, choices, kek_id, wrapped"
    " from profile join person_key on profile_id = id where id = %s"
)
CASE_REFERENCE, _WORK, _CHOICES = "profile.case_reference", "profile.work", "profile.choices"


class PostgresProfiles:
    """The profiles. One without its key is not there."""

    def __init__(self, connection: Connection, keys: PostgresPersonKeys) -> None:
        self._connection = connection
        self._keys = keys

    async def get(self, profile_id: str) -> Profile | None:
        """The profile, or None."""
        return await self._one(SELECT, profile_id)

    async def id_of_owner(self, owner_subject: str) -> str:
        """The id of an owner's profile, or ""."""
        query = "select id::text from profile join person_key on profile_id = id where owner_subject = %s"
        row = await (await self._connection.execute(query, (owner_subject,))).fetchone()
        return str(row[0]) if row else ""

    async def lock(self, profile_id: str) -> Profile | None:
        """The profile with its row locked, or None."""
        return await self._one(f"{SELECT} for update of profile", profile_id)

    async def add(self, profile: Profile) -> None:
        """Insert, with a key. Raises AlreadyExists PROFILE_EXISTS where the owner has a profile."""
        values = profile_to_row(profile, await self._keys.create(profile.id))
        try:
            await self._connection.execute(
                "insert into profile (id, version, owner_subject, case_reference, preferred_language, work, choices,"
                " create_time, update_time) values (%(id)s, %(version)s, nullif(%(owner_subject)s, ''),"
                " %(case_reference)s, %(preferred_language)s, %(work)s, %(choices)s, %(create_time)s, %(update_time)s)",
                values,
            )
        except errors.UniqueViolation:
            message = "This person has a profile already: use it, or ask for an assignment to it."
            raise AlreadyExists("PROFILE_EXISTS", message) from None

    async def save(self, profile: Profile) -> None:
        """Update the version before this one. Raises Aborted PROFILE_CHANGED where it is another."""
        saved = await self._connection.execute(
            "update profile set version = %(version)s, case_reference = %(case_reference)s,"
            " preferred_language = %(preferred_language)s, work = %(work)s, choices = %(choices)s,"
            " update_time = %(update_time)s where id = %(id)s and version = %(version)s - 1",
            profile_to_row(profile, await self._keys.needed(profile.id)),
        )
        if saved.rowcount != 1:
            raise Aborted("PROFILE_CHANGED", "The profile has changed meanwhile. Read it again and repeat the change.")

    async def _one(self, query: str, profile_id: str) -> Profile | None:
        row = await (await self._connection.execute(query, (profile_id,))).fetchone()
        return profile_from_row(row[:-2], self._keys.use(profile_id, row[-2], row[-1])) if row else None


def profile_to_row(profile: Profile, cipher: PersonCipher) -> dict[str, Any]:
    """A profile as column values, in the order in which they are selected."""
    content, version = profile.content, profile.version
    work = work_to_wire(content.work).SerializeToString(deterministic=True)
    choices = choices_to_wire(content.choices).SerializeToString(deterministic=True)
    return {
        "id": profile.id,
        "version": version,
        "owner_subject": profile.owner_subject,
        "preferred_language": content.preferred_language,
        "create_time": profile.create_time,
        "update_time": profile.update_time,
        "case_reference": cipher.seal(content.case_reference.encode(), CASE_REFERENCE, version),
        "work": cipher.seal(work, _WORK, version),
        "choices": cipher.seal(choices, _CHOICES, version),
    }


def profile_from_row(row: tuple[Any, ...], cipher: PersonCipher) -> Profile:
    """A profile from the selected columns without those of the key."""
    profile_id, version, owner, language, created, updated, reference, work, choices = row
    content = ProfileContent(
        case_reference=cipher.open(reference, CASE_REFERENCE, version).decode(),
        preferred_language=language,
        work=work_from_wire(pb.WorkProfile.FromString(cipher.open(work, _WORK, version))),
        choices=choices_from_wire(pb.Choices.FromString(cipher.open(choices, _CHOICES, version))),
    )
    return Profile(profile_id, version, owner, content, created, updated)
