"""What lies outside of a unit of work: reading everything at a start, and the vectors that wait for the index.

Everything is read in portions, each in a transaction of its own, so that none stays open while memory is filled.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, LiteralString

from services.matching.adapters.postgres.snapshots import opening_from_row
from services.matching.application.ports import Owner, StoredOpening, Vector
from shared.runtime.postgres import Pool, transaction

PORTION = 200
Row = tuple[Any, ...]
Stored = tuple[Owner, str, str]
"""Owner, id and digest of a stored vector."""


async def load_openings(pool: Pool) -> AsyncIterator[list[StoredOpening]]:
    """All published openings, in portions."""
    query: LiteralString = (
        "select id::text, snapshot::text, signals::text, digest from opening"
        " where %(after)s::uuid is null or id > %(after)s order by id limit %(portion)s"
    )
    async for rows in _portions(pool, query):
        yield [opening_from_row(*row[1:]) for row in rows]


async def load_vectors(pool: Pool, model: str) -> list[tuple[str, Vector]]:
    """The vectors of published openings that this model made."""
    query: LiteralString = (
        "select owner_id::text, numbers from vector join opening on opening.id = owner_id"
        " where owner = 'opening' and model = %(model)s and (%(after)s::uuid is null or owner_id > %(after)s)"
        " order by owner_id limit %(portion)s"
    )
    return [
        (opening_id, Vector(model, bytes(numbers)))
        async for rows in _portions(pool, query, model=model)
        for opening_id, numbers in rows
    ]


async def load_profile_ids(pool: Pool) -> list[str]:
    """The ids of all stored profiles."""
    async with transaction(pool) as connection:
        found = await connection.execute("select id::text from profile")
        return [profile_id for (profile_id,) in await found.fetchall()]


async def vectors_to_index(pool: Pool) -> list[Stored]:
    """The vectors that are not marked as indexed, those that have waited longest first; a portion at most."""
    async with transaction(pool) as connection:
        found = await connection.execute(
            "select owner, owner_id::text, digest from vector where not indexed order by stored_at limit %s",
            (PORTION,),
        )
        return [(Owner(owner), owner_id, digest) for owner, owner_id, digest in await found.fetchall()]


async def mark_indexed(pool: Pool, vectors: Sequence[Stored]) -> None:
    """Mark these vectors; one that a newer text has replaced meanwhile stays as it is."""
    async with transaction(pool) as connection, connection.cursor() as cursor:
        await cursor.executemany(
            "update vector set indexed = true where owner = %s and owner_id = %s and digest = %s",
            [(owner.value, owner_id, digest) for owner, owner_id, digest in vectors],
        )


async def _portions(pool: Pool, query: LiteralString, **values: str) -> AsyncIterator[list[Row]]:
    after: str | None = None
    while True:
        async with transaction(pool) as connection:
            found = await connection.execute(query, {"after": after, "portion": PORTION, **values})
            rows = await found.fetchall()
        if rows:
            yield rows
            after = rows[-1][0]
        if len(rows) < PORTION:
            return
