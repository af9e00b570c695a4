"""What a start reads: all published openings, and their vectors of one model."""

from collections.abc import AsyncIterator
from datetime import datetime

from services.matching.adapters.postgres.snapshots import opening_from_row
from services.matching.application.ports import Owner, StoredOpening, Vector
from shared.runtime.postgres import Pool, transaction

_CHUNK = 2000


async def load_openings(pool: Pool) -> AsyncIterator[StoredOpening]:
    """All published openings, in one snapshot of the store, in chunks so that memory stays bounded."""
    async with transaction(pool) as connection, connection.cursor(name="openings") as cursor:
        await cursor.execute("select snapshot::text, signals::text, digest from opening")
        while rows := await cursor.fetchmany(_CHUNK):
            for row in rows:
                yield opening_from_row(*row)


async def load_vectors(pool: Pool, model: str) -> list[tuple[str, Vector]]:
    """The vectors of published openings that this model made."""
    async with transaction(pool) as connection:
        found = await connection.execute(
            "select owner_id::text, numbers from vector join opening on opening.id = owner_id"
            " where owner = %s and model = %s",
            (Owner.OPENING.value, model),
        )
        return [(owner_id, Vector(model, bytes(numbers))) for owner_id, numbers in await found.fetchall()]


async def load_profile_ids(pool: Pool) -> list[str]:
    """The ids of all stored profiles."""
    async with transaction(pool) as connection:
        found = await connection.execute("select id::text from profile")
        return [profile_id for (profile_id,) in await found.fetchall()]


async def vectors_stored_since(pool: Pool, instant: datetime) -> list[tuple[Owner, str]]:
    """Whose vectors were stored after an instant."""
    async with transaction(pool) as connection:
        found = await connection.execute(
            "select owner, owner_id::text from vector where stored_at > %s order by stored_at", (instant,)
        )
        return [(Owner(owner), owner_id) for owner, owner_id in await found.fetchall()]
