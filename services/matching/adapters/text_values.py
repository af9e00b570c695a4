"""Codes, dates, numbers and weekly times as a reader of one language writes them."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from gettext import NullTranslations
from unicodedata import bidirectional

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from services.matching.domain.values import Place
from shared.vocabulary import Vocabulary

_DATES = {
    "fi": "d.M.yyyy",
    "sv": "d.M.yyyy",
    "en": "d MMM yyyy",
    "uk": "d.M.yyyy",
    "ru": "d.M.yyyy",
    "ar": "d MMMM yyyy",
    "so": "d MMM yyyy",
}
"""Language → CLDR pattern. The month is named where day and month are not always written in this order."""
_CLOCKS = {"fi": ".", "sv": "."}
_COLON = ":"
_COMMAS = {"ar": "، "}
_COMMA = ", "
_KEPT = 4096
_LEVELS = {"NONE": "none", "NATIVE": "native"}
"""CEFR levels whose code in the vocabulary is not the name itself."""
_ISOLATE, _END = "\u2068", "\u2069"
"""First strong isolate and its end (Unicode Standard Annex 9)."""


@lru_cache
def right_to_left(language: str) -> bool:
    """Whether sentences of a language run from right to left."""
    return Locale.parse(language).character_order == "right-to-left"


def isolated(value: str) -> str:
    """A value for a sentence from right to left, with its own direction.

    A name in Latin letters or a range of numbers would else pull the marks beside it to its other end. A number alone
    does not, and a list whose parts are isolated already stays as it is.
    """
    if _ISOLATE in value or value.isdecimal() or not any(bidirectional(sign) in ("L", "EN") for sign in value):
        return value
    return f"{_ISOLATE}{value}{_END}"


class TextValues:
    """Formats the values of sentences in one language; a code that no list knows is shown as it is.

    `format(kind, value)` takes one of the kinds below; "" is "not known".
    """

    def __init__(self, language: str, vocabulary: Vocabulary, catalogue: NullTranslations) -> None:
        self._language = language
        self._right_to_left = right_to_left(language)
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
        return self._joined(self._vocabulary.label(one, self._language) for one in code.split(","))

    def language(self, code: str) -> str:
        """Languages; several by commas."""
        return self._joined(self._vocabulary.label_in("language", one, self._language) for one in code.split(","))

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
        """ISCO-08 groups; several by commas. A group without a name is called by the nearest one above it."""
        return self._joined(dict.fromkeys(self._isco(code) for code in codes.split(",")))

    def _isco(self, code: str) -> str:
        groups = [self._vocabulary.isco(code[:length]) for length in range(len(code), 0, -1)]
        for group in groups:
            # Most narrow groups have names in three languages only: a wider one in the reader's says more.
            if group is not None and self._language in group.labels:
                return group.labels[self._language]
        return self._vocabulary.label_in("isco", next((group.code for group in groups if group), code), self._language)

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
        text = self._joined(self._window(one) for one in times.split(","))
        travel = self._catalogue.gettext("windows.travel").format(minutes=minutes)
        return f"{text} {travel}" if minutes else text

    def _window(self, value: str) -> str:
        days, _, hours = value.partition(" ")
        named = "–".join(self._catalogue.gettext(f"day.{day}") for day in days.split("-"))
        return f"{named} {hours.replace('-', '–').replace(':', _CLOCKS.get(self._language, _COLON))}"

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
        return self._joined(dict.fromkeys(part for part in (named, town) if part))

    def _joined(self, parts: Iterable[str]) -> str:
        """Parts of a list, each with its own direction."""
        told = [isolated(part) for part in parts] if self._right_to_left else parts
        return _COMMAS.get(self._language, _COMMA).join(told)
