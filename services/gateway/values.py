"""The two values of a verdict, in words. Their forms for machines are documented with matching's rules."""

import re
from collections.abc import Callable, Mapping

from babel.dates import get_day_names
from polku.matching.v1.match_pb2 import Verdict

from services.gateway.languages import locale_of
from services.gateway.translations import N_
from services.gateway.words import Words

ANSWERS: Mapping[str, str] = {
    "yes": N_("Yes"),
    "no": N_("No"),
    "none": N_("None"),
    "native": N_("First language"),
    "unlimited": N_("Any work"),
    "limited": N_("With limits"),
    "recognised": N_("Recognised"),
    "not_needed": N_("Not needed"),
    "guidance_given": N_("Guidance was given"),
    "applied": N_("Applied for"),
    "partly": N_("Recognised in part"),
    "refused": N_("Refused"),
}
"""Answers, CEFR's two ends, and the states of the right to work and of recognition."""

OF_THE_OPENING: Mapping[str, str] = {
    "dates.closing": "required",
    "training.seats": "actual",
    "training.begun": "actual",
}
"""Rules about the opening alone, and which value of the verdict is the opening's own."""
NOTHING = "–"

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d+(\.\d+)?")
Form = Callable[[str, Words], str]


def asked(verdict: Verdict, words: Words) -> str:
    """What the opening asks for."""
    if verdict.rule in OF_THE_OPENING:
        return _in_words(verdict.rule, getattr(verdict, OF_THE_OPENING[verdict.rule]), words)
    if verdict.rule.startswith("licence.") and _DATE.fullmatch(verdict.required):
        return words.text(N_("Valid on %(date)s")) % {"date": words.date(verdict.required, "medium")}
    if verdict.rule == "skill.must_have":
        return words.subject(verdict.rule, verdict.subject)
    if verdict.rule == "place.travel" and verdict.required == "0":
        return words.text(N_("No travelling"))
    return _in_words(verdict.rule, verdict.required, words)


def had(verdict: Verdict, words: Words) -> str:
    """What the person has; empty where it is not known, a dash where nothing is asked of the person."""
    if verdict.rule in OF_THE_OPENING:
        return NOTHING
    if verdict.rule == "dates.start" and verdict.actual:
        return words.text(N_("From %(date)s")) % {"date": words.date(verdict.actual, "medium")}
    if verdict.rule.startswith("licence.") and _DATE.fullmatch(verdict.actual):
        return words.text(N_("Valid until %(date)s")) % {"date": words.date(verdict.actual, "medium")}
    if verdict.rule in ("place.travel", "hours.most", "right_to_work.hours") and verdict.actual:
        return words.text(N_("At most %(amount)s")) % {"amount": _in_words(verdict.rule, verdict.actual, words)}
    if verdict.rule == "hours.fewest" and verdict.actual:
        return words.text(N_("At least %(amount)s")) % {"amount": _in_words(verdict.rule, verdict.actual, words)}
    return _in_words(verdict.rule, verdict.actual, words)


def _in_words(rule: str, value: str, words: Words) -> str:
    if not value:
        return ""
    if value.lower() in ANSWERS:
        return words.text(ANSWERS[value.lower()])
    if _DATE.fullmatch(value):
        return words.date(value, "medium")
    form = _FORMS.get(rule)
    if form is not None:
        return form(value, words)
    if _NUMBER.fullmatch(value):
        return words.number(float(value))
    return words.vocabulary.label(value, words.language)


def _hours(value: str, words: Words) -> str:
    if _NUMBER.fullmatch(value) is None:
        return value
    return words.text(N_("%(hours)s hours a week")) % {"hours": words.number(float(value))}


def _amount(unit: str) -> Form:
    def form(value: str, words: Words) -> str:
        return words.amount(float(value), unit) if _NUMBER.fullmatch(value) else value

    return form


def _codes(kind: str) -> Form:
    def form(value: str, words: Words) -> str:
        return ", ".join(words.vocabulary.label_in(kind, code, words.language) for code in value.split(","))

    return form


def _week(value: str, words: Words) -> str:
    """ "MO-FR 08:00-16:00,SA 22:00-06:00 +30": weekly spans, and the minutes of the way there and back."""
    spans, _, minutes = value.partition(" +")
    names = get_day_names("abbreviated", locale=locale_of(words.language))
    for index, day in enumerate(_DAYS):
        spans = re.sub(rf"\b{day}\b", names[index], spans)
    spans = re.sub(r"(\d)-(\d)", "\\1\u2060–\u2060\\2", spans).replace(",", ", ").replace("-", "–")
    if not minutes:
        return spans
    way = _amount("duration-minute")(minutes, words)
    return words.text(N_("%(times)s, and %(minutes)s each way")) % {"times": spans, "minutes": way}


_FORMS: Mapping[str, Form] = {
    "education.level": _codes("isced_level"),
    "education.field": _codes("isced_field"),
    "experience.months": _amount("duration-month"),
    "hours.most": _hours,
    "hours.fewest": _hours,
    "right_to_work.hours": _hours,
    "right_to_work.sector": _codes("isco"),
    "place.travel": _amount("duration-minute"),
    "windows.weekly": _week,
}
