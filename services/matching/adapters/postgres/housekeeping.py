"""Forgetting records whose time is over, by the rules of `retention`."""

from datetime import datetime

from services.matching.adapters.postgres.inputs import month_of
from services.matching.domain.retention import RETENTION, Kept, Retention, over_before
from shared.runtime.postgres import Pool, transaction

_PORTION = 1000
_DUE: dict[Kept, tuple[str, str]] = {
    Kept.DECISIONS: ("decision", "create_time"),
    Kept.FEEDBACK: ("feedback", "create_time"),
    Kept.CONTESTS: ("contest", "create_time"),
    Kept.TOMBSTONES: ("decision_erased", "erased_on"),
    Kept.CANDIDATE_LISTS: ("candidate_list", "create_time"),
    Kept.CANDIDATE_ASKS: ("candidate_ask", "create_time"),
}


async def forget_records(
    pool: Pool, now: datetime, rules: tuple[Retention, ...] = RETENTION, portion: int = _PORTION
) -> dict[str, int]:
    """Delete what was made before its period began; returns how many of what. Raises Unavailable.

    In portions, each a transaction of its own, so that nobody waits for a year's worth. The inputs of a month go once
    no list of that month is kept any more.
    """
    forgotten: dict[str, int] = {}
    for kept, (table, column) in _DUE.items():
        forgotten[kept.value] = await _forget(pool, table, column, over_before(kept, now, rules), portion)
    month = month_of(over_before(Kept.DECISIONS, now, rules))
    forgotten["inputs"] = await _forget(pool, "decision_input", "month", month, portion)
    return forgotten


async def _forget(pool: Pool, table: str, column: str, before: object, portion: int) -> int:
    count = 0
    # The names are constants of this module.
    statement = (
        f"delete from {table} where ctid = any(array(select ctid from {table}"  # noqa: S608
        f" where {column} < %s order by {column} limit %s))"
    )
    while True:
        async with transaction(pool) as connection:
            done = (await connection.execute(statement, (before, portion))).rowcount
        count += done
        if done < portion:
            return count
