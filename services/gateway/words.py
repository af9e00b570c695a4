"""Words for the codes that the services answer, and numbers and dates as the reader writes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_datetime_format, get_day_names
from babel.numbers import format_decimal
from babel.units import format_unit

from services.gateway.languages import locale_of, name_of
from services.gateway.translations import N_, translations

PARTS: Mapping[str, str] = {
    "occupation": N_("Occupation"),
    "must_have_skills": N_("Skills that are needed"),
    "nice_to_have_skills": N_("Skills that are useful"),
    "text": N_("What the work is about"),
    "experience": N_("Work experience"),
    "travel": N_("The way there"),
    "hours": N_("Working hours"),
    "language_margin": N_("Languages"),
    "pay": N_("Pay"),
    "freshness": N_("How new it is"),
}
SOURCES: Mapping[str, str] = {
    "self_reported": N_("Own estimate"),
    "employment": N_("From a job"),
    "education": N_("From an education"),
    "assessed": N_("Assessed by a professional"),
    "certificate": N_("Certificate or test"),
    "imported": N_("From a document, confirmed"),
    "register": N_("Official register"),
}
OUTCOMES: Mapping[str, str] = {"met": N_("Yes"), "not_met": N_("No"), "unknown": N_("Not known")}
NECESSITIES: Mapping[str, str] = {
    "required": N_("Needed"),
    "preferred": N_("Useful"),
    "learn_on_the_job": N_("Can be learnt at work"),
}
_LANGUAGE = re.compile(r"[a-z]{2,3}")
BASES: Mapping[str, str] = {
    "inferred": N_("Read from the text of the advert"),
    "confirmed": N_("Read from the text, confirmed by the publisher"),
}
KINDS: Mapping[str, str] = {"vacancy": N_("Job"), "training": N_("Training"), "service": N_("Service")}
RULES: Mapping[str, str] = {
    "language.listening": N_("Language: understanding speech"),
    "language.reading": N_("Language: reading"),
    "language.speaking": N_("Language: speaking"),
    "language.writing": N_("Language: writing"),
    "language.level_not_stated": N_("Language, level not stated"),
    "language.not_stated": N_("Language of the work, not stated"),
    "right_to_work.status": N_("Right to work"),
    "right_to_work.sector": N_("Right to work: field of work"),
    "right_to_work.hours": N_("Right to work: hours"),
    "right_to_work.employer": N_("Right to work: employer"),
    "right_to_work.until": N_("Right to work: how long it lasts"),
    "licence.held": N_("Licence or card"),
    "licence.by_law": N_("Licence or card that the law requires"),
    "licence.mentioned": N_("Licence or card that the text mentions"),
    "education.level": N_("Level of education"),
    "education.field": N_("Field of education"),
    "education.recognition": N_("Recognition of a foreign qualification"),
    "profession.recognition": N_("Right to practise the profession"),
    "experience.months": N_("Work experience"),
    "skill.must_have": N_("Skill"),
    "hours.most": N_("Not too many hours"),
    "hours.fewest": N_("Enough hours"),
    "shift.evening": N_("Evening work"),
    "shift.night": N_("Night work"),
    "shift.weekend": N_("Weekend work"),
    "windows.weekly": N_("Times of the week"),
    "dates.start": N_("Starting date"),
    "dates.closing": N_("Last day to apply"),
    "place.travel": N_("The way there"),
    "place.remote": N_("Working from home"),
    "training.seats": N_("Free places"),
    "training.begun": N_("The course has not begun"),
    "training.card": N_("A new licence or card"),
    "training.adds": N_("Something new to learn"),
    "age.minimum": N_("Age that the law requires"),
}
FITS: tuple[tuple[float, int, str], ...] = (
    (0.70, 4, N_("Fits very well")),
    (0.50, 3, N_("Fits well")),
    (0.30, 2, N_("Fits in part")),
    (0.00, 1, N_("Fits a little")),
)
"""From which total on, how many of four bars, and the words. For the eye only: the order is by the total itself."""

EFFORTS: tuple[tuple[float, int, str], ...] = (
    (4.0, 1, N_("A small change")),
    (15.0, 2, N_("Some effort")),
    (60.0, 3, N_("Much effort")),
    (float("inf"), 4, N_("Very much effort")),
)
"""Up to which effort, how many of four bars, and the words. Matching's scale: a change of times, a card or a driving
licence, levels of a language, then recognition and degrees."""


class Vocabulary(Protocol):
    """Labels of the standard classifications."""

    def label(self, code: str, language: str) -> str:
        """The label of a URI or licence code; the code itself where there is none."""
        ...

    def label_in(self, kind: str, code: str, language: str) -> str:
        """The label of a code of one list; the code itself where there is none."""
        ...


@cache
def _finland() -> ZoneInfo:
    return ZoneInfo("Europe/Helsinki")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str
    vocabulary: Vocabulary

    def text(self, message: str) -> str:
        """Translate a marked text."""
        return str(translations(self.language).gettext(message))

    def of(self, table: Mapping[str, str], code: str) -> str:
        """The word for a code; the code itself, readably, where the table has none."""
        known = table.get(code)
        return self.text(known) if known else re.sub(r"[_.]+", " ", code).strip().capitalize()

    def rule(self, rule: str, subject: str) -> str:
        """What a requirement is about, such as "Language: speaking (Finnish)"."""
        word, about = self.of(RULES, rule), self.subject(rule, subject)
        return f"{word} ({about})" if about else word

    def subject(self, rule: str, subject: str) -> str:
        """The language, licence, skill, occupation or travel mode that a requirement is about."""
        if rule == "place.travel":
            return self.vocabulary.label_in("travel_mode", subject, self.language)
        if not subject or _LANGUAGE.fullmatch(subject) is None:
            label = self.vocabulary.label(subject, self.language) if subject else ""
            return "" if label.startswith("http") else label  # a concept that the vocabulary does not know
        return name_of(subject, self.language)

    def level(self, level: str) -> str:
        """A level of a language: CEFR's own sign, and a word for the first language."""
        return self.text(N_("First language")) if level == "NATIVE" else level

    def date(self, value: str | datetime, form: str = "long") -> str:
        """A date in words; empty for an empty one, and the text itself where it is no date."""
        try:
            day = value.date() if isinstance(value, datetime) else date.fromisoformat(value)
        except ValueError:
            return str(value)
        return str(format_date(day, form, locale=locale_of(self.language)))

    def moment(self, value: datetime) -> str:
        """An instant (with its time zone) in words, to the minute, as clocks in Finland show it."""
        there, locale = value.astimezone(_finland()), locale_of(self.language)
        time = str(format_time(there, "short", locale=locale))
        form = str(get_datetime_format("long", locale=locale)).replace("'", "")
        return form.replace("{0}", time).replace("{1}", self.date(there))

    def day(self, value: datetime) -> str:
        """The date of an instant (with its time zone) in words, as calendars in Finland show it."""
        return self.date(value.astimezone(_finland()))

    def weekdays(self) -> list[str]:
        """The days of the week from Monday on."""
        names = get_day_names("wide", "stand-alone", locale_of(self.language))
        return [str(names[day]) for day in range(7)]

    def number(self, value: float) -> str:
        """A number."""
        return str(format_decimal(value, locale=locale_of(self.language)))

    def amount(self, value: float, unit: str) -> str:
        """A number with a unit of CLDR, such as "duration-minute"."""
        return str(format_unit(value, unit, "long", locale=locale_of(self.language)))
