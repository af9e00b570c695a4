"""The languages of the pages: those that have a catalogue. Adding a catalogue adds a language, left to right or not."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError

from shared.vocabulary import load

FOLDER = Path(__file__).parent / "locales"
ORDER = ("fi", "sv", "en", "uk", "ru", "ar", "so")
FALLBACK = "en"


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, Finland's own first."""
    found = {path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po")}
    return tuple(sorted(found, key=lambda tag: (ORDER.index(tag) if tag in ORDER else len(ORDER), tag)))


def direction(tag: str) -> str:
    """The direction in which a language is written, as HTML's `dir`."""
    return "rtl" if locale_of(tag).character_order == "right-to-left" else "ltr"


def own_name(tag: str) -> str:
    """What a language calls itself, such as "suomi"."""
    return (Locale.parse(tag).get_language_name(tag) or tag).capitalize()


def name_of(tag: str, reader: str) -> str:
    """The name of a language (BCP 47) in the reader's language; the tag itself where nobody has one.

    The vocabulary first: CLDR has no locale of some languages that people here speak, such as Dari (prs).
    """
    if load().language(tag) is not None:
        return load().label_in("language", tag, reader)
    try:
        return Locale.parse(tag, sep="-").get_display_name(reader) or tag
    except (ValueError, UnknownLocaleError):
        return tag


@cache
def locale_of(tag: str) -> Locale:
    """The locale for numbers and dates. Finland's conventions where a language is spoken there as well."""
    return Locale.parse({"sv": "sv_FI", "en": "en_GB"}.get(tag, tag))


def best_language(accept: str, fallback: str = FALLBACK, *, among: Sequence[str] | None = None) -> str:
    """The best language for an Accept-Language header (RFC 9110 section 12.5.4), by default of those of the pages."""
    known = languages() if among is None else among
    wanted: list[tuple[float, str]] = []
    for entry in accept[:500].split(","):
        tag, _, weight = entry.strip().partition(";q=")
        wanted.append((_weight(weight), tag.split("-")[0].lower()))
    for share, tag in sorted(wanted, key=lambda pair: -pair[0]):
        if share > 0 and tag in known:
            return tag
    return fallback


def _weight(text: str) -> float:
    try:
        return min(float(text), 1.0) if text else 1.0
    except ValueError:
        return 0.0
