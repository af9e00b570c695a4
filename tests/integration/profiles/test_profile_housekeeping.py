"""Forgetting stored answers."""

from datetime import UTC, datetime

import psycopg

from services.profiles.__main__ import MIGRATIONS
from shared.runtime.housekeeping import forget_old_answers
from shared.runtime.migrations import migrate
from shared.runtime.postgres import open_pool
from tests.servers import Database


async def test_answers_are_forgotten_after_a_week(database: Database) -> None:
    """Answers hold copies of personal data: those older than a week go, younger ones stay for retries."""
    migrate(database.owner_dsn, [MIGRATIONS], database.runtime_role)
    with psycopg.connect(database.owner_dsn, autocommit=True) as connection:
        for days in (0, 6, 8, 30):
            connection.execute(
                "insert into stored_answer (scope, request_id, method, fingerprint, created_at)"
                " values ('seeker-1', %s, 'm', '', now() - make_interval(days => %s))",
                (str(days), days),
            )
    pool = await open_pool(database.runtime_dsn, application_name="test")

    forgotten = await forget_old_answers(pool, datetime.now(UTC))

    await pool.close()
    assert forgotten == 2
    with psycopg.connect(database.owner_dsn) as connection:
        kept = connection.execute("select request_id from stored_answer order by request_id").fetchall()
    assert kept == [("0",), ("6",)]
