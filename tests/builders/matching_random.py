"""Random valid profiles and openings for property tests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from services.matching.domain.candidates import Candidate
from services.matching.domain.offers import (
    EducationRequirement,
    Gives,
    LanguageDemand,
    LanguageRequirement,
    LanguageStatement,
    LicenceRequirement,
    Pay,
    PayUnit,
    ServiceDetail,
    SkillRequirement,
    Theme,
    TrainingInstance,
)
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import (
    Answer,
    Basis,
    CefrLevel,
    CefrProfile,
    Concept,
    Necessity,
    Place,
    Remote,
    Shift,
    TravelMode,
    Weekday,
    WeeklyWindow,
)
from services.matching.domain.work import (
    Education,
    EverydayLimits,
    Goals,
    LanguageSkill,
    Licence,
    Recognition,
    RightStatus,
    RightToWork,
    SeekerWeights,
    Skill,
    SkillLevel,
    WorkExperience,
    WorkProfile,
)
from tests.builders.matching import NOW, PROFILE_ID, TODAY, candidate, opening_id, service, training, vacancy, workdays
from tests.builders.matching_vocabulary import OCCUPATIONS, SKILLS

LICENCES = ("hygiene-passport", "driving-licence-b", "driving-licence-c", "nurse-licence")
LANGUAGES = ("fi", "sv", "en", "ar")
MUNICIPALITIES = ("049", "091", "698", "")
FIELDS = ("09", "091", "0913", "07", "")

_days = st.integers(-40, 90).map(lambda days: TODAY + timedelta(days=days))
_maybe_day = st.none() | _days
_levels = st.sampled_from(CefrLevel)
_cefr = st.builds(CefrProfile, _levels, _levels, _levels, _levels)
_answers = st.sampled_from(Answer)
_hours = st.none() | st.sampled_from((4.0, 10.0, 20.0, 30.0, 37.5, 40.0))
_windows = st.lists(
    st.builds(WeeklyWindow, st.sampled_from(Weekday), st.integers(0, 1439), st.integers(0, 1440)), max_size=3
).map(tuple) | st.sampled_from((workdays(8, 16), workdays(6, 18), workdays(7, 15), workdays(22, 6)))
_places = st.builds(Place, st.sampled_from(MUNICIPALITIES), st.sampled_from(("", "Leppävaara", "Nowhere")))
_words = st.sampled_from((Concept(text="juggling"), Concept(text="laundry")))
_skill_words = st.sampled_from(SKILLS).map(Concept) | _words
_occupation_words = st.sampled_from(OCCUPATIONS).map(Concept) | st.just(Concept(text="cleaner"))
_necessities = st.sampled_from(Necessity)
_bases = st.sampled_from(Basis)
_factors = st.sampled_from((0.0, 0.5, 1.0, 2.0))


def _tuples(items: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=most).map(tuple)


_limits = st.builds(
    EverydayLimits,
    available_from=_maybe_day,
    min_hours_per_week=_hours,
    max_hours_per_week=_hours,
    windows=_windows,
    evenings=_answers,
    nights=_answers,
    weekends=_answers,
    home=_places,
    travel_modes=st.lists(st.sampled_from(TravelMode), max_size=2, unique=True).map(tuple),
    max_travel_minutes=st.none() | st.sampled_from((20, 45, 90)),
    remote=_answers,
)
_rights = st.builds(
    RightToWork,
    st.sampled_from(RightStatus),
    _tuples(st.sampled_from(("9", "91", "5321", "2"))),
    _hours,
    st.booleans(),
    _maybe_day,
)
work_profiles = st.builds(
    WorkProfile,
    experiences=_tuples(st.builds(WorkExperience, _occupation_words, st.none() | st.integers(0, 120))),
    skills=_tuples(st.builds(Skill, _skill_words, st.sampled_from(SkillLevel))),
    educations=_tuples(
        st.builds(
            Education,
            st.none() | st.integers(0, 8),
            st.sampled_from(FIELDS),
            country=st.sampled_from(("FI", "UA", "")),
            recognition=st.sampled_from(Recognition),
        ),
        2,
    ),
    licences=_tuples(st.builds(Licence, st.sampled_from(LICENCES), _answers, _maybe_day)),
    languages=_tuples(st.builds(LanguageSkill, st.sampled_from(LANGUAGES), _cefr)),
    right_to_work=_rights,
    limits=_limits,
    goals=st.builds(
        Goals,
        _tuples(_occupation_words, 2),
        _tuples(_skill_words, 2),
        weights=st.builds(SeekerWeights, _factors, _factors, _factors, _factors, _factors),
    ),
)
profiles = st.builds(ProfileSnapshot, st.just(PROFILE_ID), st.just(1), work_profiles)
"""Random valid profiles."""

_requirements = st.builds(LanguageRequirement, st.sampled_from(LANGUAGES), _cefr, _necessities, _bases)
_demands = st.builds(LanguageDemand, st.sampled_from(LanguageStatement), _tuples(_requirements, 2))
_educations = st.none() | st.builds(
    EducationRequirement, st.none() | st.integers(0, 8), st.sampled_from(FIELDS), st.booleans(), _necessities
)
_common = {
    "organisation": st.sampled_from(("Polku Oy", "Espoo", "Kahvila", "")),
    "places": _tuples(_places, 2),
    "remote": st.sampled_from(Remote),
    "closing_date": _maybe_day,
    "publish_time": st.none() | st.integers(0, 90).map(lambda days: NOW - timedelta(days=days)),
    "language_demand": _demands,
    "education": _educations,
}
_vacancies = st.fixed_dictionaries(
    _common
    | {
        "occupation": _occupation_words | st.just(Concept()),
        "isco_code": st.sampled_from(("", "9112", "53")),
        "skills": _tuples(
            st.builds(SkillRequirement, _skill_words, _necessities, st.sampled_from((0.5, 1.0, 3.0)), _bases), 4
        ),
        "licences": _tuples(st.builds(LicenceRequirement, st.sampled_from(LICENCES), _necessities, _bases), 2),
        "experience_months": st.none() | st.integers(0, 60),
        "min_hours_per_week": _hours,
        "max_hours_per_week": _hours,
        "shifts": st.lists(st.sampled_from(Shift), max_size=2, unique=True).map(tuple),
        "weekly_times": _windows,
        "start_date": _maybe_day,
        "end_date": _maybe_day,
        "pay": st.none() | st.builds(Pay, st.floats(0, 5000), unit=st.sampled_from(PayUnit)),
    }
).map(lambda fields: vacancy(**fields))
_instances = st.builds(
    TrainingInstance,
    start_date=_maybe_day,
    weekly_times=_windows,
    hours_per_week=_hours,
    place=st.none() | _places,
    remote=st.sampled_from(Remote),
    seats=st.none() | st.just(20),
    seats_left=st.none() | st.integers(0, 3),
)
_gives = st.builds(
    Gives,
    _tuples(_skill_words, 2),
    _tuples(_occupation_words, 1),
    _tuples(st.sampled_from(LICENCES), 1),
    st.none() | _requirements,
)
_trainings = st.builds(
    lambda fields, gives, instances: training(instances=instances, gives=gives, **fields),
    st.fixed_dictionaries(_common),
    _gives,
    _tuples(_instances),
)
_services = st.builds(
    lambda fields, gives, themes: service(gives=gives, service=ServiceDetail(themes=themes), **fields),
    st.fixed_dictionaries(_common),
    _gives,
    _tuples(st.sampled_from(Theme), 2),
)
openings = st.one_of(_vacancies, _vacancies, _trainings, _services)
"""Random valid openings, all with the same id; `numbered` tells them apart."""


def numbered(snapshots: list[OpeningSnapshot]) -> list[Candidate]:
    """The openings with ids of their own, linked and prepared."""
    return [candidate(replace(snapshot, id=opening_id(place))) for place, snapshot in enumerate(snapshots, start=1)]


live_openings = st.lists(openings, min_size=1, max_size=8).map(numbered)
"""Random sets of live openings."""

_demands_of_work = {
    "language_demand": _demands,
    "education": _educations,
    "licences": _tuples(st.builds(LicenceRequirement, st.sampled_from(LICENCES)), 2),
    "min_hours_per_week": _hours,
    "max_hours_per_week": _hours,
    "shifts": st.lists(st.sampled_from(Shift), max_size=2, unique=True).map(tuple),
    "weekly_times": _windows,
    "start_date": _maybe_day,
    "places": st.builds(Place, st.sampled_from(MUNICIPALITIES)).map(lambda place: (place,)),
}


def _asking_little(names: set[str]) -> st.SearchStrategy[OpeningSnapshot]:
    chosen = {name: _demands_of_work[name] for name in sorted(names)}
    return st.fixed_dictionaries(chosen).map(lambda fields: vacancy(**fields))


_one_demand = st.sets(st.sampled_from(sorted(_demands_of_work)), min_size=1, max_size=2).flatmap(_asking_little)
nearly_fitting = st.lists(st.one_of(_one_demand, _one_demand, _trainings), min_size=1, max_size=10).map(numbered)
"""Random sets of openings that ask for one or two things only, so that one change often opens one."""

_known_levels = st.sampled_from([level for level in CefrLevel if level is not CefrLevel.UNKNOWN])
_known = st.builds(CefrProfile, _known_levels, _known_levels, _known_levels, _known_levels)
_limited = st.builds(
    WorkProfile,
    educations=_tuples(st.builds(Education, st.integers(0, 8), st.sampled_from(FIELDS), country=st.just("UA")), 1),
    licences=st.tuples(*(st.builds(Licence, st.just(code), st.sampled_from(Answer)) for code in LICENCES)),
    languages=st.tuples(*(st.builds(LanguageSkill, st.just(language), _known) for language in ("fi", "en"))),
    limits=_limits,
)
limited = st.builds(ProfileSnapshot, st.just(PROFILE_ID), st.just(1), _limited)
"""Random profiles of which much is known, so that much can stand in the way."""
