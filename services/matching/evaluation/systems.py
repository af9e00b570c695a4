"""What is compared: the baselines and Polku's own linking, each giving scores of one query for the whole corpus."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from services.matching.domain.linking.gate import OWN_ON_AVERAGE
from services.matching.domain.linking.implied import OF_ITS_OWN, vote
from services.matching.domain.linking.label_search import LabelSearch, Query
from services.matching.domain.linking.normalising import fold
from services.matching.domain.linking.thesaurus import Thesaurus
from services.matching.domain.linking.translating import Translator
from services.matching.evaluation.tasks import Known, Task

Floats = npt.NDArray[np.float32]
_WORD = re.compile(r"\w+")
_BLOCK = 128
_K1, _B = 1.2, 0.75  # Robertson and Zaragoza's usual values


class System(Protocol):
    """Something that ranks a corpus."""

    name: str

    def scores(self, number: int) -> Floats:
        """Scores of the task's query with this number for the whole corpus, (elements,)."""
        ...


class Bm25:
    """BM25 over words, by bm25s."""

    name = "BM25"

    def __init__(self, task: Task) -> None:
        import bm25s  # type: ignore[import-untyped]

        self._queries = [_words(query) for query in task.queries]
        self._size = len(task.corpus)
        self._index = bm25s.BM25(k1=_K1, b=_B)
        self._index.index([_words(text) or [""] for text in task.corpus], show_progress=False)
        self._known = {word for text in task.corpus for word in _words(text)}

    def scores(self, number: int) -> Floats:
        known = [word for word in self._queries[number] if word in self._known]
        return np.asarray(self._index.get_scores(known), np.float32) if known else np.zeros(self._size, np.float32)


class CharacterNgrams:
    """TF-IDF over character n-grams of 2 to 4 within words, by scikit-learn."""

    name = "char n-grams"

    def __init__(self, task: Task) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

        vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32)
        self._corpus = vectoriser.fit_transform(task.corpus).T.tocsr()
        self._queries = vectoriser.transform(task.queries)

    def scores(self, number: int) -> Floats:
        return np.asarray((self._queries[number] @ self._corpus).toarray()[0], np.float32)


class Cosines:
    """Cosines of queries to a corpus, made a block of queries at a time: ten times as fast as one by one."""

    def __init__(self, queries: Floats, corpus: Floats) -> None:
        self._queries = queries
        self._corpus = corpus
        self._first = 0
        self._block = np.zeros((0, len(corpus)), np.float32)

    def of(self, number: int) -> Floats:
        """Cosines of the query with this number, (elements,)."""
        if not self._first <= number < self._first + len(self._block):
            self._first = number
            self._block = self._queries[number : number + _BLOCK] @ self._corpus.T
        return np.asarray(self._block[number - self._first], np.float32)


class Vectors:
    """The cosine of vectors alone."""

    def __init__(self, name: str, queries: Floats, corpus: Floats) -> None:
        self.name = name
        self._cosines = Cosines(queries, corpus)

    def scores(self, number: int) -> Floats:
        return self._cosines.of(number)


class Polku:
    """The linking of the product, as it stands, on the labels of any corpus."""

    name = "Polku"

    def __init__(
        self,
        task: Task,
        queries: Floats,
        corpus: Floats,
        thesaurus: Thesaurus,
        translators: Mapping[str, Translator],
    ) -> None:
        self._cosines = Cosines(queries, corpus)
        languages = [task.corpus_language] * len(task.corpus)
        self._search = LabelSearch(task.corpus, languages, corpus, translators=translators)
        language = task.query_language or self._language(task.queries, task.corpus_language)
        self._queries = [
            Query(
                folded=fold(text),
                language=language,
                expansions=() if task.skills else thesaurus.expansions(fold(text)),
                running=task.skills,
            )
            for text in task.queries
        ]

    def scores(self, number: int) -> Floats:
        return self._search.scores(self._queries[number], self._cosines.of(number))

    def _language(self, queries: Sequence[str], corpus_language: str) -> str:
        """The corpus's language where the queries are in it on the whole, as a page knows what its user writes."""
        shares = [self._search.gate.familiarity(fold(query))[corpus_language] for query in queries]
        return corpus_language if np.mean(shares) >= OWN_ON_AVERAGE else ""


class Implied:
    """Skills of a title by way of the occupations nearest to it, as the product infers them."""

    name = Polku.name

    def __init__(self, task: Task, known: Known, queries: Floats, titles: Floats, skills: Floats) -> None:
        languages = [task.query_language] * len(known.titles)
        self._occupations = LabelSearch(known.titles, languages, titles)
        self._queries = [Query(fold(text), task.query_language) for text in task.queries]
        self._to_titles = Cosines(queries, titles)
        self._to_skills = Cosines(queries, skills)
        self._known = known

    def scores(self, number: int) -> Floats:
        nearness = self._occupations.scores(self._queries[number], self._to_titles.of(number))
        own = self._to_skills.of(number)
        return vote(nearness, self._known.skills, len(own)) + OF_ITS_OWN * own


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
