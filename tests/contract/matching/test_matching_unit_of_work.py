"""The fake and the PostgreSQL unit of work of the matching service keep one contract."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from services.matching.adapters.codec import from_json, to_json
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.application.ports import Owner, StoredProfile
from services.matching.domain.events import OpeningIndexed, ProfileIndexed
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from shared.kernel.errors import Aborted
from shared.kernel.ids import new_id
from shared.runtime.postgres import Pool
from tests.builders.matching import NOW
from tests.builders.matching_random import openings, profiles
from tests.contract.matching.bulk_contract import BulkContract
from tests.contract.matching.records_contract import RecordsContract
from tests.contract.matching.samples import a_decision, a_profile, a_task, a_vector, an_opening, made_with
from tests.contract.matching.unit_of_work_contract import Open, UnitOfWorkContract
from tests.contract.matching.vectors_contract import VectorsContract
from tests.contract.matching.waiting import until_waiting
from tests.fakes.matching import FakeUnitOfWork

OpenPostgres = Callable[[], PostgresUnitOfWork]


class TestFakeUnitOfWork(UnitOfWorkContract, RecordsContract, VectorsContract, BulkContract):
    """The fake."""

    @pytest.fixture
    def open_uow(self) -> Open:
        """Units of work over one state."""
        unit = FakeUnitOfWork()
        return lambda: unit


class TestPostgresUnitOfWork(UnitOfWorkContract, RecordsContract, VectorsContract, BulkContract):
    """PostgreSQL, as the role that serves."""

    @pytest.fixture
    def open_uow(self, pool: Pool) -> OpenPostgres:
        """Units of work over one pool."""
        return lambda: PostgresUnitOfWork(pool)

    async def test_a_served_list_cannot_be_changed(self, open_uow: OpenPostgres, pool: Pool) -> None:
        """The serving role may update or empty neither a decision nor its items."""
        async with open_uow() as uow:
            decision = a_decision()
            await uow.decisions.add(decision, made_with(decision))
            await uow.commit()
        for statement in (
            "update decision set body = '{}'",
            "update decision_match set body = '{}'",
            "truncate decision cascade",
            "truncate decision_match",
            "update decision_input set body = '{}'",
            "update feedback set kind = 1",
            "update contest set words = ''",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with pool.connection() as connection:
                    await connection.execute(statement)

    async def test_an_older_opening_is_left_aside(self, open_uow: OpenPostgres) -> None:
        """A renewal that read an older version does not bring it back."""
        newer = an_opening(2)
        async with open_uow() as uow:
            await uow.openings.put(newer)
            await uow.openings.put(an_opening(1, opening_id=newer.snapshot.id, title="Kokki"))
            await uow.commit()
        async with open_uow() as uow:
            assert await uow.openings.get(newer.snapshot.id) == newer

    async def test_what_was_said_is_not_said_again(self, open_uow: OpenPostgres, pool: Pool) -> None:
        """One event for one version of an opening, whatever is encoded anew; the next version has its own."""
        opening_id, profile_id = new_id(), new_id()
        for version in (1, 1, 2):
            async with open_uow() as uow:
                await uow.events.append(
                    OpeningIndexed(opening_id, version, NOW), ProfileIndexed(profile_id, version, NOW)
                )
                await uow.commit()
        async with pool.connection() as connection:
            rows = await connection.execute(
                "select aggregate_id, aggregate_version, subject from outbox where aggregate_id = any(%s)"
                " order by aggregate_id = %s, aggregate_version",
                ([opening_id, profile_id], profile_id),
            )
            assert await rows.fetchall() == [
                (opening_id, 1, f"polku.matching.opening.indexed.v1.{opening_id}"),
                (opening_id, 2, f"polku.matching.opening.indexed.v1.{opening_id}"),
                (profile_id, 1, f"polku.matching.profile.indexed.v1.{profile_id}"),
                (profile_id, 2, f"polku.matching.profile.indexed.v1.{profile_id}"),
            ]

    async def test_a_list_is_recorded_whole_or_not_at_all(self, open_uow: OpenPostgres, pool: Pool) -> None:
        """Decision, inputs and event are one transaction; a second record of the same list changes nothing."""
        decision, other = a_decision(), a_decision()
        await open_uow().record(decision, made_with(decision))
        with pytest.raises(psycopg.errors.UniqueViolation):
            await open_uow().record(replace(other, id=decision.id), made_with(other))
        async with pool.connection() as connection:
            told = await connection.execute(
                "select type, sent_at is null from outbox where aggregate_id = %s", (decision.id,)
            )
            assert await told.fetchall() == [("polku.matching.v1.DecisionRecorded", True)]
            people = await connection.execute(
                "select profile_id::text from decision_input where profile_id = any(%s::uuid[])",
                ([decision.profile_id, other.profile_id],),
            )
            assert await people.fetchall() == [(decision.profile_id,)]

    async def test_who_says_it_second_tries_again(self, open_uow: OpenPostgres, pool: Pool) -> None:
        """Two transactions at once that say the same: the one that commits last is told to try again."""
        event = OpeningIndexed(new_id(), 1, NOW)
        async with open_uow() as second:
            async with open_uow() as first:
                await first.events.append(event)
                appending = asyncio.create_task(second.events.append(event))
                await until_waiting(pool, appending)
                await first.commit()
            with pytest.raises(Aborted):
                await appending

    async def test_storing_a_vector_and_closing_its_opening_leave_no_vector(
        self, open_uow: OpenPostgres, pool: Pool
    ) -> None:
        """Whoever closes waits for the encoder that has just begun to store, and then deletes what it stored."""
        opening = an_opening()
        task = a_task(Owner.OPENING, opening.snapshot.id)
        async with open_uow() as uow:
            await uow.openings.put(opening)
            await uow.tasks.add(task)
            await uow.commit()

        async def close() -> None:
            async with open_uow() as uow:
                await uow.openings.close(opening.snapshot.id)
                await uow.vectors.delete(Owner.OPENING, opening.snapshot.id)
                await uow.tasks.drop(Owner.OPENING, opening.snapshot.id)
                await uow.commit()

        async with open_uow() as encoder:
            assert await encoder.tasks.get(Owner.OPENING, opening.snapshot.id) == task
            closing = asyncio.create_task(close())
            await until_waiting(pool, closing)
            await encoder.vectors.put(a_vector(Owner.OPENING, opening.snapshot.id))
            await encoder.tasks.done(task)
            await encoder.commit()
        await closing
        async with open_uow() as uow:
            assert await uow.vectors.get(Owner.OPENING, opening.snapshot.id) is None

    async def test_storing_a_vector_and_deleting_the_person_leave_no_vector(
        self, open_uow: OpenPostgres, pool: Pool
    ) -> None:
        """The same for a person who goes."""
        person = a_profile()
        task = a_task(Owner.PROFILE, person.snapshot.id)
        async with open_uow() as uow:
            await uow.profiles.put(person)
            await uow.tasks.add(task)
            await uow.commit()

        async def delete() -> None:
            async with open_uow() as uow:
                await uow.profiles.delete(person.snapshot.id)
                await uow.commit()

        async with open_uow() as encoder:
            assert await encoder.tasks.get(Owner.PROFILE, person.snapshot.id) == task
            deleting = asyncio.create_task(delete())
            await until_waiting(pool, deleting)
            await encoder.vectors.put(a_vector(Owner.PROFILE, person.snapshot.id))
            await encoder.tasks.done(task)
            await encoder.commit()
        await deleting
        async with open_uow() as uow:
            assert await uow.vectors.get(Owner.PROFILE, person.snapshot.id) is None

    async def test_a_newer_text_waits_for_the_storing_of_the_older(self, open_uow: OpenPostgres, pool: Pool) -> None:
        """So the vector of an older text never comes after that of a newer one."""
        owner_id = new_id()
        old, new = a_task(Owner.OPENING, owner_id), a_task(Owner.OPENING, owner_id, "kokki")
        async with open_uow() as uow:
            await uow.tasks.add(old)
            await uow.commit()

        async def add() -> None:
            async with open_uow() as uow:
                await uow.tasks.add(new)
                await uow.commit()

        async with open_uow() as encoder:
            await encoder.tasks.get(Owner.OPENING, owner_id)
            adding = asyncio.create_task(add())
            await until_waiting(pool, adding)
            await encoder.tasks.done(old)
            await encoder.commit()
        await adding
        async with open_uow() as uow:
            assert await uow.tasks.get(Owner.OPENING, owner_id) == new

    async def test_a_renewal_keeps_a_newer_profile_out_until_it_is_done(self, pool: Pool) -> None:
        """With `lock_profiles`, a profile that was read stays as it is: its text is not queued over a newer one."""
        person = a_profile()
        newer = a_profile(2, profile_id=person.snapshot.id, goal="keittiö")
        await _put(PostgresUnitOfWork(pool), person)
        async with PostgresUnitOfWork(pool, lock_profiles=True) as renewal:
            assert await renewal.profiles.get(person.snapshot.id) == person
            putting = asyncio.create_task(_put(PostgresUnitOfWork(pool), newer))
            await until_waiting(pool, putting)
            await renewal.profiles.put(replace(person, digest="renewed"))
            await renewal.commit()
        await putting
        async with PostgresUnitOfWork(pool) as uow:
            assert await uow.profiles.get(person.snapshot.id) == newer


async def _put(unit: PostgresUnitOfWork, person: StoredProfile) -> None:
    async with unit as uow:
        await uow.profiles.put(person)
        await uow.commit()


@given(opening=openings, person=profiles)
@settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
def test_snapshots_come_back_from_their_json(opening: OpeningSnapshot, person: ProfileSnapshot) -> None:
    """Whatever a snapshot holds, reading its JSON text gives the same value."""
    assert from_json(to_json(opening), OpeningSnapshot) == opening
    assert from_json(to_json(person), ProfileSnapshot) == person
