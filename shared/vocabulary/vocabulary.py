"""The vocabulary: look-ups by code, labels with a fallback chain, hints for wrong codes, concepts named in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

from shared.vocabulary import relations
from shared.vocabulary.compiled import read_compiled
from shared.vocabulary.finder import Entry, Finder
from shared.vocabulary.nearest import Nearest
from shared.vocabulary.tables import Tables, read_tables
from shared.vocabulary.types import (
    MENTION_KINDS,
    Code,
    Coordinates,
    Field,
    IscoGroup,
    Labels,
    Language,
    Licence,
    Mention,
    MentionKind,
    Municipality,
    Occupation,
    Place,
    Skill,
    TravelMode,
    Words,
)

FALLBACKS: Mapping[str, tuple[str, ...]] = {
    "fi": ("en", "sv"),
    "sv": ("fi", "en"),
    "en": ("fi", "sv"),
    "uk": ("ru", "en", "fi"),
    "ru": ("uk", "en", "fi"),
    "ar": ("en", "fi"),
    "so": ("en", "fi"),
}
"""Where a label is missing in a language, the languages to try next; any other language falls back to English."""

_ISCO_URI = re.compile(r"^http://data\.europa\.eu/esco/isco/C(\d{1,4})$")
_REMARK = re.compile(r"\s*\([^)]*\)")  # "driving licence B (car)": the remark explains, and is seldom written in texts


class _Labelled(Protocol):
    @property
    def labels(self) -> Labels: ...


class _Worded(_Labelled, Protocol):
    @property
    def words(self) -> Words: ...


class Vocabulary:
    """Read-only tables with look-ups. A look-up of an unknown code answers None, so that callers word the error."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._lists: dict[str, Mapping[str, _Labelled]] = {
            "occupation": tables.occupations,
            "skill": tables.skills,
            "licence": tables.licences,
            "language": tables.languages,
            "cefr_level": tables.cefr_levels,
            "cefr_skill": tables.cefr_skills,
            "isced_level": tables.isced_levels,
            "isced_field": tables.isced_fields,
            "isco": tables.isco_groups,
            "municipality": tables.municipalities,
            "place": tables.places,
            "travel_mode": tables.travel_modes,
        }

    # -- look-ups by code ------------------------------------------------------------------------------------------

    def occupation(self, uri: str) -> Occupation | None:
        """The occupation with this ESCO URI."""
        return self.tables.occupations.get(uri)

    def skill(self, uri: str) -> Skill | None:
        """The skill with this URI."""
        return self.tables.skills.get(uri)

    def licence(self, code: str) -> Licence | None:
        """The licence or card with this code (data/licences.tsv)."""
        return self.tables.licences.get(code)

    def language(self, code: str) -> Language | None:
        """The language with this BCP 47 code."""
        return self.tables.languages.get(code)

    def cefr_level(self, code: str) -> Code | None:
        """A CEFR level "A1" … "C2" or "native"; `order` compares them."""
        return self.tables.cefr_levels.get(code)

    def isced_level(self, code: str) -> Code | None:
        """An ISCED 2011 level "0" … "8"."""
        return self.tables.isced_levels.get(code)

    def isced_field(self, code: str) -> Field | None:
        """An ISCED-F 2013 broad (two digits) or narrow (three digits) field."""
        return self.tables.isced_fields.get(code)

    def isco(self, code: str) -> IscoGroup | None:
        """An ISCO-08 group by its 1–4 digits, or by its ESCO URI (`…/isco/C9112`)."""
        uri = _ISCO_URI.match(code)
        return self.tables.isco_groups.get(uri.group(1) if uri else code)

    def municipality(self, code: str) -> Municipality | None:
        """The Finnish municipality with this official three-digit code ("049" is Espoo)."""
        return self.tables.municipalities.get(code)

    def travel_mode(self, code: str) -> TravelMode | None:
        """A travel mode: walk, bicycle, public_transport, car."""
        return self.tables.travel_modes.get(code)

    def place(self, name: str) -> Place | None:
        """The district, service centre or Uusimaa municipality with this code or name in any language, in any case."""
        return self._places.get(name.strip().casefold())

    @cached_property
    def _places(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for place in self._all_places():
            for name in (place.code, *place.labels.values()):
                found.setdefault(name.casefold(), place)
        return found

    def _all_places(self) -> list[Place]:
        municipalities = [
            Place(town.code, "municipality", town.labels, town.code, town.coordinates)
            for town in self.tables.municipalities.values()
            if town.coordinates is not None
        ]
        return [*self.tables.places.values(), *municipalities]

    # -- labels and hints ------------------------------------------------------------------------------------------

    def label(self, code: str, language: str) -> str:
        """The label of an ESCO or ISCO URI or of a licence code; where no language of the chain has one, the code."""
        for kind in ("occupation", "skill", "licence"):
            row = self._lists[kind].get(code)
            if row is not None:
                return label_of(row.labels, language, code)
        group = self.isco(code) if _ISCO_URI.match(code) else None
        return self.label_in("isco", group.code, language) if group else code

    def label_in(self, kind: str, code: str, language: str) -> str:
        """The label of a code of one list (`kinds()`), for lists whose codes look alike ("0110", "049").

        An ISCO group without a label of its own shows the one of the group above.
        """
        row = self._lists[kind].get(code)
        if row is None:
            return code
        if not row.labels and kind == "isco" and len(code) > 1:
            return self.label_in(kind, code[:-1], language)
        return label_of(row.labels, language, code)

    def kinds(self) -> tuple[str, ...]:
        """The lists that `nearest` and `label_in` know."""
        return tuple(self._lists)

    def nearest(self, kind: str, value: str) -> str:
        """The code of the list `kind` whose code, label or everyday word is most like `value`; "" if none is alike.

        Raises KeyError for a kind not in `kinds()`. For an error's hint only: it compares spellings, not meanings.
        """
        return self._nearest(kind, value.strip().casefold()[:200])

    @cached_property
    def _nearest(self) -> Nearest:
        return Nearest({kind: _spellings(rows) for kind, rows in self._lists.items()})

    # -- relations -------------------------------------------------------------------------------------------------

    def essential_skills(self, occupation_uri: str) -> tuple[str, ...]:
        """URIs of the skills that the occupation cannot do without; empty for an unknown occupation."""
        row = self.occupation(occupation_uri)
        return row.essential_skills if row else ()

    def closeness(self, one: str, other: str) -> float:
        """Closeness of two occupations, 0–1, in the steps that `relations` documents."""
        return relations.occupation_closeness(self.tables.occupations, one, other)

    def broader(self, code: str) -> tuple[str, ...]:
        """What a concept falls under: an occupation's ISCO unit group, a group's parent, a skill's ESCO parents."""
        occupation = self.occupation(code)
        if occupation:
            return (occupation.isco,)
        skill = self.skill(code)
        if skill:
            return skill.broader
        row = self.isco(code) or self.isced_field(code)
        return (row.broader,) if row and row.broader else ()

    def licence_covers(self, held: str, needed: str) -> bool:
        """Whether a licence that is held also proves another one (driving licence CE covers C and B)."""
        row = self.licence(held)
        return held == needed or (row is not None and needed in row.includes)

    def travel_minutes(self, mode: str, one: Coordinates, other: Coordinates) -> float | None:
        """One-way minutes between two points by a travel mode, estimated from the straight line; None: unknown mode."""
        row = self.travel_mode(mode)
        if row is None:
            return None
        return row.fixed_minutes + 60 * relations.distance_km(one, other) * row.detour / row.speed_kmh

    # -- running text ----------------------------------------------------------------------------------------------

    def find(self, text: str, kinds: Collection[MentionKind] = MENTION_KINDS) -> list[Mention]:
        """Concepts that the text names by label or everyday word, in the order of the text. See `Finder.find`."""
        return self._finder.find(text, kinds)

    @cached_property
    def _finder(self) -> Finder:
        return Finder(_entries(self.tables))


def load(path: Path | None = None) -> Vocabulary:
    """The starter vocabulary, or a compiled ESCO package (`python -m shared.vocabulary compile`), read once a process.

    Raises VocabularyFileError where `path` is not a compiled vocabulary.
    """
    return _load(path)


@lru_cache(maxsize=2)
def _load(path: Path | None) -> Vocabulary:
    return Vocabulary(read_tables() if path is None else read_compiled(path))


def label_of(labels: Labels, language: str, default: str) -> str:
    """The label in `language` ("uk-UA" reads as "uk"), else along FALLBACKS, else in any language, else `default`."""
    wanted = language.split("-")[0].lower()
    for candidate in (wanted, *FALLBACKS.get(wanted, ("en", "fi"))):
        label = labels.get(candidate)
        if label:
            return label
    return next(iter(labels.values()), default)


def _entries(tables: Tables) -> list[Entry]:
    lists: tuple[tuple[MentionKind, Mapping[str, _Worded]], ...] = (
        ("occupation", tables.occupations),
        ("skill", tables.skills),
        ("licence", tables.licences),
        ("language", tables.languages),
    )
    tongues = _language_names(tables)
    entries = []
    for kind, rows in lists:
        for code, row in rows.items():
            for language, label in row.labels.items():
                phrase = _REMARK.sub("", label).replace("*", "")
                entries.append(Entry(phrase, code, kind, language, is_label=True))
            for language, words in row.words.items():
                entries.extend(Entry(word, code, kind, language, is_label=False) for word in words)
    return [entry for entry in entries if entry.kind != "skill" or entry.phrase.casefold() not in tongues]


def _language_names(tables: Tables) -> set[str]:
    """Names of languages: ESCO lists them among skills, but in a text they are found as languages only."""
    rows = tables.languages.values()
    labels = {label.casefold() for row in rows for label in row.labels.values()}
    return labels | {word.casefold() for row in rows for words in row.words.values() for word in words}


def _spellings(rows: Mapping[str, _Labelled]) -> dict[str, str]:
    spellings: dict[str, str] = {}
    for code, row in rows.items():
        spellings.setdefault(code.casefold(), code)
        for label in row.labels.values():
            spellings.setdefault(label.casefold(), code)
        for words in getattr(row, "words", {}).values():
            for word in words:
                spellings.setdefault(word.casefold().rstrip("*"), code)
    return spellings
