"""CVs with planted identifiers: sentences about work between names, numbers and statements, in six languages.

Half of the names are on the scrubber's own list, half are not (cv_names.tsv). A seed gives the same CVs every time.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from services.matching.domain.scrubbing.lexicon import rows
from services.matching.evaluation.cases.texts import read_texts

FOLDER = Path(__file__).parent
LANGUAGES = ("fi", "sv", "en", "uk", "ru", "ar")
SCRIPTS = {"fi": "latin", "sv": "latin", "en": "latin", "uk": "cyrillic", "ru": "cyrillic", "ar": "arabic"}
LISTED = {
    "fi": ("fi", "sv", "latin-slavic", "arabic-latin", "asian"),
    "sv": ("sv", "fi", "arabic-latin", "persian-kurdish-turkish", "african-latin"),
    "en": ("en", "asian", "arabic-latin", "african-latin", "latin-slavic"),
    "uk": ("uk",),
    "ru": ("ru",),
    "ar": ("ar",),
}
LANDS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "fi": (("Somalia", "Somaliasta", "Somalian"), ("Irak", "Irakista", "Irakin"), ("Viro", "Virosta", "Viron")),
    "sv": (("Somalia", "", "somalisk"), ("Irak", "", "irakisk"), ("Estland", "", "estnisk")),
    "en": (("Somalia", "", "Somali"), ("Iraq", "", "Iraqi"), ("Estonia", "", "Estonian")),
    "uk": (("Сомалі", "Сомалі", "сомалійське"), ("Сирія", "Сирії", "сирійське"), ("Україна", "Харкова", "українське")),
    "ru": (("Сомали", "Сомали", "сомалийское"), ("Сирия", "Сирии", "сирийское"), ("Украина", "Киева", "украинское")),
    "ar": (("الصومال", "", "صومالية"), ("العراق", "", "عراقية"), ("سوريا", "", "سورية")),
}
_LATIN = str.maketrans("абвгдежзийклмнопрстуфхцчшщыэюяіїєґ", "abvgdezziiklmnoprstufhccssyeuaiieg")
PLANTED = (
    ("d", "birth"),
    ("y", "birth"),
    ("a", "birth"),
    ("p", "telephone"),
    ("e", "email"),
    ("u", "web"),
    ("h", "code"),
)
"""Place of a frame → kind of what is planted there."""
_STARTS = ("040", "044", "050", "+358 40", "+358 (0)50", "00358 44", "(09)", "+380 67", "+46 70")
_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_MONTHS = {
    "fi": "maaliskuuta",
    "sv": "mars",
    "en": "March",
    "uk": "березня",
    "ru": "марта",
    "ar": "مارس",
}


@dataclass(frozen=True)
class Name:
    """A full name; `listed` whether the scrubber's list has it."""

    given: str
    family: str
    listed: bool

    @property
    def full(self) -> str:
        """Given name first."""
        return f"{self.given} {self.family}"


@dataclass
class Cv:
    """A CV, what was planted in it by kind, and the names planted: each (name, how it stands in the text)."""

    language: str
    text: str = ""
    planted: list[tuple[str, str]] = field(default_factory=list)
    named: list[tuple[Name, str]] = field(default_factory=list)
    work: list[str] = field(default_factory=list)


class CvDrawer:
    """Draws CVs from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._frames = _frames()
        self._unlisted = {row["script"]: (row["given"].split(), row["family"].split()) for row in _rows("cv_names.tsv")}
        self._listed = _listed()
        self._work = {
            language: [
                sentence
                for (_, written), sentences in read_texts().seekers.items()
                if written == language
                for kind in ("did", "want")
                for sentence in sentences[kind]
            ]
            for language in LANGUAGES
        }

    def draw(self, count: int) -> Iterator[Cv]:
        """So many CVs, the languages in turn, listed and unlisted names in turn within each."""
        for number in range(count):
            yield self.cv(LANGUAGES[number % len(LANGUAGES)], listed=number // len(LANGUAGES) % 2 == 0)

    def cv(self, language: str, *, listed: bool) -> Cv:
        """One CV."""
        cv = Cv(language)
        name = self._name(language, listed=listed)
        head, intro = self._random.choice(((1, 0), (0, 1), (1, 1)))
        parts = [self._part(cv, "head", name)] * head + [self._part(cv, "intro", name)] * intro
        parts += [self._part(cv, kind, name) for kind in ("birth", "contact")]
        parts += [self._part(cv, kind, name) for kind in ("code", "web") if self._random.random() < 0.6]
        parts += [self._part(cv, "said", name) for _ in range(self._random.randint(0, 2))]
        work = [self._random.choice(self._work[language]) for _ in range(self._random.randint(2, 4))]
        cv.work = work
        body = [*parts[head + intro :], *work]
        self._random.shuffle(body)
        ends = [self._part(cv, "later", name)] if self._random.random() < 0.3 else []
        ends += [self._part(cv, "closing", name)] if self._random.random() < 0.7 else []
        cv.text = "\n".join([*parts[: head + intro], *body, *ends])
        return cv

    def _part(self, cv: Cv, kind: str, name: Name) -> str:
        frame = self._random.choice(self._frames[cv.language][kind])
        referee = self._name(cv.language, listed=name.listed)
        values = self._values(cv.language, name, referee)
        for place, of in (("n", name), ("g", name), ("N", name), ("r", referee)):
            if f"{{{place}}}" in frame:
                cv.named.append((of, values[place]))
        for place, planted in PLANTED:
            if f"{{{place}}}" in frame:
                cv.planted.append((planted, values[place]))
        for place in ("c", "c_from", "o"):
            if f"{{{place}}}" in frame:
                cv.planted.append(("said", values[place]))
        return frame.format(**values)

    def _values(self, language: str, name: Name, referee: Name) -> dict[str, str]:
        land, land_from, people = self._random.choice(LANDS[language])
        year, month, day = self._random.randint(1955, 2006), self._random.randint(1, 12), self._random.randint(1, 28)
        forms = (
            f"{day}.{month}.{year}",
            f"{day:02}.{month:02}.{year}",
            f"{year}-{month:02}-{day:02}",
            f"{day:02}/{month:02}/{year}",
            f"{day} {_MONTHS[language]} {year}",
        )
        date = self._random.choice(forms)
        age = str(2026 - year)
        if language == "ar" and self._random.random() < 0.5:
            age, date = age.translate(_EASTERN), date.translate(_EASTERN)
        return {
            "n": name.full,
            "g": name.given,
            "N": name.full.upper(),
            "r": referee.full,
            "d": date,
            "y": str(year),
            "a": age,
            "p": self._telephone(),
            "e": self._email(name),
            "u": self._web(),
            "h": self._code(day, month, year),
            "c": land,
            "c_from": land_from,
            "o": people,
        }

    def _name(self, language: str, *, listed: bool) -> Name:
        if not listed:
            given, family = self._unlisted[SCRIPTS[language]]
            return Name(self._random.choice(given), self._random.choice(family), listed=False)
        script = self._random.choice(LISTED[language])
        return Name(
            self._random.choice(self._listed["given", script]),
            self._random.choice(self._listed["family", script]),
            listed=True,
        )

    # -- numbers and addresses ---------------------------------------------------------------------------------------

    def _digits(self, count: int) -> str:
        return "".join(str(self._random.randint(0, 9)) for _ in range(count))

    def _telephone(self) -> str:
        three, four = self._digits(3), self._digits(4)
        start = self._random.choice(
            ("040", "044", "050", "+358 40", "+358 (0)50", "00358 44", "(09)", "+380 67", "+46 70")
        )
        return self._random.choice((f"{start} {three} {four}", f"{start}-{three}{four}", f"{start}{three}{four}"))

    def _email(self, name: Name) -> str:
        locals_ = (
            f"{name.given}.{name.family}",
            f"{name.given}{self._digits(2)}",
            f"{name.family}_{name.given[:1]}",
            f"work{self._digits(4)}",
        )
        signs = self._random.choice(locals_).lower().translate(_LATIN)
        plain = "".join(sign for sign in signs if sign.isascii() and (sign.isalnum() or sign in "._"))
        host = self._random.choice(("gmail.com", "example.fi", "mail.ru", "ukr.net", "posti.example.org"))
        return f"{plain or 'me'}@{host}"

    def _web(self) -> str:
        forms = (
            "https://www.linkedin.com/in/p{}",
            "linkedin.com/in/p{}",
            "www.example.fi/{}",
            "http://facebook.com/p{}",
        )
        return self._random.choice(forms).format(self._digits(6))

    def _code(self, day: int, month: int, year: int) -> str:
        """A personal identity code with a right check sign (Act 661/2009): made up, of a number above 900."""
        digits = f"{day:02}{month:02}{year % 100:02}"
        number = self._random.randint(900, 999)
        check = _CHECK[int(f"{digits}{number}") % 31]
        return f"{digits}{'A' if year >= 2000 else '-'}{number}{check}"


_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def _frames() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for row in _rows("cv_frames.tsv"):
        text = row["text"].replace("\\n", "\n")
        found.setdefault(row["language"], {}).setdefault(row["kind"], []).append(text)
    return found


def _listed() -> dict[tuple[str, str], list[str]]:
    """The scrubber's own names by kind and script."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows("names.tsv"):
        found.setdefault((row["kind"], row["script"]), []).extend(word.rstrip("?") for word in row["names"].split())
    return found


def unlisted_names() -> list[str]:
    """Every name of cv_names.tsv."""
    return [name for row in _rows("cv_names.tsv") for column in ("given", "family") for name in row[column].split()]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        lines = (line for line in stream if not line.startswith("#"))
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
