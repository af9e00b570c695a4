"""Spans of time as CVs write them: "03/2021 – 07/2024", "elokuu 2018–", "с марта 2016 по июль 2021", "2015–2018"."""

import re
from dataclasses import dataclass
from datetime import date

_MONTHS: tuple[str, ...] = (
    "jan tammi jaan січ янв يناير كانون.الثاني",
    "feb helmi лют фев فبراير شباط",
    "mar maalis mars берез мар مارس آذار اذار",
    "apr huhti квіт апр أبريل ابريل نيسان",
    "may maj touko трав ма[йя] مايو أيار ايار",
    "jun kesä черв июн يونيو حزيران",
    "jul heinä лип июл يوليو تموز",
    "aug elo серп авг أغسطس اغسطس آب",
    "sep syys вер сен سبتمبر أيلول ايلول",
    "oct okt loka жовт окт أكتوبر اكتوبر تشرين.الأول",
    "nov marras листоп ноя نوفمبر تشرين.الثاني",
    "dec des joulu груд дек ديسمبر كانون.الأول",
)
"""How the names of the months begin; `.` is any sign between two words."""
_NAMES = [(number, stem) for number, stems in enumerate(_MONTHS, 1) for stem in stems.split()]
_NAME = "|".join(sorted((stem for _, stem in _NAMES), key=len, reverse=True))
_NUMBER_OF = [(re.compile(stem), number) for number, stem in sorted(_NAMES, key=lambda named: -len(named[1]))]
_YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
_POINT = (
    rf"(?:(?:\d{{1,2}}\.)?(?P<m{{n}}>\d{{1,2}})[./](?P<y{{n}}>{_YEAR})"
    rf"|(?P<z{{n}}>{_YEAR})[-/.](?P<o{{n}}>\d{{1,2}})(?!\d)(?:-\d{{1,2}}(?!\d))?"
    rf"|(?:\d{{1,2}}\.?\s+)?(?P<w{{n}}>(?<!\w)(?:{_NAME})[^\W\d]*)\.?,?\s+(?P<v{{n}}>{_YEAR})"
    rf"|(?P<x{{n}}>{_YEAR}))(?!\d)"
)
_OF_YEAR = r"(?:\s*(?:г{1,2}|р{1,2}|м)\.?(?!\w)|\s*(?:года|року|год|рік)(?!\w))?"
_NOW = (
    r"present|now|today|current|ongoing|nykyinen|nykyhetki|nykyään|nyt|edelleen|jatkuu|toistaiseksi|nuvarande|nu|idag"
    r"|pågående|pågår|tills vidare|теперішній час|теперішнього часу|досі|зараз|сьогодні|нині|настоящее время"
    r"|настоящего времени|наст\. время|н\.\s?в\.|сейчас|сегодня|сей день|الآن|الان|الحاضر|اليوم|الوقت الحالي|حاليا"
)
_UNTIL = r"\s*(?:[-–—−‐]+|\bto\b|\buntil\b|\btill?\b|\bpo\b|\bпо\b|\bдо\b|إلى|الى|حتى)\s*"
_SINCE = r"(?:(?<!\w)(?:from|since|fr\.o\.m\.|från|sedan|alkaen|з|із|від|с|со|من|منذ)\s+)?"
_RANGE = re.compile(
    rf"{_SINCE}(?<!\d){_POINT.replace('{n}', '1')}{_OF_YEAR}"
    rf"(?:{_UNTIL}(?:{_POINT.replace('{n}', '2')}{_OF_YEAR}|(?P<now>{_NOW})(?!\w)|(?P<open>$|(?=[\s,;)]))))",
    re.IGNORECASE,
)
_SINGLE = re.compile(rf"{_SINCE}(?<!\d){_POINT.replace('{n}', '1')}{_OF_YEAR}", re.IGNORECASE)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_LONGEST_MONTHS = 900
_ABOUT_HALF_A_YEAR = 6
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time in a line: text[start:end] says it. `months` None: the line says when, but not for how long.

    Where only years are given, two years apart are counted as 24 months: what is meant lies between 13 and 35.
    """

    start: int
    end: int
    months: int | None = None


def period(line: str, today: date) -> Period | None:
    """The first span of time in a line, else the first single point in time; None where there is neither."""
    plain = line.translate(_DIGITS)
    found = _RANGE.search(plain)
    if found is None:
        single = _SINGLE.search(plain)
        return Period(single.start(), single.end()) if single else None
    begin = _point(found, "1")
    end = (today.year, today.month) if found["now"] is not None or found["open"] is not None else _point(found, "2")
    return Period(found.start(), found.end(), months_from(begin, end))


def _point(found: re.Match[str], number: str) -> tuple[int, int | None]:
    """Year and month, the month None where it is not said."""
    for year, month in ((f"y{number}", f"m{number}"), (f"z{number}", f"o{number}")):
        if found[year]:
            said = int(found[month])
            return int(found[year]), said if 1 <= said <= _DECEMBER else None
    word = found[f"w{number}"]
    if word:
        return int(found[f"v{number}"]), _month_named(word.casefold())
    return int(found[f"x{number}"]), None


def _month_named(word: str) -> int | None:
    return next((number for stem, number in _NUMBER_OF if stem.match(word)), None)


def months_from(begin: tuple[int, int | None], end: tuple[int, int | None]) -> int | None:
    """Months from one (year, month or None) to another, both included; None where the second is before the first."""
    (first, first_month), (last, last_month) = begin, end
    if first_month is None or last_month is None:
        months = (last - first) * 12 or _ABOUT_HALF_A_YEAR
    else:
        months = (last - first) * 12 + last_month - first_month + 1
    return months if 0 < months <= _LONGEST_MONTHS else None
