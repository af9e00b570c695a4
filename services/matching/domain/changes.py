"""Single changes of a profile: what each clears away, and what a profile is like after it.

A change is as small as the opening allows: a level of one CEFR activity or of a language, a card, a recognition, some
more minutes of travel. Changes that nobody can simply decide on (the right to work, a closing date) are none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import ACTIVITIES, Answer, CefrLevel, CefrProfile, WeeklyWindow
from services.matching.domain.weekly import DAY
from services.matching.domain.work import Education, LanguageSkill, Licence, Recognition, WorkProfile

TRAVEL_STEPS = (15, 30, 45, 60)
"""Minutes more, one way."""
WINDOW_STEPS = (60, 120)
"""Minutes more at each end of every weekly window."""

LANGUAGE, LICENCE, RECOGNITION, EDUCATION = "language", "licence.held", "education.recognition", "education.level"
_SHIFTS = {"shift.evening": "evenings", "shift.night": "nights", "shift.weekend": "weekends"}


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
        """What it clears away: a language as a whole, licences, education with its recognition, or one limit."""
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
        return replace(work, educations=recognised_educations(work))
    if change.rule == EDUCATION:
        level = int(change.required) if change.required else None
        new = Education(level, change.subject, country="FI", recognition=Recognition.NOT_NEEDED)
        return replace(work, educations=(*work.educations, new))
    return replace(work, limits=replace(work.limits, **_limit(work, change)))


def recognised_educations(work: WorkProfile) -> tuple[Education, ...]:
    """The educations told, all of them recognised."""
    educations = work.educations or (Education(),)
    return tuple(replace(one, recognition=Recognition.RECOGNISED) for one in educations)


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
        return {"windows": longer_windows(limits.windows, int(change.required))}
    if change.rule == "hours.most":
        return {"max_hours_per_week": float(change.required)}
    if change.rule == "hours.fewest":
        return {"min_hours_per_week": float(change.required)}
    if change.rule == "dates.start":
        return {"available_from": date.fromisoformat(change.required)}
    return {_SHIFTS[change.rule]: Answer.YES}


def longer_windows(windows: Iterable[WeeklyWindow], minutes: int) -> tuple[WeeklyWindow, ...]:
    """Every window with so many minutes more at both ends."""
    return tuple(_longer(window, minutes) for window in windows)


def _longer(window: WeeklyWindow, minutes: int) -> WeeklyWindow:
    """The window begun earlier and ended later, within its day; one over midnight keeps to the two days that it has."""
    start, end = window.start - minutes, window.end + minutes
    if window.end <= window.start:
        return WeeklyWindow(window.weekday, max(start, 0), min(end, window.start))
    return WeeklyWindow(window.weekday, max(start, 0), min(end, DAY))
