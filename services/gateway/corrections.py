"""Which fields of a profile a person can fill in or put right on one small page, and what the answer changes.

The fields are those that matching's rules read and its question asks for. What is not here needs a talk: education,
work experience, home area and times of the week.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from polku.profiles.v1.profile_pb2 import EverydayLimits, LanguageSkill, Licence, Profile, RightToWork, Skill
from polku.type.v1.types_pb2 import Answer, Cefr, CefrProfile, Concept, Provenance

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
HOURS, MINUTES = r"[0-9]{1,3}(\.[0-9]{1,2})?", r"[0-9]{1,3}"
Number = Literal["min_hours_per_week", "max_hours_per_week", "max_travel_minutes"]
Form = Mapping[str, str]
Apply = Callable[[Profile, str, Form, Provenance], None]
Read = Callable[[Profile, str], Form]


@dataclass(frozen=True, slots=True)
class Correction:
    """One field.

    label    what it is about, in words
    control  kind of form: "answer", "levels", "status", "number", "date", "modes" or "skill"
    apply    (profile, subject, form, source) → puts the answer into the profile; raises InvalidArgument ANSWER_INVALID
    read     (profile, subject) → the form as it would have to be filled in to give what the profile has now
    subject  form of what the field is about, "" where it is about one thing alone
    most     of a number
    """

    label: str
    control: str
    apply: Apply
    read: Read
    subject: str = ""
    most: int = 0


def correct_path(base: str, field: str, subject: str) -> str:
    """Return the path of the page for a field; empty where there is none."""
    correction = FIELDS.get(field)
    if correction is None or re.fullmatch(correction.subject, subject) is None:
        return ""
    return f"{base}/correct?{urlencode({'field': field, **({'subject': subject} if subject else {})})}"


def correct_path_of_rule(base: str, rule: str, subject: str) -> str:
    """Return the path of the page for what a rule of matching reads; empty where there is none."""
    field = _FIELD_OF_RULE.get(rule, "work.languages" if rule.startswith("language.") else "")
    about = subject if field and FIELDS[field].subject else ""
    return correct_path(base, field, about)


def provenance(*, own: bool, today: date) -> Provenance:
    """Return where an answer comes from: the person, or their counsellor."""
    source = Provenance.SOURCE_SELF_REPORTED if own else Provenance.SOURCE_ASSESSED
    return Provenance(source=source, date=today.isoformat())


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


def _yes_no(name: str) -> tuple[Apply, Read]:
    def apply(profile: Profile, _: str, form: Form, __: Provenance) -> None:
        setattr(profile.work.limits, name, _answer(form))

    return apply, lambda profile, _: _held(getattr(profile.work.limits, name))


def _employer_requests(profile: Profile, _: str, form: Form, __: Provenance) -> None:
    profile.choices.employer_requests = _answer(form)


def _read_employer_requests(profile: Profile, _: str) -> Form:
    return _held(profile.choices.employer_requests)


def _number(name: Number, most: int, pattern: str) -> tuple[Apply, Read]:
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


EMPLOYER_REQUESTS = "choices.employer_requests"
FIELDS: Mapping[str, Correction] = {
    EMPLOYER_REQUESTS: Correction(
        N_("Employers may find me, without my name"), "answer", _employer_requests, _read_employer_requests
    ),
    "work.licences": Correction(N_("Licence or card"), "answer", _licence, _read_licence, r"[a-z0-9-]{1,60}"),
    "work.skills": Correction(
        N_("Skill"), "skill", _skill, _read_skill, r"http://data\.europa\.eu/esco/[A-Za-z0-9/._-]{1,170}"
    ),
    "work.languages": Correction(N_("Language"), "levels", _languages, _read_languages, r"[a-z]{2,3}"),
    "work.right_to_work.status": Correction(N_("Right to work"), "status", _right_to_work, _read_right_to_work),
    "work.limits.evenings": Correction(N_("Evening work"), "answer", *_yes_no("evenings")),
    "work.limits.nights": Correction(N_("Night work"), "answer", *_yes_no("nights")),
    "work.limits.weekends": Correction(N_("Weekend work"), "answer", *_yes_no("weekends")),
    "work.limits.min_hours_per_week": Correction(
        N_("Fewest hours a week"), "number", *_number("min_hours_per_week", MOST_HOURS, HOURS), most=MOST_HOURS
    ),
    "work.limits.max_hours_per_week": Correction(
        N_("Most hours a week"), "number", *_number("max_hours_per_week", MOST_HOURS, HOURS), most=MOST_HOURS
    ),
    "work.limits.max_travel_minutes": Correction(
        N_("Longest way to work, in minutes"),
        "number",
        *_number("max_travel_minutes", MOST_MINUTES, MINUTES),
        most=MOST_MINUTES,
    ),
    "work.limits.available_from": Correction(
        N_("First day on which work is possible"), "date", _available, _read_available
    ),
    "work.limits.travel_modes": Correction(N_("Ways to get to work"), "modes", _modes, _read_modes),
}
_FIELD_OF_RULE: Mapping[str, str] = {
    "right_to_work.status": "work.right_to_work.status",
    "licence.held": "work.licences",
    "licence.by_law": "work.licences",
    "licence.mentioned": "work.licences",
    "skill.must_have": "work.skills",
    "hours.most": "work.limits.max_hours_per_week",
    "hours.fewest": "work.limits.min_hours_per_week",
    "shift.evening": "work.limits.evenings",
    "shift.night": "work.limits.nights",
    "shift.weekend": "work.limits.weekends",
    "dates.start": "work.limits.available_from",
    "place.travel": "work.limits.max_travel_minutes",
}
