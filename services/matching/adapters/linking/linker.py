"""Titles and texts to concepts, with what is at hand: words always, vectors where the model and its labels are.

A text is read twice: for words that name a concept, wherever they stand (`Vocabulary.find`: stated), then sentence by
sentence for skills that it describes in other words (inferred). Occupations imply skills by ESCO's relations.
"""

import ctypes
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from services.matching.adapters.linking.concept_index import ConceptIndex
from services.matching.adapters.linking.vector_store import BatchEncoder, Floats, Kind
from services.matching.adapters.linking.wordings import translators, wordings
from services.matching.domain.linking.concepts import certainty
from services.matching.domain.linking.findings import Finding, LinkedText, LinkedTitle, Span
from services.matching.domain.linking.implied import vote
from services.matching.domain.linking.normalising import fold
from services.matching.domain.linking.segments import MOST_SEGMENTS, may_be_title, segments
from services.matching.domain.scrubbing import scrubber
from services.matching.domain.values import Basis
from shared.vocabulary import Mention, Vocabulary
from shared.vocabulary.glossary import Glossary

VECTORS_PENDING, MODEL_OFF, SHORTENED = "vectors_pending", "model_off", "shortened"

LEAST_SKILL = 0.5
"""Certainty from which a skill that a sentence describes in other words is told."""
SKILLS_A_SENTENCE = 3
LEAST_IMPLIED = 0.25
"""Share of the votes from which a skill counts as implied."""
IMPLIED_FACTOR = 0.8
"""What is implied is weaker than what is said."""
MOST_SPANS = 5
MOST_IMPLIED = 50


class LabelEncoder(BatchEncoder, Protocol):
    """A model for single texts and for many."""

    def encode(self, text: str, kind: Kind) -> Floats:
        """The unit vector of a text, (dimension,)."""
        ...


class Linker:
    """Reads titles and texts; synchronous, safe to use from several threads. `encoder` None: words and letters only."""

    def __init__(self, vocabulary: Vocabulary, encoder: LabelEncoder | None, words: Glossary | None = None) -> None:
        """Builds the indices of a vocabulary with the glossary in it, and learns from `words` how words are translated:
        ten seconds.
        """
        dimension = encoder.dimension if encoder else 0
        self._vocabulary = vocabulary
        self._encoder = encoder
        into = translators(vocabulary, words) if words else None
        give_back()
        self.occupations = ConceptIndex(wordings(vocabulary, "occupation"), dimension, into)
        self.skills = ConceptIndex(wordings(vocabulary, "skill"), dimension)
        vocabulary.find("")  # builds the finder now, not at the first call
        scrubber(vocabulary)
        number = self.skills.labels.number
        self._needed = [
            frozenset(number[skill] for skill in vocabulary.essential_skills(uri) if skill in number)
            for uri in self.occupations.labels.concepts
        ]
        self._has_relations = np.asarray([bool(needed) for needed in self._needed], bool)
        give_back()

    def link_title(self, title: str, language: str, count: int) -> LinkedTitle:
        """At most `count` occupations for a title; `language` is BCP 47, "" where it is not known."""
        span = _whole(scrubber(self._vocabulary).blanked(title, title=True))
        if span is None:
            return LinkedTitle(())
        ranked = self.occupations.title(span.words, _main(language), self._vector(span.words))
        named = {one.concept for one in ranked.named}
        concepts = self.occupations.labels.concepts
        found = []
        for number in ranked.scores.best(count):
            basis = Basis.STATED if concepts[number] in named else Basis.INFERRED
            found.append(Finding(concepts[number], certainty(ranked.scores.values[number]), basis, (span,)))
        return LinkedTitle(
            _as_written(found, title),
            self._implied([ranked.scores.values]),
            self._language(span.words, language),
            self._notes(),
        )

    def link_text(self, text: str, language: str) -> LinkedText:
        """Everything that a text speaks of, but for what it says about who somebody is: that reaches no model."""
        linked = self._linked(scrubber(self._vocabulary).blanked(text), language)
        return replace(
            linked,
            occupations=_as_written(linked.occupations, text),
            skills=_as_written(linked.skills, text),
            licences=_as_written(linked.licences, text),
            languages=_as_written(linked.languages, text),
        )

    def _linked(self, text: str, language: str) -> LinkedText:
        mentions = self._vocabulary.find(text)
        parts = list(segments(text))
        read = parts[:MOST_SEGMENTS]
        occupations = _together([*_stated(mentions, "occupation"), *self._titles(read)])
        skills = _together([*_stated(mentions, "skill"), *self._described(read, _main(language))])
        told = {finding.code for finding in skills}
        implied = self._implied([self._like(finding) for finding in occupations if finding.basis is Basis.STATED][:3])
        return LinkedText(
            occupations=occupations,
            skills=skills,
            licences=_together(_stated(mentions, "licence")),
            languages=_together(_stated(mentions, "language")),
            implied_skills=tuple(finding for finding in implied if finding.code not in told),
            language=self._language(text, language),
            notes=(*self._notes(), *((SHORTENED,) if len(parts) > len(read) else ())),
        )

    # -- stages ------------------------------------------------------------------------------------------------------

    def _titles(self, parts: Iterable[Span]) -> Iterable[Finding]:
        """Occupations that a short line names as a whole, in other letters or misspelt."""
        for part in filter(may_be_title, parts):
            for named in self.occupations.thesaurus.named(fold(part.words)):
                yield Finding(named.concept, named.strength, Basis.STATED, (part,))

    def _described(self, parts: Sequence[Span], language: str) -> Iterable[Finding]:
        """Skills that sentences describe without naming them; without a model there are none."""
        if self._encoder is None or not parts:
            return
        vectors = self._encoder.encode_many([part.words for part in parts], "query")
        for part, vector in zip(parts, vectors, strict=True):
            scores = self.skills.passage(part.words, language, vector)
            for number in scores.best(SKILLS_A_SENTENCE):
                sure = certainty(scores.values[number])
                if sure >= LEAST_SKILL:
                    yield Finding(self.skills.labels.concepts[number], sure, Basis.INFERRED, (part,))

    def _like(self, finding: Finding) -> Floats:
        """Nearness of all occupations to one that was named, by the words that name it."""
        words = finding.evidence[0].words
        values = self.occupations.title(words, "", self._vector(words)).scores.values.copy()
        values[self.occupations.labels.number[finding.code]] += 10
        return values

    def _implied(self, nearness: Sequence[Floats]) -> tuple[Finding, ...]:
        """Skills that the nearest occupations with relations need."""
        if not nearness or not self._has_relations.any():
            return ()
        together = np.where(self._has_relations, np.max(nearness, axis=0), -np.inf)
        votes = vote(together, self._needed, len(self.skills.labels.concepts))
        best = [int(number) for number in np.argsort(-votes, kind="stable")[:MOST_IMPLIED]]
        concepts = self.skills.labels.concepts
        return tuple(
            Finding(concepts[number], IMPLIED_FACTOR * min(1.0, float(votes[number])), Basis.INFERRED)
            for number in best
            if votes[number] >= LEAST_IMPLIED
        )

    def _vector(self, text: str) -> Floats | None:
        return self._encoder.encode(text, "query") if self._encoder else None

    def _language(self, text: str, given: str) -> str:
        return given or self.occupations.search.gate.language(fold(text))

    def _notes(self) -> tuple[str, ...]:
        if self._encoder is None:
            return (MODEL_OFF,)
        return () if self.occupations.complete and self.skills.complete else (VECTORS_PENDING,)


def give_back() -> None:
    """Building needs a hundred megabytes for a moment, which glibc would keep; other C libraries have no such call."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _main(language: str) -> str:
    return language.split("-")[0].lower()


def _whole(text: str) -> Span | None:
    words = text.strip()
    start = len(text) - len(text.lstrip())
    return Span(start, start + len(words), words) if words else None


def _stated(mentions: Iterable[Mention], kind: str) -> Iterable[Finding]:
    for mention in mentions:
        if mention.kind == kind:
            span = Span(mention.start, mention.end, mention.words)
            yield Finding(mention.code, mention.strength, Basis.STATED, (span,))


def _as_written(found: Iterable[Finding], text: str) -> tuple[Finding, ...]:
    """The same findings with the words of the text as it was given."""
    return tuple(
        replace(one, evidence=tuple(Span(span.start, span.end, text[span.start : span.end]) for span in one.evidence))
        for one in found
    )


def _together(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding a concept: the surest, stated before inferred, with the places of all of its basis."""
    kept: dict[str, Finding] = {}
    for finding in found:
        before = kept.get(finding.code)
        if before is None or (finding.basis is Basis.STATED and before.basis is Basis.INFERRED):
            kept[finding.code] = finding
        elif finding.basis is before.basis:
            spans = tuple(dict.fromkeys((*before.evidence, *finding.evidence)))[:MOST_SPANS]
            kept[finding.code] = Finding(finding.code, max(before.score, finding.score), finding.basis, spans)
    return tuple(sorted(kept.values(), key=lambda finding: (finding.basis, -finding.score, finding.code)))
