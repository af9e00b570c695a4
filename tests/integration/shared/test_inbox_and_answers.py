"""Inbox and stored answers: the fakes and the tables keep the same contract; the races need the tables."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from shared.kernel.errors import Internal, InvalidArgument
from shared.kernel.ids import new_id
from shared.runtime import dead_letters, inbox, requests
from shared.runtime.inbox import Accepted
from shared.runtime.postgres import Connection, Pool, transaction
from shared.runtime.requests import StoredAnswer, fingerprint_of
from tests.fakes.runtime import FakeAnswers, FakeInbox
from tests.integration.shared.samples import eventually


class Inbox(Protocol):
    """What a consumer needs of an inbox."""

    async def accept(self, consumer: str, aggregate_id: str, version: int, event_id: str) -> Accepted: ...


class Answers(Protocol):
    """What a use case needs of stored answers."""

    async def answer_once(
        self, *, scope: str, request_id: str, method: str, fingerprint: bytes
    ) -> StoredAnswer | None: ...

    async def keep_answer(self, *, scope: str, request_id: str, answer: bytes, about: str = "") -> None: ...

    async def forget_answers_about(self, about: str) -> int: ...


class Tables:
    """The real mechanisms in one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def accept(self, consumer: str, aggregate_id: str, version: int, event_id: str) -> Accepted:
        return await inbox.accept(self._connection, consumer, aggregate_id, version, event_id)

    async def answer_once(self, *, scope: str, request_id: str, method: str, fingerprint: bytes) -> StoredAnswer | None:
        return await requests.answer_once(
            self._connection, scope=scope, request_id=request_id, method=method, fingerprint=fingerprint
        )

    async def keep_answer(self, *, scope: str, request_id: str, answer: bytes, about: str = "") -> None:
        await requests.keep_answer(self._connection, scope=scope, request_id=request_id, answer=answer, about=about)

    async def forget_answers_about(self, about: str) -> int:
        return await requests.forget_answers_about(self._connection, about)


@pytest.fixture
async def tables(pool: Pool) -> AsyncIterator[Tables]:
    """The tables in one transaction."""
    async with transaction(pool) as connection:
        yield Tables(connection)


@pytest.fixture(params=["fake", "tables"])
def some_inbox(request: pytest.FixtureRequest) -> Inbox:
    """The fake inbox, and the real one."""
    return FakeInbox() if request.param == "fake" else request.getfixturevalue("tables")


@pytest.fixture(params=["fake", "tables"])
def answers(request: pytest.FixtureRequest) -> Answers:
    """The fake answers, and the real ones."""
    return FakeAnswers() if request.param == "fake" else request.getfixturevalue("tables")


async def test_only_newer_versions_are_new(some_inbox: Inbox) -> None:
    """Redelivery reorders (1, 2, 3, 4, 1): only versions above the newest taken are new."""
    events = {version: new_id() for version in range(1, 6)}
    order = [1, 2, 2, 4, 3, 4, 1, 5]
    found = [await some_inbox.accept("matching-profiles", "a", version, events[version]) for version in order]
    new, duplicate, stale = Accepted.NEW, Accepted.DUPLICATE, Accepted.STALE
    assert found == [new, new, duplicate, new, stale, duplicate, stale, new]


async def test_consumers_and_aggregates_are_apart(some_inbox: Inbox) -> None:
    """What one consumer took of one aggregate says nothing about others."""
    for consumer, aggregate in (("one", "a"), ("two", "a"), ("one", "b")):
        assert await some_inbox.accept(consumer, aggregate, 1, new_id()) is Accepted.NEW


async def test_repeated_request_gets_the_stored_answer(answers: Answers) -> None:
    """The first call claims the id; the same request again gets the first answer."""
    call = {"scope": "user-1", "request_id": new_id(), "method": "Create", "fingerprint": fingerprint_of(b"x")}
    assert await answers.answer_once(**call) is None  # type: ignore[arg-type]
    await answers.keep_answer(scope="user-1", request_id=str(call["request_id"]), answer=b"reply")
    assert await answers.answer_once(**call) == StoredAnswer(b"reply")  # type: ignore[arg-type]


@pytest.mark.parametrize(("method", "content"), [("Create", b"y"), ("Update", b"x")])
async def test_request_id_with_other_content_is_refused(answers: Answers, method: str, content: bytes) -> None:
    """The same id with other content or another method is INVALID_ARGUMENT REQUEST_ID_REUSED."""
    await answers.answer_once(scope="u", request_id="r", method="Create", fingerprint=fingerprint_of(b"x"))
    await answers.keep_answer(scope="u", request_id="r", answer=b"reply")
    with pytest.raises(InvalidArgument) as caught:
        await answers.answer_once(scope="u", request_id="r", method=method, fingerprint=fingerprint_of(content))
    assert caught.value.reason == "REQUEST_ID_REUSED"
    assert caught.value.violations[0].field == "request_id"


async def test_ids_of_different_callers_never_meet(answers: Answers) -> None:
    """Another caller with the same id is another request."""
    for scope in ("u", "v"):
        assert (
            await answers.answer_once(scope=scope, request_id="r", method="M", fingerprint=fingerprint_of(b"x")) is None
        )


async def test_answer_without_claim_is_a_defect(answers: Answers) -> None:
    """Keeping an answer that was never claimed is a programming error and is told."""
    with pytest.raises(Internal):
        await answers.keep_answer(scope="u", request_id="r", answer=b"reply")


async def test_answers_about_a_person_can_be_erased(answers: Answers) -> None:
    """Erasing a person erases the answers about it and no others."""
    for request_id, about in (("r1", "p1"), ("r2", "p2")):
        await answers.answer_once(scope="u", request_id=request_id, method="M", fingerprint=b"f")
        await answers.keep_answer(scope="u", request_id=request_id, answer=b"reply", about=about)
    assert await answers.forget_answers_about("p1") == 1
    assert await answers.answer_once(scope="u", request_id="r1", method="M", fingerprint=b"f") is None
    assert await answers.answer_once(scope="u", request_id="r2", method="M", fingerprint=b"f") is not None


async def _waits_for_a_lock(pool: Pool) -> bool:
    async with transaction(pool) as connection:
        row = await (
            await connection.execute("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
        ).fetchone()
    return row is not None and row[0] >= 1


async def _claim(pool: Pool) -> StoredAnswer | None:
    async with transaction(pool) as connection:
        return await requests.answer_once(connection, scope="u", request_id="r", method="M", fingerprint=b"f")


async def test_twin_waits_for_the_answer_of_the_first(pool: Pool) -> None:
    """A twin at the same time waits until the first has committed, then gets its answer."""
    async with transaction(pool) as connection:
        await requests.answer_once(connection, scope="u", request_id="r", method="M", fingerprint=b"f")
        twin = asyncio.create_task(_claim(pool))
        await eventually(lambda: _waits_for_a_lock(pool), "the waiting of the twin")
        await requests.keep_answer(connection, scope="u", request_id="r", answer=b"reply")
    assert await twin == StoredAnswer(b"reply")


async def test_twin_goes_on_when_the_first_fails(pool: Pool) -> None:
    """When the first rolls back, its twin claims the id and does the work."""
    with pytest.raises(RuntimeError):
        async with transaction(pool) as connection:
            await requests.answer_once(connection, scope="u", request_id="r", method="M", fingerprint=b"f")
            twin = asyncio.create_task(_claim(pool))
            await eventually(lambda: _waits_for_a_lock(pool), "the waiting of the twin")
            raise RuntimeError
    assert await twin is None


async def test_concurrent_deliveries_take_effect_once(pool: Pool) -> None:
    """Of ten deliveries of one event at the same time exactly one is new."""
    event_id = new_id()

    async def deliver() -> Accepted:
        async with transaction(pool) as connection:
            return await inbox.accept(connection, "c", "a", 1, event_id)

    found = await asyncio.gather(*(deliver() for _ in range(10)))
    assert sorted(found) == sorted([Accepted.NEW, *[Accepted.DUPLICATE] * 9])


async def test_old_answers_are_forgotten(pool: Pool) -> None:
    """Answers stored before an instant are deleted, later ones stay."""
    async with transaction(pool) as connection:
        await requests.answer_once(connection, scope="u", request_id="r", method="M", fingerprint=b"f")
        await requests.keep_answer(connection, scope="u", request_id="r", answer=b"reply")
        now = datetime.now(UTC)
        assert await requests.forget_answers_before(connection, now - timedelta(days=1)) == 0
        assert await requests.forget_answers_before(connection, now + timedelta(days=1)) == 1


async def test_dead_letter_is_kept_once(pool: Pool) -> None:
    """Keeping the same dead letter twice leaves one row, with its headers and payload."""
    letter = dead_letters.DeadLetter("c", "S", 7, "polku.x", {"ce-id": "1"}, b"\x00\xff", "UNDECODABLE", 1)
    for _ in range(2):
        async with transaction(pool) as connection:
            await dead_letters.keep(connection, letter)
    async with transaction(pool) as connection:
        rows = await (await connection.execute("select headers, payload, reason from dead_letter")).fetchall()
    assert rows == [({"ce-id": "1"}, b"\x00\xff", "UNDECODABLE")]
