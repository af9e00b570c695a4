"""Single changes of a profile: which ones an excluded opening asks for, and what a profile is like after one.

A change is as small as the opening allows: a level of one CEFR activity or of a language, a card, a recognition, some
more minutes of travel. Changes that nobody can simply decide on (the right to work, a closing date) are none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.matching.domain.eligibility import Judgement
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import ACTIVITIES, Answer, CefrLevel, CefrProfile, WeeklyWindow
from services.matching.domain.verdicts import Verdict
from services.matching.domain.weekly import DAY
from services.matching.domain.work import Education, LanguageSkill, Licence, Recognition, WorkProfile

TRAVEL_STEPS = (15, 30, 45, 60)
"""Minutes more, one way."""
WINDOW_STEPS = (60, 120)
"""Minutes more at each end of every weekly window."""

LANGUAGE, LICENCE, RECOGNITION, EDUCATION = "language", "licence.held", "education.recognition", "education.level"
_SHIFTS = {"shift.evening": "evenings", "shift.night": "nights", "shift.weekend": "weekends"}
_ALONE = ("hours.most", "hours.fewest", "windows.weekly", "dates.start", "place.travel", *_SHIFTS)
_RECOGNITIONS = ("education.recognition", "profession.recognition")


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change.

    rule      the rule that it satisfies; "language" stands for all four activities at once
    subject   language tag, licence code or ISCED-F field
    required  what is reached: a level, "yes", minutes more, hours, a date
    """

    rule: str
    subject: str
    required: str

    @property
    def obstacle(self) -> tuple[str, str]:
        """What it clears away, as `obstacle_of` names it."""
        if self.rule.startswith(LANGUAGE):
            return LANGUAGE, self.subject
        if self.rule == LICENCE:
            return "licence", ""
        return ("education", "") if self.rule in (RECOGNITION, EDUCATION) else (self.rule, "")

    @property
    def effort(self) -> float:
        """How much is asked of the person, comparable between changes of one rule and subject."""
        if self.rule.startswith(LANGUAGE):
            return float(CefrLevel[self.required])
        if self.rule == "dates.start":
            return -float(date.fromisoformat(self.required).toordinal())
        if self.rule == "hours.fewest":
            return -float(self.required)
        return float(self.required) if self.required.replace(".", "", 1).isdigit() else 0.0

    def within(self, other: "Change") -> bool:
        """Whether whoever makes the other change has made this one too."""
        same = self.rule == other.rule or (other.rule == LANGUAGE and self.rule.startswith(LANGUAGE))
        return same and self.subject == other.subject and self.effort <= other.effort


def obstacle_of(judgement: Judgement) -> tuple[str, str] | None:
    """What alone leaves an opening out, where one change could clear it away; None where there is more, or nothing."""
    obstacles = {_obstacle(verdict) for verdict in judgement.blocking}
    return obstacles.pop() if len(obstacles) == 1 else None


def _obstacle(verdict: Verdict) -> tuple[str, str] | None:
    if verdict.rule.startswith("language."):
        return LANGUAGE, verdict.subject
    if verdict.rule in ("licence.held", "licence.by_law"):
        return "licence", ""
    if verdict.rule.startswith("education.") or verdict.rule in _RECOGNITIONS:
        return "education", ""
    return (verdict.rule, "") if verdict.rule in _ALONE else None


def changes_for(judgement: Judgement) -> Iterator[Change]:
    """Changes that may clear the one obstacle of an opening away, none where it has several."""
    obstacle, blocking = obstacle_of(judgement), judgement.blocking
    if obstacle is None:
        return
    kind, subject = obstacle
    if kind == LANGUAGE:
        yield from _of_language(subject, blocking)
    elif kind == "licence":
        yield from (Change(LICENCE, verdict.subject, "yes") for verdict in blocking)
    elif kind == "education":
        yield _of_education(judgement)
    else:
        yield from _of_limit(blocking[0])


def _of_language(language: str, blocking: tuple[Verdict, ...]) -> Iterator[Change]:
    leveled = [verdict for verdict in blocking if verdict.required]
    if not leveled:
        return
    level = max(CefrLevel[verdict.required] for verdict in leveled).name
    yield Change(LANGUAGE, language, level)
    if len({verdict.rule for verdict in blocking}) == 1:
        yield Change(blocking[0].rule, language, level)


def _of_education(judgement: Judgement) -> Change:
    requirement = judgement.candidate.snapshot.education
    if requirement is None or {verdict.rule for verdict in judgement.blocking} <= set(_RECOGNITIONS):
        return Change(RECOGNITION, "", "recognised")
    return Change(EDUCATION, requirement.isced_field, str(requirement.isced_level or ""))


def _of_limit(verdict: Verdict) -> Iterator[Change]:
    if verdict.rule == "place.travel":
        more = float(verdict.required) - float(verdict.actual)
        yield from (Change(verdict.rule, "", str(step)) for step in TRAVEL_STEPS if step >= more)
    elif verdict.rule == "windows.weekly":
        yield from (Change(verdict.rule, "", str(step)) for step in WINDOW_STEPS)
    else:
        yield Change(verdict.rule, "", verdict.required)


# -- making a change -----------------------------------------------------------------------------------------------


def applied(profile: ProfileSnapshot, change: Change) -> ProfileSnapshot:
    """The profile after the change."""
    return replace(profile, work=_applied(profile.work, change))


def _applied(work: WorkProfile, change: Change) -> WorkProfile:
    if change.rule.startswith(LANGUAGE):
        return replace(work, languages=_raised(work.languages, change))
    if change.rule == LICENCE:
        return replace(work, licences=(*work.licences, Licence(change.subject, Answer.YES)))
    if change.rule == RECOGNITION:
        educations = work.educations or (Education(),)
        recognised = tuple(replace(one, recognition=Recognition.RECOGNISED) for one in educations)
        return replace(work, educations=recognised)
    if change.rule == EDUCATION:
        level = int(change.required) if change.required else None
        new = Education(level, change.subject, country="FI", recognition=Recognition.NOT_NEEDED)
        return replace(work, educations=(*work.educations, new))
    return replace(work, limits=replace(work.limits, **_limit(work, change)))


def _raised(languages: tuple[LanguageSkill, ...], change: Change) -> tuple[LanguageSkill, ...]:
    """The level as one more row: of several rows of a language the best level of each activity counts."""
    level = CefrLevel[change.required]
    activity = change.rule.partition(".")[2]
    levels = {name: level for name in ACTIVITIES if activity in ("", name)}
    return (*languages, LanguageSkill(change.subject, CefrProfile(**levels)))


def _limit(work: WorkProfile, change: Change) -> dict[str, Any]:
    limits = work.limits
    if change.rule == "place.travel":
        return {"max_travel_minutes": (limits.max_travel_minutes or 0) + int(change.required)}
    if change.rule == "windows.weekly":
        return {"windows": tuple(_longer(window, int(change.required)) for window in limits.windows)}
    if change.rule == "hours.most":
        return {"max_hours_per_week": float(change.required)}
    if change.rule == "hours.fewest":
        return {"min_hours_per_week": float(change.required)}
    if change.rule == "dates.start":
        return {"available_from": date.fromisoformat(change.required)}
    return {_SHIFTS[change.rule]: Answer.YES}


def _longer(window: WeeklyWindow, minutes: int) -> WeeklyWindow:
    """The window begun earlier and ended later, within its day; one over midnight keeps to the two days that it has."""
    start, end = window.start - minutes, window.end + minutes
    if window.end <= window.start:
        return WeeklyWindow(window.weekday, max(start, 0), min(end, window.start))
    return WeeklyWindow(window.weekday, max(start, 0), min(end, DAY))
