"""The rules of eligibility as data: what each is about, since when it holds, and where it comes from.

A rule that a change in law ends or begins is a row with another date, not another program. Texts lie in the message
catalogues under the rule's `text_key`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

RULES_VERSION = "2026.2"
"""Changes with every change of the table or of what a rule means; recorded with every list."""

_POLKU = date(2026, 1, 1)
_WISH = "The person's own limit"
_DEMAND = "The publisher's demand"
_ALIENS_ACT = "Aliens Act (301/2004), chapter 5: residence permits and the right to work"
_CEFR = "Council of Europe, Common European Framework of Reference for Languages, companion volume (2020)"


class Family(StrEnum):
    """Groups of rules that are judged together."""

    LANGUAGE = "language"
    RIGHT_TO_WORK = "right_to_work"
    LICENCE = "licence"
    EDUCATION = "education"
    EXPERIENCE = "experience"
    SKILL = "skill"
    SCHEDULE = "schedule"
    DATES = "dates"
    PLACE = "place"
    TRAINING = "training"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    source  the law or practice that it comes from
    field   path of the profile's field that it reads, "" where it reads the opening alone or nobody can fill it in
    """

    id: str
    family: Family
    source: str
    field: str = ""
    valid_from: date = _POLKU
    valid_until: date | None = None

    @property
    def text_key(self) -> str:
        """Key of the sentence that says what is asked, in the message catalogues."""
        return f"requirement.{self.id}"


RULES: tuple[Rule, ...] = (
    Rule("language.listening", Family.LANGUAGE, _CEFR, "work.languages"),
    Rule("language.reading", Family.LANGUAGE, _CEFR, "work.languages"),
    Rule("language.speaking", Family.LANGUAGE, _CEFR, "work.languages"),
    Rule("language.writing", Family.LANGUAGE, _CEFR, "work.languages"),
    Rule("language.level_not_stated", Family.LANGUAGE, _DEMAND),
    Rule("language.not_stated", Family.LANGUAGE, _DEMAND),
    Rule("right_to_work.status", Family.RIGHT_TO_WORK, _ALIENS_ACT, "work.right_to_work.status", date(2004, 5, 1)),
    Rule("right_to_work.sector", Family.RIGHT_TO_WORK, _ALIENS_ACT, "", date(2004, 5, 1)),
    Rule("right_to_work.hours", Family.RIGHT_TO_WORK, _ALIENS_ACT, "", date(2004, 5, 1)),
    Rule("right_to_work.employer", Family.RIGHT_TO_WORK, _ALIENS_ACT, "", date(2004, 5, 1)),
    Rule("right_to_work.until", Family.RIGHT_TO_WORK, _ALIENS_ACT, "", date(2004, 5, 1)),
    Rule("licence.held", Family.LICENCE, _DEMAND, "work.licences"),
    Rule("licence.by_law", Family.LICENCE, "What law or safety rules ask of everyone in the work", "work.licences"),
    Rule("licence.mentioned", Family.LICENCE, "Named in the advert's text, not in its fields", "work.licences"),
    Rule("education.level", Family.EDUCATION, "ISCED 2011", "work.educations"),
    Rule("education.field", Family.EDUCATION, "ISCED-F 2013", "work.educations"),
    Rule("education.recognition", Family.EDUCATION, _DEMAND, "work.educations"),
    Rule(
        "profession.recognition",
        Family.EDUCATION,
        "Act on the Recognition of Professional Qualifications (1384/2015)",
        "work.educations",
        date(2016, 1, 1),
    ),
    Rule("experience.months", Family.EXPERIENCE, _DEMAND, "work.experiences"),
    Rule("skill.must_have", Family.SKILL, _DEMAND, "work.skills"),
    Rule("hours.most", Family.SCHEDULE, _WISH, "work.limits.max_hours_per_week"),
    Rule("hours.fewest", Family.SCHEDULE, _WISH, "work.limits.min_hours_per_week"),
    Rule("shift.evening", Family.SCHEDULE, _WISH, "work.limits.evenings"),
    Rule("shift.night", Family.SCHEDULE, "Working Hours Act (872/2019), section 8", "work.limits.nights"),
    Rule("shift.weekend", Family.SCHEDULE, _WISH, "work.limits.weekends"),
    Rule("windows.weekly", Family.SCHEDULE, _WISH, "work.limits.windows"),
    Rule("dates.start", Family.DATES, _WISH, "work.limits.available_from"),
    Rule("dates.closing", Family.DATES, "The publisher's last day to apply, to its end in Europe/Helsinki"),
    Rule("place.travel", Family.PLACE, _WISH, "work.limits.max_travel_minutes"),
    Rule("place.remote", Family.PLACE, "The publisher's word that it can be done from home"),
    Rule("training.seats", Family.TRAINING, "The provider's seats left"),
    Rule("training.begun", Family.TRAINING, "The provider's first day"),
    Rule("training.adds", Family.TRAINING, "A language course should lead further", "work.languages"),
    Rule("training.card", Family.TRAINING, "A course for a card that is held without end adds nothing"),
    Rule("age.minimum", Family.AGE, "The law that sets the limit: see AGE_LIMITS"),
)


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """Work for which a law asks for an age. What no law limits is limited by no rule, whatever an advert says.

    years   completed
    groups  ISCO-08 groups of the work, with all below them; empty for all work
    nights  only work in shifts of the night
    """

    years: int
    source: str
    valid_from: date
    groups: tuple[str, ...] = ()
    nights: bool = False
    valid_until: date | None = None


AGE_LIMITS: tuple[AgeLimit, ...] = (
    AgeLimit(18, "Young Workers' Act (998/1993): no night work under 18", date(1994, 1, 1), nights=True),
    AgeLimit(18, "Act on Private Security Services (1085/2015): guards", date(2017, 1, 1), groups=("5414",)),
)

BY_ID = {rule.id: rule for rule in RULES}


def in_force(day: date, rules: tuple[Rule, ...] = RULES) -> frozenset[str]:
    """Ids of the rules that hold on a day."""
    return frozenset(rule.id for rule in rules if _holds(rule, day))


def age_limits(day: date, limits: tuple[AgeLimit, ...] = AGE_LIMITS) -> tuple[AgeLimit, ...]:
    """The age limits that hold on a day."""
    return tuple(limit for limit in limits if _holds(limit, day))


def _holds(rule: Rule | AgeLimit, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_until is None or day <= rule.valid_until)
