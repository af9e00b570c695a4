"""Draws batches of pairs that belong together; everything else in the batch is what they are told apart from.

A batch is of one task, and half of it comes from clusters of concepts that are easily mixed up (unit groups of ISCO,
nearest skills), because telling a nurse from a welder teaches nothing after the first minute.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.matching.training.corpus import Concept, Corpus
from services.matching.training.variants import varied

QUERY, PASSAGE = "query: ", "passage: "

_LEFT = {"fi": 1.5, "sv": 1.0, "en": 1.0, "de": 0.6, "es": 0.4, "uk": 1.5, "ru": 1.5, "ar": 1.7, "so": 2.5}
_RIGHT = {"fi": 3.0, "sv": 1.2, "en": 1.7, "de": 0.4, "es": 0.3, "uk": 0.5, "ru": 0.5, "ar": 0.5, "so": 0.6}
"""How often a language stands left and right. Seekers write all of them; what they look for is mostly Finnish."""

_FIRST_NAME = 0.5  # share of draws that take a concept's preferred name
_CLUSTERED = 0.5
_CLUSTER = 6
_AS_PASSAGE = 0.2
# The real sentences name five hundred skills only; sentences written around names reach all of them.
_WRITTEN = 0.4

SENTENCE_FRAMES = {
    "en": (
        "The successful candidate will be able to {0} and {1}.",
        "You have experience in {0}, {1} and a positive attitude.",
        "Responsibilities include: {0}; {1}.",
        "We expect you to {0}, and you like to {1} in a busy team.",
        "Requirements: {0}, at least two years of experience, knowledge of {1}.",
    ),
    "fi": (
        "Tehtäviisi kuuluu {0} ja {1}.",
        "Odotamme, että osaat: {0}, {1}. Arvostamme myös hyvää asennetta.",
        "Työssä tarvitset seuraavaa osaamista: {0} sekä {1}.",
    ),
    "sv": (
        "I arbetet ingår att {0} och {1}.",
        "Vi söker dig som har erfarenhet av följande: {0}, {1}.",
        "Du kan {0} samt {1} och trivs i ett team.",
    ),
}
"""Sentences of adverts around the names of two skills."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`left[i]` belongs to `right[i]`; texts after the pairs in `right` are only told apart.

    `concepts` names what each right text is, `also[i]` what else than its own right text fits to left text i.
    `pull` is how strongly the left texts are held to where the published model places them.
    """

    task: str
    left: list[str]
    right: list[str]
    concepts: list[str]
    also: list[frozenset[str]]
    pull: float


class Sampler:
    """Batches of every task from a corpus; the same seed gives the same batches."""

    def __init__(self, corpus: Corpus, neighbours: Sequence[Sequence[int]], seed: int) -> None:
        """`neighbours` lists for every skill the skills that are easily mixed up with it."""
        self._corpus = corpus
        self._chance = random.Random(seed)  # noqa: S311 -- draws batches, keeps no secret
        self._neighbours = neighbours
        self._siblings = _by_group(corpus.occupations)
        self._labelled = [sentence for sentence in corpus.sentences if sentence[1]]
        self._rich_skills = [i for i, one in enumerate(corpus.skills) if len(one.forms) > 3]

    def occupations(self, size: int) -> Batch:
        """Two names of an occupation."""
        chosen = self._clustered(len(self._corpus.occupations), size, self._sibling)
        return self._names("occupations", [self._corpus.occupations[index] for index in chosen], pull=0.05)

    def skills(self, size: int) -> Batch:
        """Two names of a skill; a quarter of them skills that the glossary has in all languages."""
        chosen = self._clustered(len(self._corpus.skills), size, self._neighbour)
        rich = self._chance.sample(self._rich_skills, min(size // 4, len(self._rich_skills)))
        chosen = list(dict.fromkeys([*rich, *chosen]))[:size]
        return self._names("skills", [self._corpus.skills[index] for index in chosen], pull=0.05)

    def words(self, size: int) -> Batch:
        """A word in two languages."""
        chosen = self._chance.sample(self._corpus.words, min(size, len(self._corpus.words)))
        return self._names("words", chosen, pull=0.05)

    def phrases(self, size: int) -> Batch:
        """Two words side by side in two languages, told apart from phrases that share one of the words.

        Titles are made of words; a model that knows each of them must also keep them apart within one text.
        """
        pool = self._chance.sample(self._corpus.words, min(max(2, size // 3), len(self._corpus.words)))
        pairs: dict[str, tuple[Concept, Concept]] = {}
        for _ in range(2 * size):
            one, other = self._chance.sample(pool, 2)
            if len(pairs) < size and len(one.forms.keys() & other.forms.keys()) > 1:
                pairs[f"{one.uri} {other.uri}"] = (one, other)
        left, right = [], []
        for one, other in pairs.values():
            first, text = self._phrase(one, other, _LEFT)
            left.append(text)
            right.append(self._phrase(one, other, _RIGHT, other_than=first)[1])
        return Batch("phrases", left, right, list(pairs), [frozenset((pair,)) for pair in pairs], pull=0.05)

    def sentences(self, size: int) -> Batch:
        """A sentence of an advert and a skill that it asks for, told apart from that skill's neighbours too."""
        left, right, concepts, also = [], [], [], []
        for _ in range(size):
            sentence, skills = self._written() if self._chance.random() < _WRITTEN else self._real()
            wanted = self._chance.choice(skills)
            language = self._chance.choices(("en", "fi", "sv"), (0.7, 0.2, 0.1))[0]
            left.append(QUERY + sentence)
            right.append(self._skill_name(wanted, language))
            concepts.append(self._corpus.skills[wanted].uri)
            also.append(frozenset(self._corpus.skills[skill].uri for skill in skills))
        for _ in range(size):
            other = self._neighbour(self._chance.randrange(len(self._corpus.skills)))
            right.append(self._skill_name(other, "en"))
            concepts.append(self._corpus.skills[other].uri)
        return Batch("sentences", left, right, concepts, also, pull=0.3)

    def descriptions(self, size: int) -> Batch:
        """A title in any language and the beginning of the occupation's description."""
        chosen = self._chance.sample(sorted(self._corpus.descriptions), size)
        occupations = [self._corpus.occupations[index] for index in chosen]
        left = [self._form(one, _LEFT)[1] for one in occupations]
        right = [PASSAGE + self._beginning(self._corpus.descriptions[index]) for index in chosen]
        uris = [one.uri for one in occupations]
        return Batch("descriptions", left, right, uris, [frozenset((uri,)) for uri in uris], pull=0.05)

    def essential(self, size: int) -> Batch:
        """A title and a skill that the occupation cannot do without."""
        chosen = self._clustered(len(self._corpus.occupations), size, self._sibling)
        left, right, concepts, also = [], [], [], []
        for index in chosen:
            skills = self._corpus.essential.get(index)
            if not skills:
                continue
            wanted = self._chance.choice(skills)
            left.append(self._form(self._corpus.occupations[index], _LEFT)[1])
            right.append(self._form(self._corpus.skills[wanted], _RIGHT)[1])
            concepts.append(self._corpus.skills[wanted].uri)
            also.append(frozenset(self._corpus.skills[skill].uri for skill in skills))
        return Batch("essential", left, right, concepts, also, pull=0.05)

    def _names(self, task: str, concepts: Sequence[Concept], pull: float) -> Batch:
        left, right = [], []
        for concept in concepts:
            first, text = self._form(concept, _LEFT)
            left.append(text)
            right.append(self._form(concept, _RIGHT, other_than=first)[1])
        uris = [concept.uri for concept in concepts]
        return Batch(task, left, right, uris, [frozenset((uri,)) for uri in uris], pull)

    def _form(
        self, concept: Concept, weights: Mapping[str, float], other_than: tuple[str, str] = ("", "")
    ) -> tuple[tuple[str, str], str]:
        """A name as ((language, name), text with prefix), another one than that given where the concept has one."""
        languages = list(concept.forms)
        for _ in range(4):
            language = self._chance.choices(languages, [weights[one] for one in languages])[0]
            names = concept.forms[language]
            name = names[0] if self._chance.random() < _FIRST_NAME else self._chance.choice(names)
            if (language, name) != other_than:
                break
        prefix = PASSAGE if self._chance.random() < _AS_PASSAGE else QUERY
        return (language, name), prefix + varied(name, language, self._chance)

    def _phrase(
        self, one: Concept, other: Concept, weights: Mapping[str, float], other_than: str = ""
    ) -> tuple[str, str]:
        """(language, the two words in it with the prefix), in another language than that given."""
        languages = sorted(one.forms.keys() & other.forms.keys() - {other_than})
        language = self._chance.choices(languages, [weights[code] for code in languages])[0]
        words = " ".join(self._chance.choice(concept.forms[language]) for concept in (one, other))
        return language, QUERY + varied(words, language, self._chance)

    def _clustered(self, count: int, size: int, near: Callable[[int], int]) -> list[int]:
        chosen: dict[int, None] = {}
        while len(chosen) < size:
            one = self._chance.randrange(count)
            chosen[one] = None
            if self._chance.random() < _CLUSTERED / _CLUSTER * 2:
                chosen.update(dict.fromkeys(near(one) for _ in range(_CLUSTER)))
        return list(chosen)[:size]

    def _sibling(self, index: int) -> int:
        group = self._siblings[self._corpus.occupations[index].group]
        return self._chance.choice(group)

    def _neighbour(self, index: int) -> int:
        near = self._neighbours[index]
        return self._chance.choice(near) if near else index

    def _skill_name(self, skill: int, language: str) -> str:
        forms = self._corpus.skills[skill].forms
        names = forms.get(language) or next(iter(forms.values()))
        return QUERY + (names[0] if self._chance.random() < _FIRST_NAME else self._chance.choice(names))

    def _real(self) -> tuple[str, tuple[int, ...]]:
        sentence, skills = self._chance.choice(self._labelled)
        if self._chance.random() < 0.15:
            more, others = self._chance.choice(self._labelled)
            return f"{sentence} {more}", (*skills, *others)
        return sentence, skills

    def _written(self) -> tuple[str, tuple[int, ...]]:
        language = self._chance.choices(("en", "fi", "sv"), (0.5, 0.35, 0.15))[0]
        skills = self._chance.sample(range(len(self._corpus.skills)), 2)
        names = [self._skill_name(skill, language).removeprefix(QUERY) for skill in skills]
        return self._chance.choice(SENTENCE_FRAMES[language]).format(*names), tuple(skills)

    def _beginning(self, description: str) -> str:
        sentences = description.replace("\n", " ").split(". ")
        start = self._chance.randrange(min(2, len(sentences)))
        return ". ".join(sentences[start : start + 2])


def _by_group(concepts: Sequence[Concept]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for index, concept in enumerate(concepts):
        groups.setdefault(concept.group, []).append(index)
    return groups
