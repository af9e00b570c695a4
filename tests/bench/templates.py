"""What the openings of the bench ask for: occupations by popularity, and demands as adverts have them."""

import random
from datetime import date, timedelta
from itertools import accumulate

from services.matching.domain.offers import (
    EducationRequirement,
    Gives,
    LanguageDemand,
    LanguageRequirement,
    LanguageStatement,
    LicenceRequirement,
    ServiceDetail,
    SkillRequirement,
    Theme,
    TrainingDetail,
    TrainingInstance,
    TrainingKind,
)
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import (
    CefrLevel,
    CefrProfile,
    Concept,
    LocalizedText,
    Necessity,
    OpeningKind,
    Shift,
    Weekday,
    WeeklyWindow,
)
from shared.vocabulary import Vocabulary
from shared.vocabulary.glossary import Glossary, load_glossary

MUNICIPALITIES = {
    "091": 46, "049": 17, "092": 16, "106": 3, "186": 3, "245": 2, "858": 2, "257": 2, "444": 2, "638": 3, "543": 2,
    "927": 1, "753": 1,
}  # fmt: skip
"""Codes of Uusimaa with their shares of the jobs, roughly."""
_GLOSSARY_SHARE = 0.15
_TRAININGS, _SERVICES = 0.03, 0.005
_LEVELS = (CefrLevel.A2, CefrLevel.B1, CefrLevel.B1, CefrLevel.B1, CefrLevel.B2, CefrLevel.B2, CefrLevel.C1)
_SHIFTS = ((), (), (), (Shift.EVENING,), (Shift.NIGHT,), (Shift.WEEKEND,), (Shift.EVENING, Shift.WEEKEND))
_HOURS = (15.0, 20.0, 25.0, 30.0, 37.5, 37.5, 37.5, 38.25, 40.0)
_BEGIN = (6, 7, 8, 8, 9, 10, 14, 15, 22)


class Templates:
    """`made` are the templates; `occupations` the number of each one's occupation, below `kinds`."""

    def __init__(self, vocabulary: Vocabulary, number: int, seed: int, today: date) -> None:
        self._rnd, self._today = random.Random(f"{seed} templates"), today
        self._known = list(vocabulary.tables.occupations.values())
        glossary: Glossary = load_glossary()
        self._named = [entry for entry in glossary.entries if entry.kind == "occupation"]
        self._popularity = list(accumulate(1 / (place + 3) for place in range(len(self._known))))
        self._rnd.shuffle(self._known)
        self.kinds = len(self._known) + len(self._named)
        self.occupations: list[int] = []
        self.made = [self._template() for _ in range(number)]

    def number_of(self, uri: str) -> int:
        """The number of an occupation of the vocabulary."""
        return next(place for place, occupation in enumerate(self._known) if occupation.uri == uri)

    def _template(self) -> OpeningSnapshot:
        drawn = self._rnd.random()
        if drawn < _TRAININGS:
            return self._training()
        if drawn < _TRAININGS + _SERVICES:
            self.occupations.append(self._rnd.randrange(self.kinds))
            theme = ServiceDetail((self._rnd.choice(list(Theme)),))
            return OpeningSnapshot("", 1, OpeningKind.SERVICE, titles=(_fi("Neuvontapalvelu"),), service=theme)
        if drawn > 1 - _GLOSSARY_SHARE:
            place = self._rnd.randrange(len(self._named))
            entry = self._named[place]
            self.occupations.append(len(self._known) + place)
            title = next(iter(entry.words.values()))[0]
            return self._vacancy(Concept(entry.uri), title, entry.required_licences, ())
        place = self._popular()
        occupation = self._known[place]
        self.occupations.append(place)
        licences, skills = occupation.required_licences, occupation.essential_skills
        return self._vacancy(Concept(occupation.uri), occupation.labels["fi"], licences, skills)

    def _vacancy(
        self, occupation: Concept, title: str, licences: tuple[str, ...], skills: tuple[str, ...]
    ) -> OpeningSnapshot:
        rnd = self._rnd
        hours, begin = rnd.choice(_HOURS), rnd.choice(_BEGIN)
        asked = rnd.sample(skills, min(len(skills), rnd.randint(2, 6)))
        education = EducationRequirement(rnd.choice((3, 3, 6)), necessity=rnd.choice(list(Necessity)[:2]))
        return OpeningSnapshot(
            "", 1, OpeningKind.VACANCY,
            titles=(_fi(title),),
            language_demand=self._languages(),
            education=education if rnd.random() < 0.2 else None,
            occupation=occupation,
            skills=tuple(SkillRequirement(Concept(uri), rnd.choice(list(Necessity)[:2])) for uri in asked),
            licences=tuple(LicenceRequirement(code) for code in (*licences, *self._card()) if rnd.random() < 0.6),
            experience_months=rnd.choice((None, None, None, 6, 12, 24)),
            min_hours_per_week=hours if rnd.random() < 0.8 else None,
            max_hours_per_week=hours,
            shifts=rnd.choice(_SHIFTS) if rnd.random() < 0.6 else (),
            weekly_times=_week(begin, 1 if begin else 2, rnd.choice((5, 5, 5, 6, 7))) if rnd.random() < 0.5 else (),
        )  # fmt: skip

    def _training(self) -> OpeningSnapshot:
        rnd, place = self._rnd, self._popular()
        occupation = self._known[place]
        self.occupations.append(place)
        language = LanguageRequirement("fi", _levels(rnd.choice((CefrLevel.A2, CefrLevel.B1, CefrLevel.B2))))
        skills = tuple(Concept(uri) for uri in occupation.essential_skills[:4])
        gives = Gives(language=language) if rnd.random() < 0.4 else Gives(skills, (Concept(occupation.uri),))
        instances = tuple(self._instance() for _ in range(rnd.choice((1, 1, 2, 3))))
        detail = TrainingDetail(TrainingKind.LABOUR_MARKET, instances=instances)
        titles = (_fi(f"Koulutus: {occupation.labels['fi']}"),)
        return OpeningSnapshot(
            "", 1, OpeningKind.TRAINING, titles=titles, language_demand=self._languages(), gives=gives, training=detail
        )

    def _instance(self) -> TrainingInstance:
        rnd = self._rnd
        start = self._today + timedelta(days=rnd.randint(1, 150))
        times, seats = _week(rnd.choice((8, 9, 17)), 1, 5), rnd.randint(10, 20)
        end = start + timedelta(days=90)
        left = rnd.choice((0, 3, None))
        return TrainingInstance("", start, end, times, rnd.choice((20.0, 30.0)), seats=seats, seats_left=left)

    def _languages(self) -> LanguageDemand:
        drawn = self._rnd.random()
        if drawn < 0.15:
            return LanguageDemand()
        if drawn < 0.2:
            return LanguageDemand(LanguageStatement.NONE)
        languages = self._rnd.choices((("fi",), ("en",), ("fi", "sv"), ("fi", "en")), (75, 8, 7, 10))[0]
        return LanguageDemand(
            LanguageStatement.LISTED,
            tuple(LanguageRequirement(code, _levels(self._rnd.choice(_LEVELS))) for code in languages),
        )

    def _card(self) -> tuple[str, ...]:
        return self._rnd.choices(((), ("driving-licence-b",), ("hygiene-passport",)), (75, 15, 10))[0]

    def _popular(self) -> int:
        return self._rnd.choices(range(len(self._known)), cum_weights=self._popularity)[0]


def _levels(spoken: CefrLevel) -> CefrProfile:
    return CefrProfile(spoken, spoken, spoken, CefrLevel(max(CefrLevel.A1, spoken - 1)))


def _week(begin: int, first: int, days: int) -> tuple[WeeklyWindow, ...]:
    minutes = [begin * 60, (begin + 8) % 24 * 60]
    return tuple(WeeklyWindow(Weekday(day), *minutes) for day in range(first, days + 1))


def _fi(text: str) -> LocalizedText:
    return LocalizedText("fi", text)
