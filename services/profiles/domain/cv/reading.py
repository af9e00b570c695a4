"""A CV as a whole: what it says of jobs, educations, languages and licences, and which of its lines speak of skills."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from services.profiles.domain.cv.educations import MOST_EDUCATIONS, Studies, educations
from services.profiles.domain.cv.headings import Section
from services.profiles.domain.cv.jobs import Job, jobs
from services.profiles.domain.cv.languages import SpokenLanguage, languages
from services.profiles.domain.cv.licences import driving_licences, names_classes
from services.profiles.domain.cv.lines import Line, lines
from shared.vocabulary import Mention
from shared.vocabulary.types import MentionKind

_DRIVING = "driving-licence-"
_LANGUAGES: tuple[MentionKind] = ("language",)
_LICENCES: tuple[MentionKind] = ("licence",)
_SPEAKS_OF_SKILLS = frozenset({Section.SUMMARY, Section.SKILLS, Section.OTHER})


class Finder(Protocol):
    """What finds words of the vocabulary in a text; see `shared.vocabulary.Vocabulary.find`."""

    def find(self, text: str, kinds: Collection[MentionKind]) -> list[Mention]:
        """Mentions in the order of the text."""
        ...


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A licence by its code, with the words that name it."""

    code: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a CV says.

    about    lines about skills: the summary, lists of skills, other notes. Tasks stand with their jobs
    """

    jobs: tuple[Job, ...] = ()
    educations: tuple[Studies, ...] = ()
    languages: tuple[SpokenLanguage, ...] = ()
    licences: tuple[HeldLicence, ...] = ()
    about: tuple[str, ...] = field(default=(), repr=False)


def read(text: str, finder: Finder, today: date) -> Reading:
    """Read a CV. Name and contacts, which come before the first heading, are in nothing that this returns."""
    everything = list(lines(text))
    by_section = {section: [line for line in everything if line.section is section] for section in Section}
    return Reading(
        jobs=jobs(by_section[Section.WORK] or _without_headings(everything), today),
        educations=tuple(educations(by_section[Section.EDUCATION], today))[:MOST_EDUCATIONS],
        languages=languages(_language_lines(everything, by_section[Section.LANGUAGES], finder)),
        licences=tuple(_licences(everything, finder)),
        about=tuple(line.text for line in everything if line.section in _SPEAKS_OF_SKILLS),
    )


def _without_headings(everything: Sequence[Line]) -> list[Line]:
    """The lines of a text that has no heading at all; where there are headings, what is above them is no work."""
    return list(everything) if all(line.section is Section.IDENTITY for line in everything) else []


def _language_lines(
    everything: Sequence[Line], own: Sequence[Line], finder: Finder
) -> Iterator[tuple[Line, list[Mention]]]:
    """The lines under the heading of languages; without one, other lines that name a language with its level."""
    for line in own or (each for each in everything if each.section is not Section.WORK):
        mentions = finder.find(line.text, _LANGUAGES)
        if own or any(spoken.has_level for spoken in languages([(line, mentions)])):
            yield line, mentions


def _licences(everything: Iterable[Line], finder: Finder) -> Iterator[HeldLicence]:
    """Each licence once; the classes of a driving licence are those that the line names."""
    told: set[str] = set()
    for line in everything:
        if line.section in (Section.WORK, Section.EDUCATION) and line.bullet:
            continue
        classes = [HeldLicence(code, words) for code, words in driving_licences(line.text)]
        named = [HeldLicence(each.code, each.words) for each in finder.find(line.text, _LICENCES)]
        if names_classes(line.text):
            named = [each for each in named if not each.code.startswith(_DRIVING)]
        for licence in (*classes, *named):
            if licence.code not in told:
                told.add(licence.code)
                yield licence
