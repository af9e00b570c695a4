"""What a list asks for: the person, the filters and the day, with all that depends on the person worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.matching.domain.candidates import Occasion, coordinates_of
from services.matching.domain.fits import OccupationFits, SkillFits
from services.matching.domain.matches import NO_FILTER, ListFilter
from services.matching.domain.rules import in_force
from services.matching.domain.signals import ProfileSignals
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import ACTIVITIES, Answer, CefrLevel, Provenance, Remote
from services.matching.domain.verdicts import Verdict
from services.matching.domain.weekly import Spans, merged, spans_of, text_of
from services.matching.domain.work import LanguageSkill, Licence
from shared.vocabulary import Coordinates, Vocabulary
from shared.vocabulary.relations import distance_km

REMOTE = "remote"
"""Stands for a travel mode where nothing has to be travelled."""


@dataclass(frozen=True, slots=True)
class KnownLanguage:
    """The person's level by CEFR activity, each with where it comes from."""

    levels: Mapping[str, tuple[CefrLevel, Provenance]]

    def level(self, activity: str) -> CefrLevel:
        """The level, UNKNOWN where it is not known."""
        return self.levels[activity][0]


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of travelling: minutes a trip takes at least, and minutes for each kilometre of the straight line."""

    code: str
    fixed: float
    minutes_per_km: float


@dataclass(frozen=True, slots=True)
class Travel:
    """The quickest way to an occasion: one-way minutes by one of the person's modes."""

    minutes: float
    mode: str


NO_TRAVEL = Travel(0.0, REMOTE)


@dataclass(frozen=True, slots=True)
class Query:
    """A person's list, ready to be compared with openings.

    language  BCP 47 tag of the reader; only titles are chosen by it
    today     the day in Europe/Helsinki at `now`
    rules     ids of the rules in force today
    windows   the person's weekly windows, merged; () where not known; `times` is the same as text, as stated
    verdicts  verdicts that many openings have in common, kept for the life of the query
    """

    profile: ProfileSnapshot
    signals: ProfileSignals
    vocabulary: Vocabulary
    filter: ListFilter
    language: str
    now: datetime
    today: date
    rules: frozenset[str]
    languages: Mapping[str, KnownLanguage]
    licences: Mapping[str, tuple[Licence, ...]]
    home: Coordinates | None
    modes: tuple[Mode, ...]
    windows: Spans
    times: str
    skills: SkillFits
    occupations: OccupationFits
    verdicts: dict[object, tuple[Verdict, ...]] = field(default_factory=dict, compare=False, repr=False)

    def travel(self, occasion: Occasion) -> Travel | None:
        """The quickest way there; None where home, modes or every place is unknown."""
        if occasion.remote is Remote.FULLY:
            return NO_TRAVEL
        if self.home is None or not self.modes or not occasion.points:
            return None
        km = min(distance_km(self.home, point) for point in occasion.points)
        return min(
            (Travel(mode.fixed + mode.minutes_per_km * km, mode.code) for mode in self.modes),
            key=lambda travel: travel.minutes,
        )


def query_of(
    profile: ProfileSnapshot,
    signals: ProfileSignals,
    vocabulary: Vocabulary,
    now: datetime,
    *,
    list_filter: ListFilter = NO_FILTER,
    language: str = "en",
) -> Query:
    """Prepare a person's query. `now` is an aware instant."""
    limits = profile.work.limits
    today = helsinki_day(now)
    stated = spans_of(limits.windows)
    return Query(
        profile=profile,
        signals=signals,
        vocabulary=vocabulary,
        filter=list_filter,
        language=language,
        now=now,
        today=today,
        rules=in_force(today),
        languages=_languages(profile.work.languages),
        licences=_licences(profile.work.licences, vocabulary),
        home=coordinates_of(limits.home, vocabulary),
        modes=_modes(profile, vocabulary),
        windows=merged(stated),
        times=text_of(stated),
        skills=SkillFits(signals, vocabulary),
        occupations=OccupationFits(signals, vocabulary),
    )


def helsinki_day(now: datetime) -> date:
    """The day in Europe/Helsinki at an instant."""
    return now.astimezone(_helsinki()).date()


def end_of_day(day: date) -> datetime:
    """The midnight in Europe/Helsinki with which a day ends."""
    return datetime.combine(day + timedelta(days=1), time(), _helsinki())


def primary(language: str) -> str:
    """The language of a BCP 47 tag without script or region: "fi-FI" is "fi"."""
    return language.split("-", 1)[0].lower()


@lru_cache(maxsize=1)
def _helsinki() -> ZoneInfo:
    return ZoneInfo("Europe/Helsinki")


def _languages(skills: tuple[LanguageSkill, ...]) -> dict[str, KnownLanguage]:
    """The best level of each activity, where a language is given more than once."""
    best: dict[str, dict[str, tuple[CefrLevel, Provenance]]] = {}
    for skill in skills:
        known = best.setdefault(primary(skill.language), {})
        for activity in ACTIVITIES:
            level: CefrLevel = getattr(skill.levels, activity)
            if activity not in known or level > known[activity][0]:
                known[activity] = (level, skill.provenance)
    return {language: KnownLanguage(levels) for language, levels in best.items()}


def _licences(held: tuple[Licence, ...], vocabulary: Vocabulary) -> dict[str, tuple[Licence, ...]]:
    """The person's rows by each code that they speak about: a licence CE also speaks about C, where it is held."""
    rows: dict[str, list[Licence]] = {}
    for licence in held:
        rows.setdefault(licence.code, []).append(licence)
        row = vocabulary.licence(licence.code)
        for covered in row.includes if row is not None else ():
            if licence.held is Answer.YES and covered != licence.code:
                rows.setdefault(covered, []).append(licence)
    return {code: tuple(licences) for code, licences in rows.items()}


def _modes(profile: ProfileSnapshot, vocabulary: Vocabulary) -> tuple[Mode, ...]:
    modes = []
    for mode in profile.work.limits.travel_modes:
        row = vocabulary.travel_mode(mode.name.lower())
        if row is not None:
            modes.append(Mode(row.code, row.fixed_minutes, 60 * row.detour / row.speed_kmh))
    return tuple(modes)
