"""Runs every system on a task and measures it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from services.matching.adapters.embedding.folder import read_folder
from services.matching.adapters.linking.vector_store import BatchEncoder, Floats, VectorStore
from services.matching.domain.linking.gate import OWN_ON_AVERAGE, LanguageGate
from services.matching.domain.linking.normalising import fold
from services.matching.domain.linking.thesaurus import Thesaurus
from services.matching.domain.linking.translating import Translator
from services.matching.evaluation import metrics
from services.matching.evaluation.metrics import Figures
from services.matching.evaluation.progress import Progress
from services.matching.evaluation.systems import Bm25, CharacterNgrams, Implied, Polku, System, Vectors
from services.matching.evaluation.tasks import Task

PLAIN = "plain e5"
_SAMPLE = 300


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of each system on a task."""

    task: Task
    figures: dict[str, Figures]


class Model:
    """A model folder with a store of its vectors; the model itself is loaded when a text comes that has none yet."""

    def __init__(self, folder: Path, store: Path, progress: Progress, *, centred: bool = True) -> None:
        described = read_folder(folder)
        self._folder = folder
        self._centred = centred
        self._progress = progress
        self._encoder: BatchEncoder | None = None
        self._store = VectorStore(store, described.model_id(centred=centred), described.dimension)
        self.model_id = described.model_id(centred=centred)

    def vectors(self, texts: Sequence[str], what: str) -> Floats:
        """Vectors of texts, (texts, dimension): titles and labels are all encoded as queries."""
        missing = self._store.missing(texts, "query")
        if not missing:
            return self._store.of(texts, "query")
        if self._encoder is None:
            from services.matching.adapters.embedding.encoder import TextEncoder  # torch: seconds

            self._progress.say(f"  loading {self._folder.name}")
            self._encoder = TextEncoder(self._folder, centred=self._centred)
        return self._store.encode(texts, "query", self._encoder, self._progress.step(what))


@dataclass(frozen=True, slots=True)
class Bench:
    """What measuring needs: the two models (the same where none is tuned) and what look-up may know.

    `languages` knows the languages of labels, for corpora that do not say theirs.
    """

    polku: Model
    plain: Model
    thesaurus: Thesaurus
    translators: Mapping[str, Translator]
    languages: LanguageGate
    progress: Progress

    def measure(self, task: Task) -> Result:
        """All systems on one task."""
        self.progress.say(f"{task.name}: {len(task.queries):,} queries, {len(task.corpus):,} elements")
        return Result(task, {system.name: self._figures(task, system) for system in self._systems(task)})

    def _systems(self, task: Task) -> Iterator[System]:
        try:
            yield Bm25(task)
        except ModuleNotFoundError as missing:
            self.progress.say(f"SKIPPED: BM25 (install it with `pip install {missing.name}`)")
        yield CharacterNgrams(task)
        queries, corpus = self._vectors(self.plain, task, "plain e5")
        yield Vectors(PLAIN, queries, corpus)
        queries, corpus = self._vectors(self.polku, task, "Polku's model")
        if task.known is not None:
            titles = self.polku.vectors(task.known.titles, "vectors of known titles, Polku's model")
            yield Implied(task, task.known, queries, titles, corpus)
        else:
            known = task if task.corpus_language else replace(task, corpus_language=self._language(task.corpus))
            yield Polku(known, queries, corpus, self.thesaurus, self.translators)

    def _language(self, corpus: Sequence[str]) -> str:
        """The language that a corpus is in on the whole, "" where it is none that is known."""
        sample = [self.languages.familiarity(fold(text)) for text in corpus[:: max(1, len(corpus) // _SAMPLE)]]
        shares = {language: float(np.mean([one[language] for one in sample])) for language in sample[0]}
        best = max(shares, key=lambda language: shares[language])
        return best if shares[best] >= OWN_ON_AVERAGE else ""

    def _vectors(self, model: Model, task: Task, name: str) -> tuple[Floats, Floats]:
        corpus = model.vectors(task.corpus, f"vectors of the corpus, {name}")
        return model.vectors(task.queries, f"vectors of the queries, {name}"), corpus

    def _figures(self, task: Task, system: System) -> Figures:
        told = self.progress.step(f"queries, {system.name}")
        return metrics.mean(self._rows(task, system, told))

    def _rows(self, task: Task, system: System, told: Callable[[int, int], None]) -> Iterator[dict[str, float]]:
        for number, relevant in enumerate(task.relevant):
            yield metrics.of_query(metrics.ranks_of(system.scores(number), relevant))
            told(number + 1, len(task.queries))
