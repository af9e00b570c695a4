"""Taking in what the other services tell: openings published and closed, profiles changed and gone, texts encoded.

An event of an older version than one already taken has no effect. The store is committed before memory changes: after
a crash in between, memory is filled from the store anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.matching.application.engine import Engine
from services.matching.application.people import stored_profile
from services.matching.application.ports import (
    EmbeddingTask,
    Owner,
    StoredOpening,
    StoredVector,
    ToIndex,
    UnitOfWork,
    Vector,
)
from services.matching.domain.candidates import prepare
from services.matching.domain.embedding_input import digest, opening_input, profile_input
from services.matching.domain.events import OpeningIndexed, ProfileIndexed
from services.matching.domain.linking import link_opening, vocabulary_version
from services.matching.domain.snapshots import OpeningSnapshot

A_PERSON_WAITS, NEW, CHANGED, BULK = range(4)
"""Priorities of the encoder's tasks, first things first."""


@dataclass(frozen=True, slots=True)
class TakeOpening:
    """An opening was published: new, changed, or open again."""

    event_id: str
    snapshot: OpeningSnapshot


@dataclass(frozen=True, slots=True)
class DropOpening:
    """An opening is not on offer any more."""

    event_id: str
    opening_id: str
    version: int


@dataclass(frozen=True, slots=True)
class TakeProfile:
    """A profile was created or changed; its content has to be fetched."""

    event_id: str
    profile_id: str
    version: int


@dataclass(frozen=True, slots=True)
class DropProfile:
    """A profile is gone."""

    event_id: str
    profile_id: str
    version: int


Encoded = tuple[EmbeddingTask, Vector]
"""A task with the vector of its text."""


@dataclass(frozen=True, slots=True)
class StoreVectors:
    """The encoder has encoded the texts of some tasks."""

    encoded: Sequence[Encoded]


@dataclass(frozen=True, slots=True)
class Indexed:
    """What came of a portion.

    found     how many vectors it held
    openings  ids of the openings whose vectors are in memory now
    foreign   ids of the openings whose vectors are of another model, and so are in nobody's memory
    """

    found: int = 0
    openings: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()


async def take_opening(cmd: TakeOpening, uow: UnitOfWork, engine: Engine, now: datetime) -> bool:
    """Keep the opening, list it at once, and have its text encoded. Returns False where the event was old news."""
    snapshot = cmd.snapshot
    opening, text = _linked(snapshot, engine)
    async with uow:
        if not await uow.inbox.accept(Owner.OPENING, snapshot.id, snapshot.version, cmd.event_id):
            return False
        await uow.openings.put(opening)
        priority = NEW if snapshot.version == 1 else CHANGED
        task = EmbeddingTask(Owner.OPENING, snapshot.id, opening.digest, text, priority)
        if not await _wants_encoding(uow, task):
            await uow.events.append(OpeningIndexed(snapshot.id, snapshot.version, now))
        await uow.commit()
    engine.live.put(prepare(snapshot, opening.signals, engine.vocabulary), opening.digest)
    return True


async def drop_opening(cmd: DropOpening, uow: UnitOfWork, engine: Engine) -> bool:
    """Forget the opening. Returns False where the event was old news."""
    async with uow:
        if not await uow.inbox.accept(Owner.OPENING, cmd.opening_id, cmd.version, cmd.event_id):
            return False
        await uow.openings.close(cmd.opening_id)
        await uow.vectors.delete(Owner.OPENING, cmd.opening_id)
        await uow.tasks.drop(Owner.OPENING, cmd.opening_id)
        await uow.commit()
    engine.live.remove(cmd.opening_id)
    return True


async def take_profile(cmd: TakeProfile, uow: UnitOfWork, engine: Engine, now: datetime) -> bool:
    """Fetch and keep the profile, and have its text encoded. Returns False where the event was old news.

    A profile that is gone by now is forgotten. Raises Unavailable where the profiles service cannot be asked.
    """
    snapshot = await engine.source.fetch(cmd.profile_id)
    if snapshot is None:
        await drop_profile(DropProfile(cmd.event_id, cmd.profile_id, cmd.version), uow)
        return True
    profile = stored_profile(snapshot, engine.vocabulary, engine.live.model)
    text = profile_input(snapshot, engine.vocabulary).text()
    async with uow:
        if not await uow.inbox.accept(Owner.PROFILE, cmd.profile_id, cmd.version, cmd.event_id):
            return False
        await uow.profiles.put(profile)
        task = EmbeddingTask(Owner.PROFILE, cmd.profile_id, profile.digest, text, A_PERSON_WAITS)
        if not await _wants_encoding(uow, task):
            await uow.events.append(ProfileIndexed(cmd.profile_id, snapshot.version, now))
        await uow.commit()
    return True


async def drop_profile(cmd: DropProfile, uow: UnitOfWork) -> None:
    """Forget all about a person. That there was one stays known, so that nothing about them is recorded later."""
    async with uow:
        await uow.inbox.accept(Owner.PROFILE, cmd.profile_id, cmd.version, cmd.event_id)
        await uow.profiles.delete(cmd.profile_id)
        await uow.commit()


async def store_vectors(cmd: StoreVectors, uow: UnitOfWork) -> int:
    """Keep encoded texts, but for those whose owner meanwhile is gone or has another text. Returns how many."""
    vectors = {(task.owner, task.id): vector for task, vector in cmd.encoded}
    async with uow:
        waiting = await uow.tasks.waiting([task for task, _ in cmd.encoded])
        if not waiting:
            return 0
        stored = [StoredVector(task.owner, task.id, task.digest, vectors[task.owner, task.id]) for task in waiting]
        await uow.vectors.put(*stored)
        await uow.tasks.done(*waiting)
        await uow.commit()
    return len(waiting)


async def index_vectors(most: int, uow: UnitOfWork, engine: Engine, now: datetime) -> Indexed:
    """Make stored vectors searchable and tell the others, in one transaction for all of them.

    A vector that is not of what is stored by now is passed over. Raises Aborted, Unavailable.
    """
    async with uow:
        found = await uow.vectors.to_index(most)
        if not found:
            return Indexed()
        current = [each for each in found if each.version is not None]
        openings = [each.vector for each in current if each.vector.owner is Owner.OPENING]
        foreign = frozenset(each.id for each in openings if each.vector.model != engine.live.model)
        for each in openings:
            if each.id not in foreign:
                engine.live.put_vector(each.id, each.digest, each.vector)
        await uow.events.append(*(_indexed(each, now) for each in current if each.vector.id not in foreign))
        await uow.vectors.indexed([each.vector for each in found])
        await uow.commit()
    return Indexed(len(found), frozenset(each.id for each in openings) - foreign, foreign)


def _indexed(found: ToIndex, now: datetime) -> OpeningIndexed | ProfileIndexed:
    kind = ProfileIndexed if found.vector.owner is Owner.PROFILE else OpeningIndexed
    return kind(found.vector.id, found.version or 0, now)


async def renew_opening(opening: StoredOpening, uow: UnitOfWork, engine: Engine) -> StoredOpening:
    """The opening linked, stored and queued for encoding anew where vocabulary or model have changed."""
    snapshot = opening.snapshot
    text = opening_input(snapshot, engine.vocabulary).text()
    wanted = digest(engine.live.model, text)
    signals = opening.signals
    if signals.vocabulary != vocabulary_version(engine.vocabulary):
        signals = link_opening(snapshot, engine.vocabulary)
    if signals is opening.signals and wanted == opening.digest:
        return opening
    renewed = StoredOpening(snapshot, signals, wanted)
    async with uow:
        await uow.openings.put(renewed)
        await _wants_encoding(uow, EmbeddingTask(Owner.OPENING, snapshot.id, wanted, text, BULK))
        await uow.commit()
    return renewed


async def renew_profile(profile_id: str, uow: UnitOfWork, engine: Engine) -> None:
    """Link a stored profile anew and queue it for encoding where vocabulary or model have changed."""
    async with uow:
        stored = await uow.profiles.get(profile_id)
        if stored is None:
            return
        renewed = stored_profile(stored.snapshot, engine.vocabulary, engine.live.model)
        if renewed != stored:
            text = profile_input(stored.snapshot, engine.vocabulary).text()
            await uow.profiles.put(renewed)
            await _wants_encoding(uow, EmbeddingTask(Owner.PROFILE, profile_id, renewed.digest, text, BULK))
            await uow.commit()


def _linked(snapshot: OpeningSnapshot, engine: Engine) -> tuple[StoredOpening, str]:
    text = opening_input(snapshot, engine.vocabulary).text()
    signals = link_opening(snapshot, engine.vocabulary)
    return StoredOpening(snapshot, signals, digest(engine.live.model, text)), text


async def _wants_encoding(uow: UnitOfWork, task: EmbeddingTask) -> bool:
    """Queue the text unless there is none or its vector is at hand. Returns whether it was queued.

    Where there is no text any more, nothing that was made of an earlier one is kept.
    """
    vector = await uow.vectors.get(task.owner, task.id)
    if not task.text:
        await uow.vectors.delete(task.owner, task.id)
    if not task.text or (vector is not None and vector.digest == task.digest):
        await uow.tasks.drop(task.owner, task.id)
        return False
    await uow.tasks.add(task)
    return True
