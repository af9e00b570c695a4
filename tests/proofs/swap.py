"""Proof: who a person is changes nothing of their list, whether a field says it or their own words.

    python -m tests.proofs.swap [PROFILES] [OPENINGS]

Each of the people is varied in twelve ways: name, gendered words, nationality, birth year, religion, health. As fields
(the countries of education and jobs, all that a snapshot has of it) and as sentences of their own the encoder's input
must be the same byte by byte, and the list the same. Woven into a sentence about work the first ten of the list are
compared with those of the same sentence without the identifier. The lists are made by the real model and the engine of
`serve`, in process; ends with status 1 where a goal is missed.
"""

import csv
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from deploy.embedded.model.build import ensure_model
from services.matching.adapters.efforts import read_efforts
from services.matching.adapters.linking.vector_store import Floats
from services.matching.adapters.live import LiveOpeningsInMemory
from services.matching.adapters.live.openings import Held
from services.matching.adapters.weights import read_weights
from services.matching.application.comparing import compare, places_of, select
from services.matching.application.engine import Engine
from services.matching.application.people import Person, stored_profile
from services.matching.application.ports import Vector
from services.matching.domain.candidates import prepare
from services.matching.domain.embedding_input import opening_input, profile_input
from services.matching.domain.linking import link_opening
from services.matching.domain.matches import ListFilter
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import LocalizedText
from services.matching.domain.work import WorkProfile
from services.matching.evaluation.cases.drawing import Part, Source, draw
from services.matching.evaluation.cases.people import Given
from services.matching.evaluation.cases.snapshots import opening_of, profile_of
from services.matching.evaluation.cases.texts import Wordings, read_texts
from services.matching.evaluation.cases.vectors import Encoder
from services.matching.evaluation.progress import Progress
from shared import vocabulary
from shared.kernel.paging import PageTokens
from shared.vocabulary.glossary import load_glossary
from tests.fakes.matching import FakeAccessGate, FakeProfileSource

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)
TOP = 10
LEAST_OVERLAP = 0.99
COUNTRIES = ("SO", "UA", "EE", "IQ", "TR", "RU", "VN", "NG", "SY", "IN", "SE", "BR")
"""Of education and jobs, for the twelve variants of fields. Finland is none of them: an education of another country
may have to be recognised, which is a rule of law and no likeness of texts."""
LANGUAGES = ("fi", "sv", "en", "uk", "ru", "ar")


@dataclass(frozen=True)
class Variant:
    """One way to say who a person is: a sentence of its own, one with work in it, and that one without."""

    attribute: str
    said: str
    woven: str
    without: str


@dataclass
class Swapped:
    """What was compared and what came out. Overlaps are shares of the first ten, by attribute."""

    profiles: int = 0
    variants: int = 0
    inputs_differing: list[str] = field(default_factory=list)
    lists_differing: list[str] = field(default_factory=list)
    woven: dict[str, list[float]] = field(default_factory=dict)
    raw: dict[str, list[float]] = field(default_factory=dict)

    @property
    def overlap(self) -> float:
        """The mean of all woven variants."""
        return _mean([one for overlaps in self.woven.values() for one in overlaps])

    @property
    def overlap_unscrubbed(self) -> float:
        """The same where the texts go to the model as they were written: the control."""
        return _mean([one for overlaps in self.raw.values() for one in overlaps])

    @property
    def passed(self) -> bool:
        """Whether all goals are met."""
        return not self.inputs_differing and not self.lists_differing and self.overlap >= LEAST_OVERLAP


class Lists:
    """The engine with a market in it, and the model: from a profile to the first ten of its list."""

    def __init__(self, openings: int, seekers: int, store: Path) -> None:
        self.words = vocabulary.load()
        source = Source(self.words, read_texts(), Wordings(self.words, load_glossary()), TODAY)
        drawn = draw(seekers * 2, openings, 7, Part.MEASURED, source)
        telling = [one for one in drawn.seekers if one.language in LANGUAGES and one.facts.given is not Given.CODES]
        self.people = [(seeker.language, profile_of(seeker)) for seeker in telling[:seekers]]
        self.encoder = Encoder(ensure_model(ROOT / "var", lambda _: None), store, Progress())
        self._now = datetime.combine(TODAY, time(9), UTC)
        self._vectors: dict[str, Floats] = {}
        self._known: dict[tuple[WorkProfile, str], list[str]] = {}
        self.engine = self._engine([opening_of(opening, TODAY) for opening in drawn.openings])

    def first(self, profile: ProfileSnapshot, text: str) -> list[str]:
        """The ids of the first ten, in order. `text` is what the model reads."""
        key = profile.work, text
        if key not in self._known:
            self._known[key] = self._first(profile, text)
        return self._known[key]

    def _first(self, profile: ProfileSnapshot, text: str) -> list[str]:
        stored = stored_profile(profile, self.words, self.engine.live.model)
        vector = Vector(self.encoder.model_id, self._vectors[text].tobytes()) if text else None
        person = Person(stored, vector, waiting=False)
        compared = compare(person.query(self.engine, self._now, ListFilter(), "fi"), self.engine)
        return [place.opening_id for place in places_of(compared, select(compared, person, self.engine, TOP))]

    def reads(self, profile: ProfileSnapshot) -> tuple[ProfileSnapshot, str]:
        """A profile and what the model reads of it."""
        return profile, profile_input(profile, self.words).text()

    def read(self, texts: Sequence[str]) -> None:
        """Encode texts for `first`."""
        missing = [text for text in dict.fromkeys(texts) if text and text not in self._vectors]
        self._vectors.update(zip(missing, self.encoder.vectors(missing, "query", "people"), strict=True))

    def _engine(self, snapshots: list) -> Engine:  # type: ignore[type-arg]
        candidates = [prepare(each, link_opening(each, self.words), self.words) for each in snapshots]
        texts = [opening_input(each, self.words).text() for each in snapshots]
        vectors = self.encoder.vectors(texts, "passage", "openings")
        live = LiveOpeningsInMemory(self.encoder.model_id, vectors.shape[1], self.words)
        live.put_all(
            Held(candidate, "text", Vector(self.encoder.model_id, vector.tobytes()))
            for candidate, vector in zip(candidates, vectors, strict=True)
        )
        live.is_current(self._now)
        gate, tokens = FakeAccessGate(set()), PageTokens(b"a secret for page tokens")
        return Engine(self.words, read_weights(), live, gate, FakeProfileSource(), tokens, read_efforts())


def variants(language: str) -> list[Variant]:
    """The twelve variants of a language."""
    with Path(__file__).with_name("swap_frames.tsv").open(encoding="utf-8", newline="") as stream:
        lines = (line for line in stream if not line.startswith("#"))
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["language"] == language]
    return [
        Variant(
            row["attribute"],
            row["said"].format(*value.split("/")),
            re.sub(r"[\[\]]", "", row["woven"]).format(*value.split("/")),
            re.sub(r"\[.*?\]", "", row["woven"]).strip().format(*value.split("/")),
        )
        for row in rows
        for value in row["values"].split("|")
    ]


@dataclass(frozen=True)
class Pair:
    """Two ways in which a person may come to the model: profiles, and the texts that it reads of them."""

    what: str
    attribute: str
    plain: tuple[ProfileSnapshot, str]
    varied: tuple[ProfileSnapshot, str]


def prove(profiles: int, openings: int, store: Path, *, controls: int = 40) -> Swapped:
    """Vary so many people, and for the first of them read the texts unscrubbed too."""
    lists, done = Lists(openings, profiles, store), Swapped(profiles=profiles)
    same, woven, raw = [], [], []
    for number, (language, person) in enumerate(lists.people):
        plain = lists.reads(person)
        same += [Pair("fields", "fields", plain, lists.reads(_from(person, country))) for country in COUNTRIES]
        for variant in variants(language):
            done.variants += 1
            said = lists.reads(saying(person, language, variant.said))
            same.append(Pair(f"{language}: {variant.said}", variant.attribute, plain, said))
            told = [saying(person, language, text) for text in (variant.without, variant.woven)]
            woven.append(Pair(variant.woven, variant.attribute, lists.reads(told[0]), lists.reads(told[1])))
            if number < controls:
                written = [(told[0], _as_written(each)) for each in told]
                raw.append(Pair(variant.woven, variant.attribute, written[0], written[1]))
    lists.read([text for pair in (*same, *woven, *raw) for _, text in (pair.plain, pair.varied)])
    for pair in same:
        _compare(lists, pair, done)
    for pairs, overlaps in ((woven, done.woven), (raw, done.raw)):
        for pair in pairs:
            first, second = lists.first(*pair.plain), lists.first(*pair.varied)
            overlaps.setdefault(pair.attribute, []).append(_overlap(first, second))
    return done


def _compare(lists: Lists, pair: Pair, done: Swapped) -> None:
    """The same bytes go to the model, and the same list comes out."""
    if pair.plain[1].encode() != pair.varied[1].encode():
        done.inputs_differing.append(pair.what)
    elif lists.first(*pair.plain) != lists.first(*pair.varied):
        done.lists_differing.append(pair.what)


def _as_written(person: ProfileSnapshot) -> str:
    work = person.work
    pieces = (work.goals.text, *(job.tasks for job in work.experiences), *(each.text for each in work.summaries))
    return ". ".join(piece.rstrip(".") for piece in pieces if piece)


def saying(person: ProfileSnapshot, language: str, sentence: str) -> ProfileSnapshot:
    """The person with a sentence more in their own words."""
    work = person.work
    told = work.summaries[0].text if work.summaries else ""
    summary = LocalizedText(language, f"{told} {sentence}".strip())
    return replace(person, work=replace(work, summaries=(summary, *work.summaries[1:])))


def _from(person: ProfileSnapshot, country: str) -> ProfileSnapshot:
    work = person.work
    educations = tuple(replace(each, country=country) for each in work.educations)
    experiences = tuple(replace(each, country=country) for each in work.experiences)
    return replace(person, work=replace(work, educations=educations, experiences=experiences))


def _overlap(one: Sequence[str], other: Sequence[str]) -> float:
    longest = max(len(one), len(other))
    return len(set(one) & set(other)) / longest if longest else 1.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def report(done: Swapped) -> str:
    """What was found, in lines."""
    lines = [
        f"{done.profiles} profiles, {done.variants:,} variants said and woven,"
        f" {done.profiles * len(COUNTRIES):,} of fields",
        f"  encoder input differs: {len(done.inputs_differing)}; list differs: {len(done.lists_differing)} (goal 0)",
        f"  woven into text: overlap of the first ten {done.overlap:.4f} (goal {LEAST_OVERLAP}),"
        f" unscrubbed {done.overlap_unscrubbed:.4f}",
    ]
    lines += [
        f"    {attribute:<12} {_mean(overlaps):.4f}, worst {min(overlaps):.1f};"
        f" unscrubbed {_mean(done.raw[attribute]):.4f}"
        for attribute, overlaps in done.woven.items()
    ]
    return "\n".join([*sorted(set(done.inputs_differing + done.lists_differing))[:20], *lines])


def main(arguments: list[str]) -> int:
    """The command."""
    profiles, openings = (int(text) for text in (*arguments, *("200", "1000")[len(arguments) :]))
    done = prove(profiles, openings, ROOT / "var" / "quality")
    print(report(done))
    return 0 if done.passed else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
