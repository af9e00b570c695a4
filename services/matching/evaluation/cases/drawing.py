"""Draws people and openings from a seed: the same seed and the same vocabulary give the same cases.

Seven people share the same facts, one in each language of the seeker pages: what differs between the languages is the
text alone, so that their figures can be compared.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from random import Random
from typing import TypeVar

from services.matching.evaluation.cases.adverts import OpeningDrawer
from services.matching.evaluation.cases.people import Facts, Given, Job, Levels, Opening, Reach, Right, Seeker, Windows
from services.matching.evaluation.cases.places import IN_CAPITAL
from services.matching.evaluation.cases.relevance import Relevance
from services.matching.evaluation.cases.texts import SEEKER_LANGUAGES, Sentences, Texts, Wordings, one
from shared.vocabulary import Vocabulary
from shared.vocabulary.held_out import is_held_out

Item = TypeVar("Item")

MOST_OCCUPATIONS = 240
"""A city's labour market, where the vocabulary is larger: those with texts of their own, and others by lot."""
WRITTEN_WEIGHT = 4
"""How much oftener an occupation with texts of its own is drawn than another."""
_LICENCES = ("hygiene-passport", "driving-licence-b", "driving-licence-c", "occupational-safety-card", "first-aid-ea1")


class Part(Enum):
    """Whose cases: people of the held-out fifth of occupations are measured, the others calibrate the weights.

    Openings come from all occupations when measuring, and from those not held out when calibrating.
    """

    MEASURED = "measured"
    CALIBRATING = "calibrating"


@dataclass(frozen=True, slots=True)
class Cases:
    """People and openings of one draw."""

    seekers: tuple[Seeker, ...]
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What cases are drawn from; `today` is the day of the lists."""

    vocabulary: Vocabulary
    texts: Texts
    wordings: Wordings
    today: date


def draw(seekers: int, openings: int, seed: int, part: Part, source: Source) -> Cases:
    """Draw a benchmark; the number of seekers is rounded up to whole sets of seven."""
    random = Random(f"{seed} {part.value}")  # noqa: S311
    market = _market(random, source.vocabulary, source.texts)
    offered = market if part is Part.MEASURED else [code for code in market if not is_held_out(code)]
    sought = [code for code in market if is_held_out(code) is (part is Part.MEASURED)]
    adverts = OpeningDrawer(random, source.vocabulary, source.texts, source.wordings, source.today)
    people = _SeekerDrawer(random, sought, source)
    sets = -(-seekers // len(SEEKER_LANGUAGES))
    return Cases(
        seekers=tuple(seeker for number in range(sets) for seeker in people.seven(number)),
        openings=tuple(adverts.opening(number, _weighted(random, offered, source.texts)) for number in range(openings)),
    )


def _market(random: Random, vocabulary: Vocabulary, texts: Texts) -> list[str]:
    rows = vocabulary.tables.occupations
    known = sorted(code for code, row in rows.items() if row.isco and row.essential_skills)
    written = [code for code in known if texts.written(code)]
    others = [code for code in known if not texts.written(code)]
    return written + random.sample(others, min(len(others), MOST_OCCUPATIONS - len(written)))


def _weighted(random: Random, codes: Sequence[str], texts: Texts) -> str:
    return random.choices(codes, [WRITTEN_WEIGHT if texts.written(code) else 1 for code in codes])[0]


class _SeekerDrawer:
    def __init__(self, random: Random, sought: Sequence[str], source: Source) -> None:
        self._random = random
        self._sought = sought
        self._vocabulary = source.vocabulary
        self._texts = source.texts
        self._wordings = source.wordings
        self._today = source.today
        self._relevance = Relevance(source.vocabulary)

    def seven(self, number: int) -> Iterable[Seeker]:
        """The same person in each language; sentences are drawn anew for each."""
        facts = self._facts()
        for place, language in enumerate(SEEKER_LANGUAGES):
            yield self._written(number * len(SEEKER_LANGUAGES) + place, facts, language)

    # -- facts -----------------------------------------------------------------------------------------------------

    def _facts(self) -> Facts:
        wished, held = self._work()
        right = self._maybe(0.85, lambda: self._random.choices(list(Right), (80, 17, 3))[0])
        limited = right is Right.LIMITED
        return Facts(
            wished=wished,
            held=held,
            skills=self._skills(held),
            given=self._random.choices(list(Given), (15, 65, 20))[0],
            titled=self._random.random() < 0.4,
            levels=self._levels(),
            right=right,
            sectors=self._sectors(wished, held) if limited and self._random.random() < 0.5 else (),
            right_hours=30.0 if limited and self._random.random() < 0.5 else None,
            right_until=self._maybe(0.3, lambda: self._day(10, 60, 400)) if right is not None else None,
            licences=self._licences(wished, held),
            education=self._maybe(0.7, self._education),
            fewest_hours=self._maybe(0.3, lambda: self._random.choice((15.0, 20.0, 30.0))),
            most_hours=self._maybe(0.5, lambda: self._random.choice((30.0, 37.5, 40.0))),
            evenings=self._answer(),
            nights=self._answer(),
            weekends=self._answer(),
            windows=self._maybe(0.4, lambda: self._random.choices(list(Windows), (60, 40))[0]),
            home=self._maybe(0.85, lambda: self._random.choice(IN_CAPITAL)),
            reach=Reach.DISTRICT if self._random.random() < 0.06 else Reach.REGION,
            available_from=self._maybe(0.5, lambda: self._day(-30, 0, 14, 60)),
        )

    def _work(self) -> tuple[tuple[str, ...], tuple[Job, ...]]:
        """Half look for what they did, three in ten for something else, rather near than far; others do not say."""
        held = _weighted(self._random, self._sought, self._texts)
        jobs = (Job(held, self._maybe(0.8, lambda: self._random.choice((3, 8, 18, 36, 72, 140)))),)
        luck = self._random.random()
        if luck < 0.5:
            return (held,), jobs
        if luck < 0.8:
            near = [code for code in self._sought if code != held and self._relevance.of(held, code) > 0]
            return (self._random.choice(near) if near else _weighted(self._random, self._sought, self._texts),), jobs
        return (), jobs

    def _skills(self, held: tuple[Job, ...]) -> tuple[str, ...]:
        essential = self._vocabulary.essential_skills(held[0].occupation)
        if self._random.random() < 0.7 or not essential:
            return ()
        return tuple(self._random.sample(essential, min(len(essential), self._random.randint(1, 4))))

    def _levels(self) -> dict[str, Levels]:
        """Finnish is known of nine in ten, English of six, Swedish of three; some speak better than they write."""
        levels: dict[str, Levels] = {}
        for language, known, weights in (
            ("fi", 0.9, (8, 10, 16, 24, 22, 12, 4, 4)),
            ("en", 0.6, (6, 8, 12, 20, 24, 20, 8, 2)),
            ("sv", 0.3, (50, 20, 10, 8, 6, 4, 1, 1)),
        ):
            if self._random.random() < known:
                level = self._random.choices(range(8), weights)[0]
                written = max(0, level - 1) if self._random.random() < 0.3 and level < 7 else level
                speaking = None if self._random.random() < 0.1 else level
                levels[language] = (level, level, speaking, written)
        return levels

    def _sectors(self, wished: Sequence[str], held: Sequence[Job]) -> tuple[str, ...]:
        own = (*wished, *(job.occupation for job in held))
        codes = [self._vocabulary.tables.occupations[code].isco[:2] for code in own]
        return tuple(sorted({*codes, self._random.choice(("51", "91", "93"))}))

    def _licences(self, wished: Sequence[str], held: Sequence[Job]) -> dict[str, date | None]:
        """What is said of licences; who is told to have one is not told to lack what it includes."""
        usual = [
            code
            for occupation in (*wished, *(job.occupation for job in held))
            for code in self._vocabulary.tables.occupations[occupation].required_licences
        ]
        answers: dict[str, date | None] = {}
        for code in dict.fromkeys((*usual, *_LICENCES)):
            luck = self._random.random()
            if luck < 0.45:
                answers[code] = date.max if self._random.random() < 0.7 else self._day(-5, 20, 300)
            elif luck < 0.6:
                answers[code] = None
        rows = self._vocabulary.tables.licences
        covered = {code for held_code, until in answers.items() if until for code in rows[held_code].includes}
        return {code: until for code, until in answers.items() if until is not None or code not in covered}

    def _education(self) -> tuple[int | None, bool | None]:
        level = self._maybe(0.8, lambda: self._random.choice((1, 2, 3, 4, 5, 6, 7)))
        return level, self._random.choice((True, True, False, None))

    # -- texts -----------------------------------------------------------------------------------------------------

    def _written(self, number: int, facts: Facts, language: str) -> Seeker:
        telling = facts.given is not Given.CODES
        titled = telling and facts.titled
        jobs = [job.occupation for job in facts.held]
        return Seeker(
            number=number,
            facts=facts,
            language=language,
            titles=tuple(self._random.choice(self._wordings.of(job, language)) if titled else "" for job in jobs),
            did=tuple(self._sentence(job, language, "did") if telling else "" for job in jobs),
            want=self._sentence(facts.wished[0], language, "want") if telling and facts.wished else "",
            about=one(self._random, self._texts.frames[language], "about") if self._random.random() < 0.6 else "",
        )

    def _sentence(self, occupation: str, language: str, kind: str) -> str:
        own: Sentences | None = self._texts.seekers.get((occupation, language))
        if own is not None:
            return one(self._random, own, kind)
        work = self._random.choice(self._wordings.of(occupation, language))
        return one(self._random, self._texts.frames[language], kind).format(work=work)

    # -- values ----------------------------------------------------------------------------------------------------

    def _answer(self) -> bool | None:
        return self._random.choices((True, False, None), (55, 15, 30))[0]

    def _day(self, *offsets: int) -> date:
        return self._today + timedelta(days=self._random.choice(offsets))

    def _maybe(self, chance: float, value: Callable[[], Item]) -> Item | None:
        return value() if self._random.random() < chance else None
