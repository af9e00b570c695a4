"""A person as the use cases need one: asked for and loaded at the same time, with the vector of what they have told."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from services.matching.application.engine import Engine
from services.matching.application.ports import StoredProfile, StoredVector, UnitOfWork, Vector
from services.matching.domain.embedding_input import digest, profile_input
from services.matching.domain.feedback import Feedback, hidden_by
from services.matching.domain.linking import link_profile, vocabulary_version
from services.matching.domain.matches import ListFilter
from services.matching.domain.query import Query, query_of
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import Answer, Purpose
from shared.kernel.errors import PermissionDenied
from shared.kernel.principal import Principal
from shared.vocabulary import Vocabulary

Result = TypeVar("Result")
SERVICE = "polku.matching.v1.MatchingService"
BULK_SERVICE = "polku.matching.v1.BulkService"


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks about whom, what for, and by which method ("ListMatches") of which service."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    method: str
    service: str = SERVICE


@dataclass(frozen=True, slots=True)
class Person:
    """A profile with the vector of its text, and what the person has said to openings.

    `waiting` is True while the newest text is not encoded yet.
    """

    stored: StoredProfile
    vector: Vector | None
    waiting: bool
    feedback: tuple[Feedback, ...] = ()

    @property
    def paused(self) -> bool:
        """Whether the person is not to be matched now."""
        choices = self.stored.snapshot.choices
        return choices.matching_paused or choices.matching is Answer.NO

    @property
    def hidden(self) -> frozenset[str]:
        """Ids of the openings that the person does not want to see."""
        return hidden_by(self.feedback)

    @property
    def silent(self) -> bool:
        """Whether the profile says nothing to rank by."""
        signals = self.stored.signals
        told = signals.wished or signals.learning or signals.held or signals.skills
        return not (told or self.stored.digest)

    def query(self, engine: Engine, now: datetime, list_filter: ListFilter, language: str) -> Query:
        """The person's query."""
        return query_of(
            self.stored.snapshot,
            self.stored.signals,
            engine.vocabulary,
            now,
            list_filter=list_filter,
            language=language,
        )


async def admitted(engine: Engine, ask: Ask, work: Coroutine[Any, Any, Result]) -> Result:
    """What the work gives, if the caller may know it. Both are done at the same time; a refusal stops the work.

    Raises PermissionDenied, Unavailable, and what the work raises.
    """
    method = f"{ask.service}/{ask.method}"
    access = asyncio.ensure_future(engine.gate.authorize(ask.caller, ask.profile_id, ask.purpose, method))
    working = asyncio.ensure_future(work)
    try:
        await access
        return await working
    finally:
        access.cancel()
        working.cancel()
        await asyncio.gather(access, working, return_exceptions=True)


async def load_person(engine: Engine, uow: UnitOfWork, profile_id: str) -> Person:
    """The person as stored, or, where the news of a new profile has not come yet, as the profiles service has it.

    Raises PermissionDenied where there is no such profile.
    """
    stored, vector, feedback = await uow.person(profile_id)
    if stored is None:
        snapshot = await engine.source.fetch(profile_id)
        if snapshot is None:
            raise PermissionDenied()
        stored = stored_profile(snapshot, engine.vocabulary, engine.live.model)
    return person_of(stored, vector, feedback, engine)


def person_of(
    stored: StoredProfile, vector: StoredVector | None, feedback: tuple[Feedback, ...], engine: Engine
) -> Person:
    """The person from what is stored; linked anew where that was done with another vocabulary."""
    if stored.signals.vocabulary != vocabulary_version(engine.vocabulary):
        stored = stored_profile(stored.snapshot, engine.vocabulary, engine.live.model)
    fresh = vector is not None and vector.digest == stored.digest
    # An older text's vector serves until the newer one's is there, but not once the person has taken all text back.
    told = vector is not None and bool(stored.digest) and vector.vector.model == engine.live.model
    usable = vector.vector if vector is not None and told else None
    return Person(stored, usable, bool(stored.digest) and not fresh, feedback)


def stored_profile(snapshot: ProfileSnapshot, vocabulary: Vocabulary, model: str) -> StoredProfile:
    """A profile as it is stored: with its signals and the digest of its text."""
    text = profile_input(snapshot, vocabulary).text()
    return StoredProfile(snapshot, link_profile(snapshot, vocabulary), digest(model, text))


def bound(method: str, caller: Principal, *question: str) -> str:
    """What a page token is good for: one method, one caller, one question."""
    return "\n".join((method, caller.role, caller.subject, *question))
