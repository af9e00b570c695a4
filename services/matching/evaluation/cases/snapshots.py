"""People and openings as the snapshots that matching keeps, as if they had come in from the other services."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from services.matching.domain import offers, work
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import (
    Answer,
    CefrLevel,
    CefrProfile,
    Concept,
    LocalizedText,
    Necessity,
    OpeningKind,
    Place,
    Remote,
    Shift,
    TravelMode,
    Weekday,
    WeeklyWindow,
)
from services.matching.evaluation.cases.people import (
    Facts,
    Given,
    Levels,
    Opening,
    Reach,
    Right,
    Seeker,
    Times,
    Windows,
)
from services.matching.evaluation.cases.places import PLACES

_RIGHTS = {
    None: work.RightStatus.UNKNOWN,
    Right.UNLIMITED: work.RightStatus.UNLIMITED,
    Right.LIMITED: work.RightStatus.LIMITED,
    Right.NONE: work.RightStatus.NONE,
}
_ANSWERS = {None: Answer.UNKNOWN, True: Answer.YES, False: Answer.NO}
_RECOGNITION = {
    None: work.Recognition.UNKNOWN,
    True: work.Recognition.RECOGNISED,
    False: work.Recognition.APPLIED,
}
_WEEKDAYS = tuple(Weekday)[:5]
_WEEKEND = tuple(Weekday)[5:]
_TIMES = {
    Times.OFFICE: tuple(WeeklyWindow(day, 8 * 60, 16 * 60) for day in _WEEKDAYS),
    Times.EVENING: tuple(WeeklyWindow(day, 16 * 60, 22 * 60) for day in _WEEKDAYS),
    Times.WEEKEND: tuple(WeeklyWindow(day, 8 * 60, 16 * 60) for day in _WEEKEND),
}
_WINDOWS = {
    Windows.ALWAYS: tuple(WeeklyWindow(day, 0, 24 * 60) for day in Weekday),
    Windows.DAYTIME: tuple(WeeklyWindow(day, 6 * 60, 18 * 60) for day in _WEEKDAYS),
}
_TRAVEL = {Reach.REGION: ((TravelMode.CAR,), 90), Reach.DISTRICT: ((TravelMode.WALK,), 30)}


def profile_of(seeker: Seeker) -> ProfileSnapshot:
    """A person's snapshot."""
    facts = seeker.facts
    told = facts.given is not Given.TEXT
    experiences = tuple(
        work.WorkExperience(
            Concept(job.occupation if told else "", title, seeker.language if title else ""), job.months, tasks=did
        )
        for job, title, did in zip(facts.held, seeker.titles, seeker.did, strict=True)
    )
    goals = work.Goals(tuple(Concept(code) for code in facts.wished) if told else (), text=seeker.want)
    return ProfileSnapshot(
        _id(1, seeker.number),
        1,
        work.WorkProfile(
            summaries=(LocalizedText(seeker.language, seeker.about),) if seeker.about else (),
            experiences=experiences,
            skills=tuple(work.Skill(Concept(code)) for code in facts.skills),
            educations=_educations(facts),
            licences=tuple(_licence(code, until) for code, until in facts.licences.items()),
            languages=tuple(work.LanguageSkill(code, _levels(levels)) for code, levels in facts.levels.items()),
            right_to_work=work.RightToWork(
                _RIGHTS[facts.right], facts.sectors, facts.right_hours, valid_until=facts.right_until
            ),
            limits=_limits(facts),
            goals=goals,
        ),
    )


def opening_of(opening: Opening, today: date) -> OpeningSnapshot:
    """An opening's snapshot, published so many days before noon of the day."""
    published = datetime.combine(today, time(9), UTC) - timedelta(days=opening.age_days)
    common = {
        "id": _id(2, opening.number),
        "version": 1,
        "titles": (LocalizedText(opening.language, opening.title),),
        "descriptions": (LocalizedText(opening.language, opening.description),),
        "organisation": f"Organisation {opening.number}",
        "places": (_place(opening.place),) if opening.place else (),
        "remote": Remote.FULLY if opening.remote else Remote.NONE,
        "closing_date": opening.closing,
        "publish_time": published,
        "language_demand": _demand(opening),
        "education": _education_asked(opening),
    }
    offered = Concept(opening.occupation) if opening.coded else Concept()
    if opening.training:
        return OpeningSnapshot(
            **common,  # type: ignore[arg-type]
            kind=OpeningKind.TRAINING,
            gives=offers.Gives(leads_to=(offered if opening.coded else Concept(text=opening.title),)),
            training=offers.TrainingDetail(instances=(_instance(opening),)),
        )
    return OpeningSnapshot(
        **common,  # type: ignore[arg-type]
        kind=OpeningKind.VACANCY,
        occupation=offered,
        isco_code=opening.isco,
        skills=tuple(offers.SkillRequirement(Concept(code), _necessity(must)) for code, must in opening.skills),
        licences=tuple(offers.LicenceRequirement(code, _necessity(must)) for code, must in opening.licences),
        experience_months=opening.months,
        min_hours_per_week=opening.fewest_hours,
        max_hours_per_week=opening.most_hours,
        shifts=_shifts(opening),
        weekly_times=_TIMES[opening.times] if opening.times else (),
        start_date=opening.first_day,
        pay=None if opening.hourly_pay is None else offers.Pay(opening.hourly_pay, unit=offers.PayUnit.HOUR),
    )


# -- the person ----------------------------------------------------------------------------------------------------


def _educations(facts: Facts) -> tuple[work.Education, ...]:
    if facts.education is None:
        return ()
    level, counts = facts.education
    return (work.Education(level, country="UA", recognition=_RECOGNITION[counts]),)


def _licence(code: str, until: date | None) -> work.Licence:
    if until is None:
        return work.Licence(code, Answer.NO)
    return work.Licence(code, Answer.YES, None if until == date.max else until)


def _limits(facts: Facts) -> work.EverydayLimits:
    modes, minutes = _TRAVEL[facts.reach]
    return work.EverydayLimits(
        available_from=facts.available_from,
        min_hours_per_week=facts.fewest_hours,
        max_hours_per_week=facts.most_hours,
        windows=_WINDOWS[facts.windows] if facts.windows else (),
        evenings=_ANSWERS[facts.evenings],
        nights=_ANSWERS[facts.nights],
        weekends=_ANSWERS[facts.weekends],
        home=_place(facts.home) if facts.home else Place(),
        travel_modes=modes,
        max_travel_minutes=minutes,
    )


# -- the opening ---------------------------------------------------------------------------------------------------


def _demand(opening: Opening) -> offers.LanguageDemand:
    if opening.languages is None:
        return offers.LanguageDemand()
    if not opening.languages:
        return offers.LanguageDemand(offers.LanguageStatement.NONE)
    asked = (
        offers.LanguageRequirement(code, _levels(levels), _necessity(must)) for code, levels, must in opening.languages
    )
    return offers.LanguageDemand(offers.LanguageStatement.LISTED, tuple(asked))


def _education_asked(opening: Opening) -> offers.EducationRequirement | None:
    if opening.education is None:
        return None
    level, recognition, must = opening.education
    return offers.EducationRequirement(level, recognition_required=recognition, necessity=_necessity(must))


def _instance(opening: Opening) -> offers.TrainingInstance:
    return offers.TrainingInstance(
        start_date=opening.first_day,
        weekly_times=_TIMES[opening.times] if opening.times else (),
        hours_per_week=opening.fewest_hours,
        seats_left=opening.seats,
    )


def _shifts(opening: Opening) -> tuple[Shift, ...]:
    shifts = [Shift.NIGHT] if opening.nights else []
    if opening.nights and opening.times in (Times.EVENING, Times.WEEKEND):
        shifts.append(Shift.EVENING if opening.times is Times.EVENING else Shift.WEEKEND)
    return tuple(shifts)


# -- values --------------------------------------------------------------------------------------------------------


def _levels(levels: Levels) -> CefrProfile:
    """Level 0 is CefrLevel.NONE; what is not told or not asked is UNKNOWN."""
    return CefrProfile(*(CefrLevel.UNKNOWN if level is None else CefrLevel(level + 1) for level in levels))


def _necessity(must: bool) -> Necessity:
    return Necessity.REQUIRED if must else Necessity.PREFERRED


def _place(key: str) -> Place:
    spot = PLACES[key]
    return Place(spot.municipality, spot.district)


def _id(kind: int, number: int) -> str:
    return str(UUID(int=(0x01960000_0000_7000_8000 << 48) | (kind << 40) | number))
