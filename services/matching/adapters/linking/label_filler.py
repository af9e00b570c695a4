"""Gives the linker the vectors of its labels: those on disk at once, the others while nobody else waits."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from services.matching.adapters.linking.concept_index import ConceptIndex
from services.matching.adapters.linking.linker import Linker, give_back
from services.matching.adapters.linking.vector_store import BatchEncoder, VectorStore
from shared.runtime.log import get_logger

PART = 32
"""Labels encoded at once: a tenth of a second or two, for which a text that comes in has to wait."""
_PAUSE = 0.5  # seconds until another look at whether the encoder has time
_TOLD_EVERY = 4096
_log = get_logger("linking")


class LabelFiller:
    """Encodes the wordings of a linker. `has_time` says whether the model has nothing more urgent to do."""

    def __init__(self, linker: Linker, encoder: BatchEncoder, folder: Path, has_time: Callable[[], bool]) -> None:
        self._indices = (linker.occupations, linker.skills)
        self._encoder = encoder
        self._folder = folder
        self._has_time = has_time

    async def run(self, stop: asyncio.Event) -> None:
        """Returns when every wording has its vector, or when `stop` is set. What is made is kept for the next start."""
        store = await asyncio.to_thread(self._open)
        for index in self._indices:
            missing = await asyncio.to_thread(self._stored, index, store) if store else sorted(set(index.texts))
            await self._fill(index, missing, store, stop)
        if not stop.is_set():
            _log.info("labels.filled", labels=sum(len(index.texts) for index in self._indices))

    def _open(self) -> VectorStore | None:
        """The store; None where nothing can be written: then the vectors are made again at each start."""
        try:
            return VectorStore(self._folder, self._encoder.model_id, self._encoder.dimension)
        except OSError as error:
            _log.warning("labels.not_kept", folder=str(self._folder), kind=type(error).__name__)
            return None

    def _stored(self, index: ConceptIndex, store: VectorStore) -> list[str]:
        """Fills in what is on disk; answers the wordings that are not, the shortest first."""
        missing = store.missing(index.texts, "query")
        unknown = set(missing)
        known = [text for text in dict.fromkeys(index.texts) if text not in unknown]
        index.fill(known, store.of(known, "query"))
        give_back()
        return missing

    async def _fill(
        self, index: ConceptIndex, missing: list[str], store: VectorStore | None, stop: asyncio.Event
    ) -> None:
        for start in range(0, len(missing), PART):
            while not self._has_time() and not stop.is_set():
                await _wait(stop, _PAUSE)
            if stop.is_set():
                return
            await asyncio.to_thread(self._encode, index, missing[start : start + PART], store)
            if start % _TOLD_EVERY == 0:
                _log.info("labels.being_filled", done=start, missing=len(missing))

    def _encode(self, index: ConceptIndex, part: list[str], store: VectorStore | None) -> None:
        vectors = self._encoder.encode_many(part, "query")
        index.fill(part, vectors)
        if store:
            store.add(part, "query", vectors)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
