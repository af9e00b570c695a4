"""The fields of a profile that small forms fill in: how an answer gets in, and how it is read back into the form.

Of each field there is a pair: (profile, subject, form, source) puts the answer in or raises InvalidArgument
ANSWER_INVALID and changes nothing; (profile, subject) gives the form that would say what the profile has now.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

from polku.profiles.v1.profile_pb2 import EverydayLimits, LanguageSkill, Licence, Profile, RightToWork, Skill
from polku.type.v1.types_pb2 import Answer, Cefr, CefrProfile, Concept, Provenance, WeeklyWindow

from services.gateway.translations import N_
from shared.kernel.errors import FieldViolation, InvalidArgument

ACTIVITIES: Mapping[str, str] = {
    "listening": N_("Understanding speech"),
    "reading": N_("Reading"),
    "speaking": N_("Speaking"),
    "writing": N_("Writing"),
}
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "NATIVE")
STATUSES: Mapping[str, str] = {
    "UNLIMITED": N_("Any work"),
    "LIMITED": N_("With limits"),
    "NONE": N_("No right to work"),
}
MODES: Mapping[str, str] = {
    "WALK": N_("On foot"),
    "BICYCLE": N_("By bicycle"),
    "PUBLIC_TRANSPORT": N_("By public transport"),
    "CAR": N_("By car"),
}
MOST_HOURS = 168
MOST_MINUTES = 600
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
HOURS, MINUTES = r"[0-9]{1,3}(\.[0-9]{1,2})?", r"[0-9]{1,3}"
Number = Literal["min_hours_per_week", "max_hours_per_week", "max_travel_minutes"]
Form = Mapping[str, str]
Apply = Callable[[Profile, str, Form, Provenance], None]
Read = Callable[[Profile, str], Form]
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _licence(profile: Profile, subject: str, form: Form, source: Provenance) -> None:
    held = _answer(form)
    kept = [licence for licence in profile.work.licences if licence.code != subject]
    del profile.work.licences[:]
    profile.work.licences.extend([*kept, Licence(code=subject, held=held, provenance=source)])


def _read_licence(profile: Profile, subject: str) -> Form:
    held = (licence.held for licence in profile.work.licences if licence.code == subject)
    return _held(next(held, Answer.VALUE_UNSPECIFIED))


def _skill(profile: Profile, subject: str, form: Form, source: Provenance) -> None:
    if form.get("answer") != "YES":
        raise _invalid()
    if all(skill.skill.uri != subject for skill in profile.work.skills):
        profile.work.skills.append(Skill(skill=Concept(uri=subject), provenance=source))


def _read_skill(profile: Profile, subject: str) -> Form:
    return {"answer": "YES"} if any(skill.skill.uri == subject for skill in profile.work.skills) else {}


def _languages(profile: Profile, subject: str, form: Form, source: Provenance) -> None:
    given = {activity: form.get(activity, "") for activity in ACTIVITIES}
    if not any(given.values()) or any(level not in ("", *LEVELS) for level in given.values()):
        raise _invalid()
    levels = {activity: Cefr.Level.Value(f"LEVEL_{level}") for activity, level in given.items() if level}
    kept = [skill for skill in profile.work.languages if skill.language != subject]
    del profile.work.languages[:]
    changed = LanguageSkill(language=subject, levels=CefrProfile(**levels), provenance=source)
    profile.work.languages.extend([*kept, changed])


def _read_languages(profile: Profile, subject: str) -> Form:
    levels = next((skill.levels for skill in profile.work.languages if skill.language == subject), CefrProfile())
    named = {activity: Cefr.Level.Name(getattr(levels, activity)) for activity in ACTIVITIES}
    return {activity: name.removeprefix("LEVEL_") for activity, name in named.items()}


def _right_to_work(profile: Profile, _: str, form: Form, source: Provenance) -> None:
    status = form.get("answer", "")
    if status not in STATUSES:
        raise _invalid()
    profile.work.right_to_work.status = RightToWork.Status.Value(f"STATUS_{status}")
    profile.work.right_to_work.provenance.CopyFrom(source)


def _read_right_to_work(profile: Profile, _: str) -> Form:
    return {"answer": RightToWork.Status.Name(profile.work.right_to_work.status).removeprefix("STATUS_")}


def yes_no(name: str) -> tuple[Apply, Read]:
    """An answer of the everyday limits."""

    def apply(profile: Profile, _: str, form: Form, __: Provenance) -> None:
        setattr(profile.work.limits, name, _answer(form))

    return apply, lambda profile, _: _held(getattr(profile.work.limits, name))


def _employer_requests(profile: Profile, _: str, form: Form, __: Provenance) -> None:
    profile.choices.employer_requests = _answer(form)


def _read_employer_requests(profile: Profile, _: str) -> Form:
    return _held(profile.choices.employer_requests)


def number(name: Number, most: int, pattern: str) -> tuple[Apply, Read]:
    """A number of the everyday limits, from 0 to `most`."""

    def apply(profile: Profile, _: str, form: Form, __: Provenance) -> None:
        text = form.get("answer", "").strip().replace(",", ".")
        if re.fullmatch(pattern, text) is None or float(text) > most:
            raise _invalid()
        setattr(profile.work.limits, name, float(text) if "." in pattern else int(text))

    def read(profile: Profile, _: str) -> Form:
        limits = profile.work.limits
        return {"answer": f"{getattr(limits, name):g}"} if limits.HasField(name) else {}

    return apply, read


def _available(profile: Profile, _: str, form: Form, __: Provenance) -> None:
    try:
        profile.work.limits.available_from = date.fromisoformat(form.get("answer", "").strip()).isoformat()
    except ValueError:
        raise _invalid() from None


def _read_available(profile: Profile, _: str) -> Form:
    return {"answer": profile.work.limits.available_from}


def _modes(profile: Profile, _: str, form: Form, __: Provenance) -> None:
    given = [mode for mode in MODES if form.get(mode)]
    if not given:
        raise _invalid()
    del profile.work.limits.travel_modes[:]
    profile.work.limits.travel_modes.extend(EverydayLimits.TravelMode.Value(f"TRAVEL_MODE_{mode}") for mode in given)


def _read_modes(profile: Profile, _: str) -> Form:
    names = map(EverydayLimits.TravelMode.Name, profile.work.limits.travel_modes)
    return {name.removeprefix("TRAVEL_MODE_"): "yes" for name in names}


def _held(value: "Answer.Value.ValueType") -> Form:
    return {"answer": Answer.Value.Name(value).removeprefix("VALUE_")}


def _answer(form: Form) -> "Answer.Value.ValueType":
    answer = form.get("answer", "")
    if answer not in ("YES", "NO"):
        raise _invalid()
    return Answer.Value.Value(f"VALUE_{answer}")


def _invalid() -> InvalidArgument:
    rule = "needs an answer of the form."
    violation = FieldViolation("answer", "ANSWER_INVALID", rule)
    return InvalidArgument("ANSWER_INVALID", f"The form {rule}", violations=(violation,))


def _windows(profile: Profile, _: str, form: Form, __: Provenance) -> None:
    given = {day: (form.get(f"{day}_start", ""), form.get(f"{day}_end", "")) for day in DAYS}
    told = {day: times for day, times in given.items() if any(times)}
    if (
        not told
        or several_a_day(profile)
        or not all(_TIME.fullmatch(time) for times in told.values() for time in times)
    ):
        raise _invalid()
    del profile.work.limits.windows[:]
    for day, (start, end) in told.items():
        weekday = WeeklyWindow.Weekday.Value(f"WEEKDAY_{day}")
        profile.work.limits.windows.append(WeeklyWindow(weekday=weekday, start=start, end=end))


def _read_windows(profile: Profile, _: str) -> Form:
    times: dict[str, str] = {}
    for window in profile.work.limits.windows:
        day = WeeklyWindow.Weekday.Name(window.weekday).removeprefix("WEEKDAY_")
        # An end at or before the start lies on the next day: there 24:00 is written 00:00, as browsers want it.
        times |= {f"{day}_start": window.start, f"{day}_end": window.end.replace("24:00", "00:00")}
    return times


def several_a_day(profile: Profile) -> bool:
    """Whether a day has several spans, which the form cannot show."""
    days = [window.weekday for window in profile.work.limits.windows]
    return len(days) != len(set(days))


LICENCE = (_licence, _read_licence)
SKILL = (_skill, _read_skill)
LANGUAGES = (_languages, _read_languages)
RIGHT_TO_WORK = (_right_to_work, _read_right_to_work)
EMPLOYER_REQUESTS = (_employer_requests, _read_employer_requests)
AVAILABLE = (_available, _read_available)
MODES_OF_TRAVEL = (_modes, _read_modes)
WINDOWS = (_windows, _read_windows)
