"""Codes, dates, numbers and weekly times as a reader of one language writes them."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from gettext import NullTranslations

from babel.dates import format_date
from babel.numbers import format_decimal

from services.matching.domain.values import Place
from shared.vocabulary import Vocabulary

_DATES = {"fi": "d.M.yyyy", "sv": "d.M.yyyy", "en": "d MMM yyyy"}
_CLOCKS = {"fi": ".", "sv": ".", "en": ":"}
_KEPT = 4096
_LEVELS = {"NONE": "none", "NATIVE": "native"}
"""CEFR levels whose code in the vocabulary is not the name itself."""


class TextValues:
    """Formats the values of sentences in one language; a code that no list knows is shown as it is.

    `format(kind, value)` takes one of the kinds below; "" is "not known".
    """

    def __init__(self, language: str, vocabulary: Vocabulary, catalogue: NullTranslations) -> None:
        self._language = language
        self._vocabulary = vocabulary
        self._catalogue = catalogue
        self._formats: dict[str, Callable[[str], str]] = {
            "plain": str,
            "concept": self.concept,
            "language": self.language,
            "level": self.level,
            "date": self.date,
            "number": self.number,
            "isco": self.isco,
            "isced_level": self.isced_level,
            "isced_field": self.isced_field,
            "recognition": self.recognition,
            "windows": self.windows,
            "mode": self.mode,
        }

        # The same few values come again and again, and dates and numbers are slow to write.
        self.format = lru_cache(maxsize=_KEPT)(self._format)

    def _format(self, kind: str, value: str) -> str:
        return self._formats[kind](value) if value else self._catalogue.gettext("unknown")

    def concept(self, code: str) -> str:
        """Occupations, skills and licences; several by commas."""
        return ", ".join(self._vocabulary.label(one, self._language) for one in code.split(","))

    def language(self, code: str) -> str:
        """Languages; several by commas."""
        return ", ".join(self._vocabulary.label_in("language", one, self._language) for one in code.split(","))

    def level(self, name: str) -> str:
        """A CEFR level, by its letter and number where it has one."""
        code = _LEVELS.get(name, name)
        return self._vocabulary.label_in("cefr_level", code, self._language) if name in _LEVELS else code

    def date(self, value: str) -> str:
        """An ISO 8601 date; another word stays as it is."""
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return value
        return format_date(day, _DATES[self._language], locale=self._language)

    def number(self, value: str) -> str:
        """A decimal number."""
        return format_decimal(value, locale=self._language)

    def isco(self, codes: str) -> str:
        """ISCO-08 groups; several by commas. A group without a label is called by the nearest one above it."""
        return ", ".join(self._isco(code) for code in codes.split(","))

    def _isco(self, code: str) -> str:
        for length in range(len(code), 0, -1):
            label = self._vocabulary.label_in("isco", code[:length], self._language)
            if label != code[:length]:
                return label
        return code

    def isced_level(self, code: str) -> str:
        """An ISCED 2011 level."""
        return self._vocabulary.label_in("isced_level", code, self._language)

    def isced_field(self, code: str) -> str:
        """An ISCED-F 2013 field; one of four digits is called by its narrow field."""
        return self._vocabulary.label_in("isced_field", code[:3], self._language)

    def recognition(self, state: str) -> str:
        """A state of recognition."""
        return self._catalogue.gettext(f"recognition.{state}")

    def mode(self, code: str) -> str:
        """A way of travelling, as in "by bicycle"."""
        return self._vocabulary.label_in("travel_mode", code, self._language)

    def windows(self, value: str) -> str:
        """Weekly times: "MO-FR 07:00-15:00 +25" is Mon–Fri 07:00–15:00 and the way, 25 min each way."""
        times, _, minutes = value.partition(" +")
        text = ", ".join(self._window(one) for one in times.split(","))
        travel = self._catalogue.gettext("windows.travel").format(minutes=minutes)
        return f"{text} {travel}" if minutes else text

    def _window(self, value: str) -> str:
        days, _, hours = value.partition(" ")
        named = "–".join(self._catalogue.gettext(f"day.{day}") for day in days.split("-"))
        return f"{named} {hours.replace('-', '–').replace(':', _CLOCKS[self._language])}"

    def hours(self, value: str) -> str:
        """A range of hours: "20-30", "20-", "-30"."""
        least, _, most = value.partition("-")
        if least and most and least != most:
            key = "hours.between"
        elif least == most:
            return self.number(most)
        else:
            key = "hours.least" if least else "hours.most"
        numbers = {"least": self.number(least) if least else "", "most": self.number(most) if most else ""}
        return self._catalogue.gettext(key).format(**numbers)

    def place(self, place: Place) -> str:
        """District and municipality in words."""
        district = self._vocabulary.place(place.district) if place.district else None
        named = self._vocabulary.label_in("place", district.code, self._language) if district else place.district
        town = self._vocabulary.label_in("municipality", place.municipality, self._language)
        return ", ".join(dict.fromkeys(part for part in (named, town) if part))
