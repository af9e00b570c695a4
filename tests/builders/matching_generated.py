"""Generated people and openings for proofs over very many pairs: seeded, quick, and full of edges.

Values come from small sets, so that demands and answers meet at their limits often: levels one apart, days next to each
other, windows that touch, places that are not known. Hypothesis finds small counterexamples; this finds rare ones.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from services.matching.domain import offers, values, work
from services.matching.domain.candidates import Candidate, prepare
from services.matching.domain.linking import link_opening
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import (
    Answer,
    Basis,
    CefrLevel,
    CefrProfile,
    Concept,
    Necessity,
    OpeningKind,
    Place,
    Remote,
    Shift,
    TravelMode,
    Weekday,
    WeeklyWindow,
)
from tests.builders.matching import NOW, TODAY, vocabulary
from tests.builders.matching_vocabulary import OCCUPATIONS, SKILLS

Item = TypeVar("Item")

LANGUAGES = ("fi", "sv", "en", "ar", "so")
LICENCES = ("hygiene-passport", "driving-licence-b", "driving-licence-c", "nurse-licence", "hot-work-card")
FIELDS = ("09", "091", "0913", "07", "0732", "")
MUNICIPALITIES = ("049", "091", "698", "092", "")
SECTORS = ("9", "91", "9112", "5321", "2")
HOURS = (4.0, 15.0, 20.0, 30.0, 37.5, 40.0)
CLOCK = (0, 360, 420, 480, 960, 1020, 1320, 1439)


class Generator:
    """Draws from one seed: the same seed gives the same people and openings."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def profile(self) -> ProfileSnapshot:
        """A person with some things told and some not."""
        return ProfileSnapshot(self._id(), 1, self._work())

    def opening(self) -> OpeningSnapshot:
        """A vacancy (of two, one), a training or a service."""
        kind = self._random.choice(
            (OpeningKind.VACANCY, OpeningKind.VACANCY, OpeningKind.TRAINING, OpeningKind.SERVICE)
        )
        common = self._common(kind)
        if kind is OpeningKind.VACANCY:
            return self._vacancy(common)
        gives = offers.Gives(
            skills=self._some(self._skill, 1),
            leads_to=self._some(self._occupation, 1),
            licences=self._some(lambda: self._one(LICENCES), 2),
            language=self._maybe(self._requirement),
        )
        if kind is OpeningKind.SERVICE:
            return OpeningSnapshot(**common, gives=gives, service=offers.ServiceDetail())
        detail = offers.TrainingDetail(instances=self._some(self._instance, 3))
        return OpeningSnapshot(**common, gives=gives, training=detail)

    def candidate(self) -> Candidate:
        """An opening, linked and made ready."""
        snapshot = self.opening()
        return prepare(snapshot, link_opening(snapshot, vocabulary()), vocabulary())

    # -- people ----------------------------------------------------------------------------------------------------

    def _work(self) -> work.WorkProfile:
        return work.WorkProfile(
            experiences=self._some(lambda: work.WorkExperience(self._occupation(), self._maybe(self._months)), 3),
            skills=self._some(lambda: work.Skill(self._skill(), self._one(tuple(work.SkillLevel))), 4),
            educations=self._some(self._education, 2),
            licences=self._some(self._licence, 4),
            languages=self._some(self._language, 3),
            right_to_work=self._right(),
            limits=self._limits(),
            goals=work.Goals(self._some(self._occupation, 2), self._some(self._skill, 2)),
        )

    def _education(self) -> work.Education:
        return work.Education(
            isced_level=self._maybe(lambda: self._random.randint(0, 8)),
            isced_field=self._one(FIELDS),
            country=self._one(("FI", "UA", "")),
            recognition=self._one(tuple(work.Recognition)),
        )

    def _licence(self) -> work.Licence:
        return work.Licence(self._one(LICENCES), self._one(tuple(Answer)), self._maybe(self._day))

    def _language(self) -> work.LanguageSkill:
        return work.LanguageSkill(self._one(LANGUAGES), self._cefr())

    def _right(self) -> work.RightToWork:
        return work.RightToWork(
            status=self._one(tuple(work.RightStatus)),
            isco_sectors=self._some(lambda: self._one(SECTORS), 2),
            max_hours_per_week=self._maybe(lambda: self._one(HOURS)),
            single_employer=self._random.random() < 0.2,
            valid_until=self._maybe(self._day),
        )

    def _limits(self) -> work.EverydayLimits:
        return work.EverydayLimits(
            available_from=self._maybe(self._day),
            min_hours_per_week=self._maybe(lambda: self._one(HOURS)),
            max_hours_per_week=self._maybe(lambda: self._one(HOURS)),
            windows=self._windows(),
            evenings=self._one(tuple(Answer)),
            nights=self._one(tuple(Answer)),
            weekends=self._one(tuple(Answer)),
            home=self._place(),
            travel_modes=tuple(dict.fromkeys(self._some(lambda: self._one(tuple(TravelMode)), 2))),
            max_travel_minutes=self._maybe(lambda: self._one((20, 45, 60, 90))),
            remote=self._one(tuple(Answer)),
        )

    # -- openings --------------------------------------------------------------------------------------------------

    def _common(self, kind: OpeningKind) -> dict[str, object]:
        return {
            "id": self._id(),
            "version": 1,
            "kind": kind,
            "organisation": self._one(("Polku Oy", "Espoo", "Kahvila", "")),
            "places": self._some(self._place, 2),
            "remote": self._one(tuple(Remote)),
            "closing_date": self._maybe(self._day),
            "publish_time": self._maybe(lambda: NOW - timedelta(days=self._random.randint(0, 90))),
            "language_demand": offers.LanguageDemand(
                self._one(tuple(offers.LanguageStatement)), self._some(self._requirement, 2)
            ),
            "education": self._maybe(self._education_requirement),
        }

    def _vacancy(self, common: dict[str, object]) -> OpeningSnapshot:
        return OpeningSnapshot(
            **common,  # type: ignore[arg-type]
            occupation=self._occupation() if self._random.random() < 0.8 else Concept(),
            isco_code=self._one(("", "", "9112", "53", "5321")),
            skills=self._some(self._skill_requirement, 4),
            licences=self._some(self._licence_requirement, 2),
            experience_months=self._maybe(self._months),
            min_hours_per_week=self._maybe(lambda: self._one(HOURS)),
            max_hours_per_week=self._maybe(lambda: self._one(HOURS)),
            shifts=tuple(dict.fromkeys(self._some(lambda: self._one(tuple(Shift)), 2))),
            weekly_times=self._windows(),
            start_date=self._maybe(self._day),
            end_date=self._maybe(self._day),
            pay=self._maybe(lambda: offers.Pay(self._one((9.0, 15.0, 2500.0)), unit=self._one(tuple(offers.PayUnit)))),
        )

    def _instance(self) -> offers.TrainingInstance:
        return offers.TrainingInstance(
            start_date=self._maybe(self._day),
            weekly_times=self._windows(),
            hours_per_week=self._maybe(lambda: self._one(HOURS)),
            place=self._maybe(self._place),
            remote=self._one(tuple(Remote)),
            seats=self._maybe(lambda: 20),
            seats_left=self._maybe(lambda: self._random.randint(0, 2)),
        )

    def _requirement(self) -> offers.LanguageRequirement:
        return offers.LanguageRequirement(
            self._one(LANGUAGES), self._cefr(), self._one(tuple(Necessity)), self._one(tuple(Basis))
        )

    def _education_requirement(self) -> offers.EducationRequirement:
        return offers.EducationRequirement(
            isced_level=self._maybe(lambda: self._random.randint(0, 8)),
            isced_field=self._one(FIELDS),
            recognition_required=self._random.random() < 0.4,
            necessity=self._one(tuple(Necessity)),
        )

    def _skill_requirement(self) -> offers.SkillRequirement:
        weight = self._one((0.5, 1.0, 3.0))
        return offers.SkillRequirement(self._skill(), self._one(tuple(Necessity)), weight, self._one(tuple(Basis)))

    def _licence_requirement(self) -> offers.LicenceRequirement:
        return offers.LicenceRequirement(self._one(LICENCES), self._one(tuple(Necessity)), self._one(tuple(Basis)))

    # -- values ----------------------------------------------------------------------------------------------------

    def _cefr(self) -> CefrProfile:
        if self._random.random() < 0.5:
            level = self._one(tuple(CefrLevel))
            return CefrProfile(level, level, level, level)
        return CefrProfile(*(self._one(tuple(CefrLevel)) for _ in values.ACTIVITIES))

    def _windows(self) -> tuple[WeeklyWindow, ...]:
        shape = self._random.random()
        if shape < 0.3:
            return ()
        start, end = self._one(CLOCK), self._one(CLOCK)
        if shape < 0.7:
            return tuple(WeeklyWindow(day, start, end) for day in tuple(Weekday)[: self._random.randint(1, 7)])
        return self._some(lambda: WeeklyWindow(self._one(tuple(Weekday)), self._one(CLOCK), self._one(CLOCK)), 4)

    def _place(self) -> Place:
        return Place(self._one(MUNICIPALITIES), self._one(("", "", "Leppävaara", "Tapiola", "Nowhere")))

    def _day(self) -> date:
        return TODAY + timedelta(days=self._one((-40, -1, 0, 1, 2, 30, 90)))

    def _months(self) -> int:
        return self._one((0, 1, 6, 12, 24, 60, 120))

    def _occupation(self) -> Concept:
        return Concept(self._one(OCCUPATIONS)) if self._random.random() < 0.8 else Concept(text="cleaner")

    def _skill(self) -> Concept:
        return Concept(self._one(SKILLS)) if self._random.random() < 0.8 else Concept(text="juggling")

    def _id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128)))

    def _one(self, items: Sequence[Item]) -> Item:
        return self._random.choice(items)

    def _maybe(self, draw: Callable[[], Item]) -> Item | None:
        return draw() if self._random.random() < 0.6 else None

    def _some(self, draw: Callable[[], Item], most: int) -> tuple[Item, ...]:
        return tuple(draw() for _ in range(self._random.randint(0, most)))
