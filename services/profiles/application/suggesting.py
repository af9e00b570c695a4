"""From what a CV says to suggestions: titles and tasks are linked to concepts, and what is known is left out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.profiles.application.ports.importing import Linked, LinkedTitle, Linking
from services.profiles.domain.cv.jobs import Job
from services.profiles.domain.cv.reading import Finder, Reading, read
from services.profiles.domain.suggestions import Claim, Suggestion, new_to
from services.profiles.domain.values import Answer, Concept
from services.profiles.domain.work import Education, LanguageSkill, Licence, Skill, WorkExperience, WorkProfile
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal

LINKING_OFF = "linking_off"
"""Note: concepts were looked up by their names alone."""
MOST_SKILLS = 40
FEWEST_SKILLS = 10
"""Where the texts speak of fewer skills, those follow without which nobody could have held the jobs."""
MOST_TITLE = 300
MOST_TASKS = 5000
MOST_EVIDENCE = 3
OCCUPATIONS = 3
"""Occupations that one job is suggested to be: the likeliest and two others."""
_EARLIER = 0.7
"""What a job implies beside the one after it."""
_TITLE_PARTS = 3
"""Parts of a job's header that may be its title: it is seldom behind employer and place."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What suggesting looks things up with; `names` finds what words name, for when `linking` cannot be asked."""

    linking: Linking
    names: Linking
    finder: Finder


ToolsFor = Callable[[Principal, str], Awaitable[Tools]]
"""Tools that ask on a caller's behalf and label concepts in a language (BCP 47, "" for English)."""


@dataclass(frozen=True, slots=True)
class Found:
    """The suggestions of a document, with notes on how they were found."""

    suggestions: tuple[Suggestion, ...]
    notes: tuple[str, ...] = ()


async def suggest(contents: str | Reading, work: WorkProfile, tools: Tools, today: date) -> Found:
    """What a document suggests for a work profile: jobs, skills, languages, educations, licences, in this order."""
    reading = read(contents, tools.finder, today) if isinstance(contents, str) else contents
    notes: tuple[str, ...] = ()
    try:
        linked = [suggestion async for suggestion in _linked(reading, tools.linking)]
    except Unavailable:
        notes = (LINKING_OFF,)
        linked = [suggestion async for suggestion in _linked(reading, tools.names)]
    return Found(tuple(_kept((*linked, *_plain(reading)), work)), notes)


async def _linked(reading: Reading, linking: Linking) -> AsyncIterator[Suggestion]:
    titles = [await _title(job, linking) for job in reading.jobs]
    for job, (title, found) in zip(reading.jobs, titles, strict=True):
        yield _experience(job, title, found)
    texts = [*(job.tasks for job in reading.jobs if job.tasks), *reading.about]
    told = await linking.skills(texts) if texts else ()
    for skill in _enough(told, [found for _, found in titles]):
        yield _suggestion(Skill(Concept(skill.uri, skill.label)), skill.words, inferred=not skill.stated)


async def _title(job: Job, linking: Linking) -> tuple[str, LinkedTitle]:
    """The part of a job's header that is its title: the one that names an occupation, else the first."""
    first = await linking.title(job.parts[0], OCCUPATIONS)
    found = first
    for part in job.parts[1:_TITLE_PARTS]:
        if found.stated:
            break
        found = await linking.title(part, OCCUPATIONS)
        if found.stated:
            return part, found
    return job.parts[0], first


def _experience(job: Job, title: str, found: LinkedTitle) -> Suggestion:
    concepts = tuple(Concept(one.uri, one.label) for one in found.occupations)
    occupation = replace(concepts[0] if concepts else Concept(), text=_line(title))
    claim = WorkExperience(occupation, job.months, job.country, job.tasks[:MOST_TASKS])
    return _suggestion(claim, (", ".join(job.parts),), inferred=not found.stated, alternatives=concepts)


def _enough(told: Sequence[Linked], titles: Iterable[LinkedTitle]) -> Iterator[Linked]:
    """The skills that the texts speak of, then, where these are few, what the jobs imply: the surest of the latest."""
    yield from told[:MOST_SKILLS]
    known = {skill.uri for skill in told}
    implied = [(skill.score * _EARLIER**place, skill) for place, found in enumerate(titles) for skill in found.skills]
    for _, skill in sorted(implied, key=lambda weighed: -weighed[0]):
        if len(known) >= FEWEST_SKILLS:
            break
        if skill.uri not in known:
            known.add(skill.uri)
            yield skill


def _plain(reading: Reading) -> Iterator[Suggestion]:
    """What needs no linking."""
    for spoken in reading.languages:
        yield _suggestion(LanguageSkill(spoken.code, spoken.levels), (spoken.words,))
    for studies in reading.educations:
        yield _suggestion(Education(studies.isced_level, title=_line(studies.title)), (studies.title,))
    for licence in reading.licences:
        yield _suggestion(Licence(licence.code, Answer.YES), (licence.words,))


def _line(words: str) -> str:
    """Words as the one line that a profile takes."""
    return " ".join(words.split())[:MOST_TITLE]


def _kept(told: Iterable[Suggestion], work: WorkProfile) -> Iterator[Suggestion]:
    """Each claim once, and none that the profile makes already."""
    seen: list[Claim] = []
    for suggestion in told:
        if suggestion.claim not in seen and new_to(work, suggestion.claim):
            seen.append(suggestion.claim)
            yield suggestion


def _suggestion(
    claim: Claim, words: Iterable[str], *, inferred: bool = False, alternatives: tuple[Concept, ...] = ()
) -> Suggestion:
    evidence = tuple(dict.fromkeys(word[:MOST_TITLE] for word in words if word))[:MOST_EVIDENCE]
    return Suggestion(new_id(), claim, evidence, inferred, alternatives)
