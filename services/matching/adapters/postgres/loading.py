"""What lies outside of a unit of work: reading everything at a start.

Openings are read in portions, each in a transaction of its own, so that none stays open while memory is filled.
"""

from collections.abc import Sequence
from typing import LiteralString

from services.matching.adapters.postgres.snapshots import opening_from_row
from services.matching.application.ports import StoredOpening, Vector
from shared.runtime.postgres import Pool, transaction

PORTION = 200
VERSION_BYTES = 41
Loaded = tuple[StoredOpening, Vector | None]
"""An opening with the vector of its text."""


async def load_versions(pool: Pool, model: str) -> list[bytes]:
    """Of each published opening 41 bytes that tell whether what is held of it is what is stored.

    Its id (16), version (8), the first 16 of the SHA-256 of its digest, and 1 where there is a vector that this model
    made of its text.
    """
    query: LiteralString = (
        "select string_agg(uuid_send(id) || int8send(version)"
        " || substring(sha256(convert_to(opening.digest, 'UTF8')) for 16)"
        " || case when owner_id is null then '\\x00'::bytea else '\\x01'::bytea end, '')"
        " from opening left join vector"
        " on owner = 'opening' and owner_id = id and vector.digest = opening.digest and model = %s"
    )
    async with transaction(pool) as connection:
        found = await connection.execute(query, (model,), binary=True)
        row = await found.fetchone()
    content = bytes(row[0]) if row and row[0] is not None else b""
    return [content[at : at + VERSION_BYTES] for at in range(0, len(content), VERSION_BYTES)]


async def load_openings(pool: Pool, opening_ids: Sequence[str], model: str) -> list[Loaded]:
    """Those of these openings that are published, each with the vector that this model made of its text, or None."""
    query: LiteralString = (
        "select snapshot::text, signals::text, opening.digest, numbers from opening left join vector"
        " on owner = 'opening' and owner_id = id and vector.digest = opening.digest and model = %s"
        " where id = any(%s::uuid[])"
    )
    async with transaction(pool) as connection:
        found = await connection.execute(query, (model, list(opening_ids)))
        return [
            (opening_from_row(*row), None if numbers is None else Vector(model, bytes(numbers)))
            for *row, numbers in await found.fetchall()
        ]


async def load_profile_ids(pool: Pool) -> list[str]:
    """The ids of all stored profiles."""
    async with transaction(pool) as connection:
        found = await connection.execute("select id::text from profile")
        return [profile_id for (profile_id,) in await found.fetchall()]
