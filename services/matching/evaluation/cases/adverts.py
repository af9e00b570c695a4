"""Draws openings: adverts mostly in Finnish, in the words of adverts, with demands of every family."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from services.matching.evaluation.cases.people import Levels, Opening, Times
from services.matching.evaluation.cases.places import ELSEWHERE, IN_CAPITAL
from services.matching.evaluation.cases.texts import OPENING_LANGUAGES, Sentences, Texts, Wordings, one
from shared.vocabulary import Vocabulary

Item = TypeVar("Item")

VARIANTS = 3
"""Different adverts for an occupation in one language: employers, too, use a text again."""

_LICENCES = ("hygiene-passport", "driving-licence-b", "occupational-safety-card", "first-aid-ea1")
_HOURS = ((37.5, 37.5), (38.25, 38.25), (20.0, 30.0), (10.0, 20.0), (None, 30.0), (None, None))


@dataclass(frozen=True, slots=True)
class Advert:
    """The texts of an opening."""

    title: str
    description: str


class OpeningDrawer:
    """Draws from one random source; one opening in ten is a training."""

    def __init__(self, random: Random, vocabulary: Vocabulary, texts: Texts, wordings: Wordings, today: date) -> None:
        self._random = random
        self._vocabulary = vocabulary
        self._texts = texts
        self._wordings = wordings
        self._today = today
        self._skills = sorted(vocabulary.tables.skills)

    def opening(self, number: int, occupation: str) -> Opening:
        """An opening for an occupation."""
        training = self._random.random() < 0.1
        language = self._random.choices(OPENING_LANGUAGES, (76, 10, 14))[0]
        coded = self._random.random() < 0.4
        advert = self._advert(occupation, language, training, self._random.randrange(VARIANTS))
        fewest, most = self._hours()
        return Opening(
            number=number,
            training=training,
            occupation=occupation,
            coded=coded,
            isco=self._isco(occupation) if not training and self._random.random() < 0.25 else "",
            language=language,
            title=advert.title,
            description=advert.description,
            languages=self._languages(),
            licences=() if training else self._licences(),
            education=self._education() if self._random.random() < 0.2 else None,
            skills=() if training or self._random.random() < 0.65 else self._asked_skills(occupation),
            months=None if training else self._maybe(0.2, lambda: self._random.choice((6, 12, 24, 36))),
            fewest_hours=fewest,
            most_hours=most,
            times=self._maybe(0.5, lambda: self._random.choices(list(Times), (60, 25, 15))[0]),
            nights=not training and self._random.random() < 0.08,
            place=self._place(),
            remote=self._random.random() < 0.04,
            closing=self._maybe(0.7, lambda: self._day(-3, 0, 7, 14, 30)),
            first_day=self._maybe(0.5, lambda: self._day(-10, 1, 14, 30, 90)),
            seats=self._maybe(0.6, lambda: self._random.choice((0, 2, 5, 12))) if training else None,
            age_days=self._random.randint(0, 60),
            hourly_pay=None if training else self._maybe(0.5, lambda: round(self._random.uniform(11, 24), 2)),
        )

    # -- texts -----------------------------------------------------------------------------------------------------

    def _advert(self, occupation: str, language: str, training: bool, variant: int) -> Advert:
        """The same variant reads the same in every draw, so that its vector is made once."""
        random = Random(f"{occupation} {language} {training} {variant}")  # noqa: S311
        names = self._wordings.of(occupation, language)
        own = self._texts.openings.get((occupation, language))
        frames = self._texts.frames[language]
        if training:
            title = one(random, frames, "course")
        else:
            title = one(random, own if own is not None and random.random() < 0.75 else frames, "title")
        offers = random.sample(list(frames["offer"]), random.randint(1, 2))
        tasks = _tasks(random, own, frames, training)
        work = random.choice(names)
        description = " ".join((offers[0], *tasks, *offers[1:]))
        return Advert(title.format(work=work), description.format(work=random.choice(names)))

    # -- demands ---------------------------------------------------------------------------------------------------

    def _isco(self, occupation: str) -> str:
        return self._vocabulary.tables.occupations[occupation].isco

    def _languages(self) -> tuple[tuple[str, Levels, bool], ...] | None:
        """A quarter does not say, a fifth asks for none, the others for Finnish most of the time."""
        luck = self._random.random()
        if luck < 0.25:
            return None
        if luck < 0.45:
            return ()
        language = self._random.choices(("fi", "en", "sv"), (85, 12, 3))[0]
        level = self._random.choices((1, 2, 3, 4, 5), (20, 30, 30, 15, 5))[0]
        written = level if self._random.random() < 0.6 else None
        asked: Levels = (level, written, level, written)
        return ((language, asked, self._random.random() < 0.85),)

    def _licences(self) -> tuple[tuple[str, bool], ...]:
        if self._random.random() < 0.8:
            return ()
        code = self._random.choice(
            ("hygiene-passport", "driving-licence-b", "occupational-safety-card", "first-aid-ea1")
        )
        return ((code, self._random.random() < 0.7),)

    def _education(self) -> tuple[int | None, bool, bool]:
        level = self._maybe(0.9, lambda: self._random.choice((2, 3, 3, 6)))
        return level, self._random.random() < 0.15, self._random.random() < 0.7

    def _asked_skills(self, occupation: str) -> tuple[tuple[str, bool], ...]:
        """Some of what the occupation needs, the first as a must, and now and then something foreign to it."""
        essential = list(self._vocabulary.essential_skills(occupation))
        asked = self._random.sample(essential, min(len(essential), self._random.randint(1, 4)))
        if self._random.random() < 0.3:
            asked.append(self._random.choice(self._skills))
        return tuple((code, place < 2) for place, code in enumerate(dict.fromkeys(asked)))

    def _hours(self) -> tuple[float | None, float | None]:
        return self._random.choices(
            ((37.5, 37.5), (38.25, 38.25), (20.0, 30.0), (10.0, 20.0), (None, 30.0), (None, None)),
            (45, 10, 12, 8, 5, 20),
        )[0]

    def _place(self) -> str | None:
        luck = self._random.random()
        if luck < 0.04:
            return None
        return self._random.choice(ELSEWHERE if luck < 0.12 else IN_CAPITAL)

    # -- values ----------------------------------------------------------------------------------------------------

    def _day(self, *offsets: int) -> date:
        return self._today + timedelta(days=self._random.choice(offsets))

    def _maybe(self, chance: float, value: Callable[[], Item]) -> Item | None:
        return value() if self._random.random() < chance else None


def _tasks(random: Random, own: Sentences | None, frames: Sentences, training: bool) -> list[str]:
    if own is not None:
        return random.sample(list(own["task"]), random.randint(1, 2))
    return [] if training else [one(random, frames, "task")]
