"""What may be learnt: everything that the sources say about concepts that are not kept for measuring.

A held-out concept is never seen, in no language and no file, and neither is a name that it shares with another
concept. A smaller part of the rest is the development split: settings are chosen on it, and the last training, with
settings fixed, may learn it too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from services.matching.training import sources
from services.matching.training.sources import Forms
from shared.vocabulary.held_out import is_held_out

_WORDS = ("glossary_words.tsv", "licences.tsv")
_DEVELOPMENT_ONE_IN = 12
MOST_ALTERNATIVES = 24
"""Names of one concept in one language beyond which more of them teach little."""


@dataclass(frozen=True, slots=True)
class Concept:
    """An occupation, a skill or a word with its names by language; `group` holds concepts that are easily mixed up."""

    uri: str
    forms: Forms
    group: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The training material; `essential` and `sentences` refer to positions in `skills`."""

    occupations: tuple[Concept, ...]
    skills: tuple[Concept, ...]
    words: tuple[Concept, ...]
    descriptions: Mapping[int, str]
    essential: Mapping[int, tuple[int, ...]]
    sentences: tuple[tuple[str, tuple[int, ...]], ...]


def is_development(uri: str) -> bool:
    """Whether a concept that is not held out belongs to the development split."""
    return sha256(uri.encode()).digest()[1] % _DEVELOPMENT_ONE_IN == 0


def read_corpus(
    data: Path, vocabulary: Path, essential: Mapping[str, Sequence[str]], *, with_development: bool
) -> Corpus:
    """Read all sources and leave out what is held out; `essential` comes from sources.essential_skills.

    Raises MissingData.
    """
    kept_back = _KeptBack(with_development)
    groups = sources.isco_groups(data)
    occupations = kept_back.filter(_occupation_names(data, vocabulary), groups)
    skills = kept_back.filter(_skill_names(data, vocabulary), {})
    place = {skill.forms["en"][0].casefold(): index for index, skill in enumerate(skills) if "en" in skill.forms}
    described = sources.descriptions(data)
    return Corpus(
        occupations=occupations,
        skills=skills,
        words=kept_back.words(row for table in _WORDS for row in sources.glossary_words(vocabulary / table)),
        descriptions={
            index: described[one.uri] for index, one in enumerate(occupations) if described.get(one.uri, "").strip()
        },
        essential={
            index: found
            for index, one in enumerate(occupations)
            if (found := _places(essential.get(one.uri, ()), place))
        },
        sentences=tuple(
            (sentence, _places(labels, place)) for sentence, labels in sources.skill_sentences(data, "train")
        ),
    )


def _places(labels: Iterable[str], place: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(place[label.casefold()] for label in labels if label.casefold() in place)


def _occupation_names(data: Path, vocabulary: Path) -> dict[str, Forms]:
    names = sources.esco_labels(data, "occupations")
    for uri, language, more in sources.alternative_labels(data):
        names.setdefault(uri, {}).setdefault(language, []).extend(more[:MOST_ALTERNATIVES])
    for table in ("occupations.tsv", "glossary_occupations.tsv"):
        _extend(names, sources.glossary_concepts(vocabulary / table))
    return names


def _skill_names(data: Path, vocabulary: Path) -> dict[str, Forms]:
    names = sources.esco_labels(data, "skills")
    for table in ("skills.tsv", "glossary_skills.tsv"):
        _extend(names, sources.glossary_concepts(vocabulary / table))
    return names


def _extend(names: dict[str, Forms], more: Mapping[str, Forms]) -> None:
    for uri, forms in more.items():
        for language, listed in forms.items():
            names.setdefault(uri, {}).setdefault(language, []).extend(listed)


class _KeptBack:
    """Separates what is held out; remembers the names of held-out occupations for the word list."""

    def __init__(self, with_development: bool) -> None:
        self._with_development = with_development
        self._names: set[tuple[str, str]] = set()

    def filter(self, names: Mapping[str, Forms], groups: Mapping[str, str]) -> tuple[Concept, ...]:
        """The concepts to learn, each without the names that it shares with a held-out one of the same language."""
        held = {uri for uri in names if is_held_out(uri) or (not self._with_development and is_development(uri))}
        banned = {
            (language, name.casefold()) for uri in held for language, listed in names[uri].items() for name in listed
        }
        self._names |= banned
        learnt = (
            Concept(uri, _without(forms, banned), groups.get(uri, ""))
            for uri, forms in names.items()
            if uri not in held
        )
        return tuple(concept for concept in learnt if concept.forms)

    def words(self, rows: Iterable[Forms]) -> tuple[Concept, ...]:
        """The word list without any name of a held-out concept."""
        learnt = (Concept(f"word:{index}", _without(forms, self._names)) for index, forms in enumerate(rows))
        return tuple(concept for concept in learnt if len(concept.forms) > 1)


def _without(forms: Forms, banned: set[tuple[str, str]]) -> Forms:
    kept = {
        language: [name for name in dict.fromkeys(listed) if (language, name.casefold()) not in banned]
        for language, listed in forms.items()
    }
    return {language: listed for language, listed in kept.items() if listed}
