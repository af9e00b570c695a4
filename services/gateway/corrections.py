"""Which fields of a profile a person can fill in or put right on one small page, and what the answer changes.

The fields are those that matching's rules read and its question asks for. What is not here needs a talk: education,
work experience and home area.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from polku.type.v1.types_pb2 import Provenance

from services.gateway import correction_fields as fields
from services.gateway.correction_fields import HOURS, MINUTES, MOST_HOURS, MOST_MINUTES, Apply, Read, number, yes_no
from services.gateway.translations import N_


@dataclass(frozen=True, slots=True)
class Correction:
    """One field.

    label    what it is about, in words
    control  kind of form: "answer", "levels", "status", "number", "date", "windows", "modes" or "skill"
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


EMPLOYER_REQUESTS = "choices.employer_requests"
FIELDS: Mapping[str, Correction] = {
    EMPLOYER_REQUESTS: Correction(N_("Employers may find me, without my name"), "answer", *fields.EMPLOYER_REQUESTS),
    "work.licences": Correction(N_("Licence or card"), "answer", *fields.LICENCE, r"[a-z0-9-]{1,60}"),
    "work.skills": Correction(
        N_("Skill"), "skill", *fields.SKILL, r"http://data\.europa\.eu/esco/[A-Za-z0-9/._-]{1,170}"
    ),
    "work.languages": Correction(N_("Language"), "levels", *fields.LANGUAGES, r"[a-z]{2,3}"),
    "work.right_to_work.status": Correction(N_("Right to work"), "status", *fields.RIGHT_TO_WORK),
    "work.limits.evenings": Correction(N_("Evening work"), "answer", *yes_no("evenings")),
    "work.limits.nights": Correction(N_("Night work"), "answer", *yes_no("nights")),
    "work.limits.weekends": Correction(N_("Weekend work"), "answer", *yes_no("weekends")),
    "work.limits.min_hours_per_week": Correction(
        N_("Fewest hours a week"), "number", *number("min_hours_per_week", MOST_HOURS, HOURS), most=MOST_HOURS
    ),
    "work.limits.max_hours_per_week": Correction(
        N_("Most hours a week"), "number", *number("max_hours_per_week", MOST_HOURS, HOURS), most=MOST_HOURS
    ),
    "work.limits.max_travel_minutes": Correction(
        N_("Longest way to work, in minutes"),
        "number",
        *number("max_travel_minutes", MOST_MINUTES, MINUTES),
        most=MOST_MINUTES,
    ),
    "work.limits.windows": Correction(N_("Times of the week for work, the way included"), "windows", *fields.WINDOWS),
    "work.limits.available_from": Correction(N_("First day on which work is possible"), "date", *fields.AVAILABLE),
    "work.limits.travel_modes": Correction(N_("Ways to get to work"), "modes", *fields.MODES_OF_TRAVEL),
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
    "windows.weekly": "work.limits.windows",
    "dates.start": "work.limits.available_from",
    "place.travel": "work.limits.max_travel_minutes",
}
