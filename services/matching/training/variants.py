"""The same words as people and adverts really write them: typing errors, other alphabets, capitals, phrases around.

Every function takes the random source, so that a training is repeated exactly by its seed.
"""

import random
import re
import unicodedata
from collections.abc import Callable

_CYRILLIC = dict(
    zip(
        "абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюяʼ'",
        (
            *("a", "b", "v", "g", "g", "d", "e", "yo", "ye", "zh", "z", "i", "i", "yi", "y", "k", "l", "m", "n", "o"),
            *("p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya", "", ""),
        ),
        strict=True,
    )
)
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"})
_SOMALI = (
    ("aa", "a"),
    ("ee", "e"),
    ("oo", "o"),
    ("ii", "i"),
    ("uu", "u"),
    ("dh", "d"),
    ("x", "h"),
    ("c", ""),
    ("q", "k"),
)

FRAMES = {
    "fi": ("{} Espooseen", "{} (vakituinen)", "haetaan: {}", "{}, määräaikainen", "{}, osa-aikainen", "etsimme: {}"),
    "sv": ("{} till Esbo", "{} sökes", "vi söker {}", "{}, heltid", "{}, vikariat"),
    "en": ("{} (full-time)", "{} wanted", "we are looking for a {}", "{} in Espoo", "experienced {}", "{}, part-time"),
    "de": ("{} (m/w/d)", "{} gesucht", "{} in Teilzeit"),
    "uk": ("працювала як {}", "шукаю роботу: {}", "{} з досвідом", "{}, повна зайнятість"),
    "ru": ("работал: {}", "ищу работу: {}", "{} с опытом", "{}, полная занятость"),
    "ar": ("أعمل {}", "أبحث عن عمل: {}", "{} بخبرة", "مطلوب {}"),
    "so": ("waxaan ahaa {}", "shaqo raadis: {}", "{} khibrad leh"),
}
"""Phrases around a title, in adverts and in CVs."""


def varied(text: str, language: str, chance: random.Random) -> str:
    """The text, or in about half of the calls a variant of it."""
    if chance.random() < 0.08:
        text = chance.choice(FRAMES.get(language, FRAMES["en"])).format(text)
    if chance.random() < 0.15 and (spelling := _SPELLINGS.get(language)):
        text = spelling(text, chance)
    if chance.random() < 0.08:
        text = mistyped(text, chance)
    draw = chance.random()
    if draw < 0.2:
        return text[:1].upper() + text[1:]
    return text.upper() if draw < 0.22 else text


def mistyped(text: str, chance: random.Random) -> str:
    """The text with one letter left out, doubled or exchanged with the next one; short texts stay."""
    inner = [index for index in range(1, len(text) - 1) if text[index].isalpha() and text[index + 1].isalpha()]
    if len(text) < 5 or not inner:
        return text
    at = chance.choice(inner)
    before, here, following, after = text[:at], text[at], text[at + 1], text[at + 2 :]
    return before + chance.choice((following, here + here + following, following + here)) + after


def latin(text: str, chance: random.Random) -> str:
    """Ukrainian or Russian in Latin letters, as people write without their keyboard."""
    return "".join(_CYRILLIC.get(letter, letter) for letter in text.lower())


def without_marks(text: str, chance: random.Random) -> str:
    """Letters without their dots and accents (ä → a)."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def plain_arabic(text: str, chance: random.Random) -> str:
    """Arabic without the signs that many leave out when typing, or with the article."""
    if chance.random() < 0.4:
        return re.sub(r"(?<!\S)(?=[\u0621-\u064a])(?!ال)", "ال", text, count=1)
    return text.translate(_ARABIC)


def somali_spelling(text: str, chance: random.Random) -> str:
    """Somali with one habit of people who spell it by ear."""
    usable = [(old, new) for old, new in _SOMALI if old in text.lower()]
    if not usable:
        return text
    old, new = chance.choice(usable)
    return text.lower().replace(old, new)


_SPELLINGS: dict[str, Callable[[str, random.Random], str]] = {
    "uk": latin,
    "ru": latin,
    "ar": plain_arabic,
    "so": somali_spelling,
    "fi": without_marks,
    "sv": without_marks,
    "de": without_marks,
    "es": without_marks,
}
