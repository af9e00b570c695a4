"""The CVs of tests/data, with what was written down as right for each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CVS = Path(__file__).parents[1] / "data" / "cvs"
LANGUAGES = ("fi", "sv", "en", "uk", "ru", "ar")
_FIELDS = ("jobs", "skills", "languages", "licences")


@dataclass(frozen=True)
class Cv:
    """A text and what is right for it, as words."""

    name: str
    language: str
    part: str
    gold: dict[str, str]
    text: str = field(repr=False)


def cvs(language: str) -> Iterator[Cv]:
    """The CVs of a language."""
    for block in (CVS / f"{language}.txt").read_text(encoding="utf-8").split("\n@ "):
        head, *rest = block.removeprefix("@ ").splitlines()
        name, part = head.split()
        gold = {name: line.partition(":")[2].strip() for name, line in zip(_FIELDS, rest, strict=False)}
        yield Cv(name, language, part, gold, "\n".join(rest[len(_FIELDS) :]))
