"""Recorded lists worked out again over a real store, the short form of `make replay`; and what becomes of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from services.matching.__main__ import MIGRATIONS
from services.matching.adapters.codec import from_json
from services.matching.adapters.postgres.decisions import pack_items, unpack_items
from services.matching.adapters.postgres.housekeeping import forget_records
from services.matching.domain.replay import OpeningInput
from services.matching.domain.retention import Kept, period
from shared.runtime.migrations import migrate
from shared.runtime.postgres import open_pool
from tests.builders.matching import NOW
from tests.proofs.replay import Office, Replays, prove
from tests.servers import Database, PostgresServer


@pytest.fixture
def store(postgres_server: PostgresServer) -> Iterator[Database]:
    """A database of the test's own."""
    made = postgres_server.fresh_database()
    migrate(made.owner_dsn, [MIGRATIONS], made.runtime_role)
    yield made
    postgres_server.drop(made)


async def test_fifty_lists_come_out_the_same_after_everything_has_changed(store: Database) -> None:
    """Another index, other weights, other profiles: order, totals, parts, verdicts and reasons are as recorded."""
    pool = await open_pool(store.runtime_dsn, application_name="test")
    done = await prove(pool, 50, seed=11)
    await pool.close()
    assert done.differing == []
    assert done.identical == 50
    assert done.items > 500


async def test_a_record_that_was_tampered_with_is_found_out(store: Database) -> None:
    """Whoever changes an item or the cosine of a place in the store is contradicted by the rest of the record."""
    pool, done = await open_pool(store.runtime_dsn, application_name="test"), Replays()
    office = Office(pool, 5)
    for _ in range(12):
        await office.ask(done)
    with psycopg.connect(store.owner_dsn, autocommit=True) as owner:
        changed = []
        for decision_id, items in owner.execute("select id::text, items from decision").fetchall():
            first, *rest = unpack_items(items) or (None,)
            if first is not None and first.total > 0:
                forged = replace(first, total=round(first.total + 0.1, 9))
                owner.execute(
                    "update decision set items = %s where id = %s", (pack_items((forged, *rest)), decision_id)
                )
                changed.append(decision_id)
    assert changed
    for decision_id in done.decisions:
        await office.replay(decision_id, done)
    await pool.close()
    assert done.identical == 12 - len(changed)
    assert {line.split(":")[0] for line in done.differing} == set(changed)


async def test_an_opening_is_stored_once_a_month_without_its_description(store: Database) -> None:
    """Lists share inputs: ten lists need hardly more of them than one, and nothing of an advert's text is kept."""
    pool, done = await open_pool(store.runtime_dsn, application_name="test"), Replays()
    office = Office(pool, 6)
    for _ in range(10):
        await office.ask(done)
    await pool.close()
    with psycopg.connect(store.owner_dsn) as owner:
        openings = owner.execute("select body::text from decision_input where kind = 'opening'").fetchall()
        places = owner.execute("select sum(length(shortlist)) / 56 from decision").fetchone()
    assert places is not None
    assert len(openings) <= len(office.candidates) < int(places[0])
    assert all(from_json(body, OpeningInput).snapshot.descriptions == () for (body,) in openings)


async def test_records_are_kept_until_their_last_day_and_not_after(store: Database) -> None:
    """The day before the end all is there; the day after it lists, items, feedback and, in the end, inputs are gone."""
    pool, done = await open_pool(store.runtime_dsn, application_name="test"), Replays()
    office = Office(pool, 8)
    for _ in range(5):
        await office.ask(done)
    end = NOW + period(Kept.DECISIONS, NOW.date())

    def counts() -> dict[str, int]:
        tables = ("decision", "decision_match", "decision_input", "feedback")
        with psycopg.connect(store.owner_dsn) as owner:
            return {table: owner.execute(f"select count(*) from {table}").fetchone()[0] for table in tables}  # type: ignore[index]  # noqa: S608

    before = counts()
    assert all(before.values())
    assert set((await forget_records(pool, end - timedelta(days=1))).values()) == {0}
    assert counts() == before
    forgotten = await forget_records(pool, end + timedelta(days=1), portion=2)
    assert (forgotten["decisions"], forgotten["feedback"]) == (5, before["feedback"])
    left = counts()
    assert (left["decision"], left["decision_match"], left["feedback"]) == (0, 0, 0)
    await forget_records(pool, end + timedelta(days=31))
    await pool.close()
    assert counts()["decision_input"] == 0
