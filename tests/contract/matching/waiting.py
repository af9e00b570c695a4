"""Waiting until tasks wait for each other in the database."""

import asyncio

from shared.runtime.postgres import Pool


async def until_waiting(pool: Pool, *tasks: "asyncio.Task[None]", count: int = 1) -> None:
    """Until so many statements in the database wait for a lock: the tasks', of which none is done."""
    give_up_at = asyncio.get_running_loop().time() + 10
    while await _waiting(pool) < count:
        assert not any(task.done() for task in tasks), "nothing kept it from going on"
        assert asyncio.get_running_loop().time() < give_up_at, "it did not reach the database"


async def _waiting(pool: Pool) -> int:
    async with pool.connection() as connection:
        found = await connection.execute(
            "select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
        row = await found.fetchone()
    return int(row[0]) if row else 0
