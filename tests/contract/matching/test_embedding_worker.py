"""Encoders that share a database: each text is done once, the most urgent first, and nobody's death loses one."""

import asyncio
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest

from services.matching.adapters.embedding_worker import EmbeddingWorker
from services.matching.adapters.postgres import PostgresUnitOfWork
from services.matching.application.ports import EmbeddingTask, Owner, StoredVector
from services.matching.domain.embedding_input import digest
from shared.kernel.ids import new_id
from shared.runtime.postgres import Pool
from tests.contract.matching.word_encoder import PairedEncoder, WordEncoder
from tests.servers import Database

MODEL = WordEncoder().model_id
ROOT = Path(__file__).parents[3]


class StuckEncoder(WordEncoder):
    """Does not come back from a text until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.let_go = threading.Event(), threading.Event()

    def encode(self, text: str, kind: Literal["query", "passage"]) -> npt.NDArray[np.float32]:
        self.begun.set()
        assert self.let_go.wait(20)
        return super().encode(text, kind)


class PickyEncoder(WordEncoder):
    """Cannot take one word."""

    def encode(self, text: str, kind: Literal["query", "passage"]) -> npt.NDArray[np.float32]:
        if "poison" in text:
            raise IndexError("index out of range: poison")
        return super().encode(text, kind)


@pytest.fixture(autouse=True)
async def empty_tables(pool: Pool) -> None:
    """Nothing waits and nothing is known at the beginning: workers take whatever is there."""
    async with pool.connection() as connection:
        await connection.execute("delete from embedding_task")
        await connection.execute("delete from vector")


@pytest.fixture
def worker(pool: Pool, matching_database: Database) -> Callable[..., EmbeddingWorker]:
    """Make a worker."""

    def make(encoder: WordEncoder, lease: float = 60.0, lanes: int = 1) -> EmbeddingWorker:
        dsn = matching_database.runtime_dsn
        return EmbeddingWorker(lambda: PostgresUnitOfWork(pool), dsn, encoder, lease=lease, lanes=lanes)

    return make


async def queue(pool: Pool, text: str, priority: int = 1, owner_id: str = "", model: str = MODEL) -> EmbeddingTask:
    """Queue a text of an opening."""
    task = EmbeddingTask(Owner.OPENING, owner_id or new_id(), digest(model, text), text, priority)
    async with PostgresUnitOfWork(pool) as uow:
        await uow.tasks.add(task)
        await uow.commit()
    return task


async def waiting(pool: Pool, task: EmbeddingTask) -> bool:
    """Whether some text of the owner waits."""
    async with PostgresUnitOfWork(pool) as uow:
        return await uow.tasks.get(task.owner, task.id) is not None


async def stored(pool: Pool, task: EmbeddingTask) -> StoredVector | None:
    """The owner's vector."""
    async with PostgresUnitOfWork(pool) as uow:
        return await uow.vectors.get(task.owner, task.id)


async def eventually(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = 10.0) -> None:
    """Wait for a condition with a deadline."""
    give_up_at = asyncio.get_running_loop().time() + seconds
    while not await condition():
        assert asyncio.get_running_loop().time() < give_up_at, f"{what} did not happen within {seconds} s"
        await asyncio.sleep(0.02)


async def test_the_most_urgent_text_goes_first_then_the_oldest(
    pool: Pool, worker: Callable[..., EmbeddingWorker]
) -> None:
    """Priority, then age."""
    for text, priority in (("bulk", 3), ("first", 1), ("second", 1), ("a person", 0)):
        await queue(pool, text, priority)
    encoder = WordEncoder()
    one = worker(encoder)
    while await one.portion():
        pass
    assert encoder.encoded == ["a person", "first", "second", "bulk"]


async def test_a_done_text_is_a_stored_vector(pool: Pool, worker: Callable[..., EmbeddingWorker]) -> None:
    """The vector has the digest of its text and the encoder's model; the task is gone."""
    task = await queue(pool, "siivooja hotelliin")
    assert await worker(WordEncoder()).portion()
    found = await stored(pool, task)
    assert found is not None
    assert (found.digest, found.vector.model) == (task.digest, MODEL)
    assert np.frombuffer(found.vector.values, "<f4") == pytest.approx(WordEncoder().encode(task.text, "passage"))
    assert not await waiting(pool, task)


async def test_no_two_encoders_do_the_same_text(pool: Pool, worker: Callable[..., EmbeddingWorker]) -> None:
    """Of twenty texts each is encoded by one of four encoders at once."""
    for number in range(20):
        await queue(pool, f"text {number}")
    encoders = [WordEncoder() for _ in range(4)]

    async def work(encoder: WordEncoder) -> None:
        one = worker(encoder)
        while await one.portion():
            pass

    await asyncio.gather(*(work(encoder) for encoder in encoders))
    done = [text for encoder in encoders for text in encoder.encoded]
    assert sorted(done) == sorted(f"text {number}" for number in range(20))


async def test_a_leased_text_is_left_alone_until_the_lease_ends(
    pool: Pool, worker: Callable[..., EmbeddingWorker]
) -> None:
    """While one has a text, others find nothing. When its lease has ended, another does it; the late one is void."""
    task, stuck, other = await queue(pool, "siivooja"), StuckEncoder(), WordEncoder()
    late = asyncio.create_task(worker(stuck, lease=0.5).portion())
    assert await asyncio.to_thread(stuck.begun.wait, 10)
    second = worker(other)
    assert not await second.portion()
    await eventually(second.portion, "the end of the lease")
    assert other.encoded == ["siivooja"]
    found = await stored(pool, task)
    stuck.let_go.set()
    assert await late
    assert await stored(pool, task) == found
    assert not await waiting(pool, task)


async def test_a_newer_text_is_taken_at_once_and_wins(pool: Pool, worker: Callable[..., EmbeddingWorker]) -> None:
    """A text that comes while the older one is in hand waits for no lease, and its vector is the one that stays."""
    old, stuck = await queue(pool, "siivooja"), StuckEncoder()
    late = asyncio.create_task(worker(stuck).portion())
    assert await asyncio.to_thread(stuck.begun.wait, 10)
    new = await queue(pool, "kokki", owner_id=old.id)
    assert await worker(WordEncoder()).portion()
    stuck.let_go.set()
    assert await late
    found = await stored(pool, new)
    assert found is not None
    assert found.digest == new.digest


async def test_the_same_text_again_stays_with_whoever_has_it(
    pool: Pool, worker: Callable[..., EmbeddingWorker]
) -> None:
    """A change that leaves the text as it was gives no second encoder the same work."""
    task, stuck = await queue(pool, "siivooja"), StuckEncoder()
    working = asyncio.create_task(worker(stuck).portion())
    assert await asyncio.to_thread(stuck.begun.wait, 10)
    await queue(pool, "siivooja", owner_id=task.id)
    assert not await worker(WordEncoder()).portion()
    stuck.let_go.set()
    assert await working
    assert await stored(pool, task) is not None


async def test_a_known_text_is_not_encoded_again(pool: Pool, worker: Callable[..., EmbeddingWorker]) -> None:
    """Two openings with one text have one encoding; a person's same text has its own, since its prompt differs."""
    encoder = WordEncoder()
    one = worker(encoder)
    first, second = await queue(pool, "sama teksti"), await queue(pool, "sama teksti")
    person = EmbeddingTask(Owner.PROFILE, new_id(), first.digest, "sama teksti", 1)
    async with PostgresUnitOfWork(pool) as uow:
        await uow.tasks.add(person)
        await uow.commit()
    while await one.portion():
        pass
    assert encoder.encoded == ["sama teksti", "sama teksti"]
    vectors = [await stored(pool, each) for each in (first, second, person)]
    assert len({vector.vector for vector in vectors if vector is not None}) == 1
    assert None not in vectors


async def test_two_lanes_encode_two_texts_at_once_and_each_once(
    pool: Pool, worker: Callable[..., EmbeddingWorker]
) -> None:
    """Neither of two texts is done before both are in hand; a text that waits twice is encoded once."""
    encoder = PairedEncoder()
    tasks = [await queue(pool, text) for text in ("siivooja", "kokki", "kokki")]
    assert await worker(encoder, lanes=2).portion()
    assert sorted(encoder.encoded) == ["kokki", "siivooja"]
    vectors = [await stored(pool, each) for each in tasks]
    assert None not in vectors


async def test_many_texts_with_few_wordings_are_encoded_once_each(
    pool: Pool, worker: Callable[..., EmbeddingWorker]
) -> None:
    """Also where they are leased before the vectors of the portions before are stored."""
    stop, encoder = asyncio.Event(), WordEncoder()
    tasks = [await queue(pool, f"text {number % 3}") for number in range(60)]
    running = asyncio.create_task(worker(encoder, lanes=2).run(stop))

    async def done() -> bool:
        return not any([await waiting(pool, task) for task in tasks])

    await eventually(done, "the encoding")
    stop.set()
    await asyncio.wait_for(running, 5)
    assert sorted(encoder.encoded) == ["text 0", "text 1", "text 2"]


async def test_a_text_that_cannot_be_encoded_holds_nobody_up(
    pool: Pool, worker: Callable[..., EmbeddingWorker]
) -> None:
    """It waits for its next turn; the others are done, though it was the most urgent."""
    poison, good = await queue(pool, "poison", 0), await queue(pool, "siivooja")
    one = worker(PickyEncoder())
    assert await one.portion()
    assert await stored(pool, good) is not None
    assert await waiting(pool, poison)
    assert not await one.portion()


async def test_a_text_for_another_model_is_left_to_its_encoder(
    pool: Pool, worker: Callable[..., EmbeddingWorker]
) -> None:
    """During a change of model the old encoder stores nothing under the new model's digest."""
    task = await queue(pool, "siivooja", model="new-model@2/torch/raw")
    old, new = WordEncoder(), WordEncoder("new-model@2/torch/raw")
    assert await worker(old, lease=0.0).portion()
    assert old.encoded == []
    assert await stored(pool, task) is None
    await eventually(worker(new).portion, "the turn of the new encoder")
    found = await stored(pool, task)
    assert found is not None
    assert found.vector.model == new.model_id


async def test_a_running_encoder_is_woken_and_stops_when_told(
    pool: Pool, worker: Callable[..., EmbeddingWorker]
) -> None:
    """A text that is queued while it waits is done without waiting for the next sweep; stop ends it."""
    stop, encoder = asyncio.Event(), WordEncoder()
    running = asyncio.create_task(worker(encoder).run(stop))
    for text in ("one", "two"):
        task = await queue(pool, text)

        async def done(of: EmbeddingTask = task) -> bool:
            return await stored(pool, of) is not None

        await eventually(done, "the encoding")
    stop.set()
    await asyncio.wait_for(running, 5)
    assert encoder.encoded == ["one", "two"]


async def test_a_killed_encoder_leaves_its_text_to_another(
    pool: Pool, worker: Callable[..., EmbeddingWorker], matching_database: Database
) -> None:
    """kill -9 in the middle of a text: when the lease has ended, and not before, another encoder does it."""
    task, lease = await queue(pool, "siivooja"), 2.0
    doomed = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("endless_encoder.py")),
        matching_database.runtime_dsn,
        str(lease),
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'protos' / 'gen'}"},
        cwd=ROOT,
    )
    assert doomed.stdout is not None
    assert await asyncio.wait_for(doomed.stdout.readline(), 20) == b"begun\n"
    doomed.kill()
    await doomed.wait()
    other = worker(WordEncoder())
    assert not await other.portion()
    await eventually(other.portion, "the end of the lease")
    assert await stored(pool, task) is not None
