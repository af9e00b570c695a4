"""How well CVs are read: occupations and skills that import suggests, beside what was written down for each text.

usage: python -m tests.proofs.cv_import [--part tuning|check|all] [--model FOLDER] [--shown]
"""

import argparse
import asyncio
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from services.matching.adapters.embedding.encoder import TextEncoder
from services.matching.adapters.linking.linker import Linker
from services.matching.adapters.linking.vector_store import VectorStore
from services.matching.domain.linking.findings import Finding
from services.matching.domain.values import Basis
from services.profiles.application.ports.importing import Linked, LinkedTitle
from services.profiles.application.suggesting import Tools, suggest
from services.profiles.domain.suggestions import Suggestion
from services.profiles.domain.values import CefrLevel
from services.profiles.domain.work import LanguageSkill, Licence, Skill, WorkExperience, WorkProfile
from shared import vocabulary
from shared.vocabulary.enrichment import with_glossary
from shared.vocabulary.glossary import load_glossary
from tests.proofs.cv_texts import LANGUAGES, Cv, cvs

OCCUPATIONS_LEAST, SKILLS_LEAST = 0.85, 0.7
_SHOWN_SKILLS = 10
_FIRST = 3
_HEAD = "     CVs  main in 3  jobs in 3  skills P@10  of shown  shown  languages  licences"


class InProcess:
    """The service's linking without a network between."""

    def __init__(self, linker: Linker, words: vocabulary.Vocabulary) -> None:
        self._linker = linker
        self._words = words

    async def title(self, title: str, count: int) -> LinkedTitle:
        found = self._linker.link_title(title, "", count)
        implied = (replace(self._linked(each), words=(title,)) for each in found.implied_skills)
        return LinkedTitle(tuple(map(self._linked, found.occupations)), tuple(implied))

    async def skills(self, texts: Sequence[str]) -> tuple[Linked, ...]:
        return tuple(self._linked(each) for each in self._linker.link_text("\n".join(texts), "").skills)

    def _linked(self, found: Finding) -> Linked:
        words = tuple(span.words for span in found.evidence)
        return Linked(found.code, self._words.label(found.code, "en"), found.basis is Basis.STATED, found.score, words)


@dataclass
class Tally:
    """What was counted.

    main, right_jobs  CVs whose first job, and jobs, whose occupation is among the three that are suggested for them
    precisions        of each CV, right ones among the first ten skills, over ten also where fewer are shown
    right_of_shown    the same, over those shown
    """

    cvs: int = 0
    main: int = 0
    jobs: int = 0
    right_jobs: int = 0
    precisions: list[float] = field(default_factory=list)
    right_of_shown: list[float] = field(default_factory=list)
    shown: int = 0
    languages: int = 0
    right_languages: int = 0
    licences: int = 0
    right_licences: int = 0

    def add(self, other: "Tally") -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Right:
    """The concepts that the words of the annotation mean."""

    def __init__(self, words: vocabulary.Vocabulary) -> None:
        self._occupations = _by_wording(words.tables.occupations.values())
        self._skills = _by_wording(words.tables.skills.values())

    def jobs(self, cv: Cv) -> list[set[str]]:
        return [_all(self._occupations, job.split("|")) for job in cv.gold["jobs"].split(";")]

    def skills(self, cv: Cv) -> set[str]:
        return _all(self._skills, cv.gold["skills"].split(";"))


def _by_wording(rows: Iterable[Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        for wording in (row.labels.get("en", ""), *row.words.get("en", ())):
            plain = re.sub(r"\s*\([^)]*\)", "", wording).casefold()
            found.setdefault(plain, set()).add(row.uri)
    return found


def _all(known: dict[str, set[str]], words: Iterable[str]) -> set[str]:
    return {uri for word in words for uri in known.get(word.strip().casefold(), ())}


def judged(cv: Cv, suggested: Sequence[Suggestion], right: Right, shown: bool) -> Tally:
    """One CV's suggestions beside what is right for it."""
    tally = Tally(cvs=1)
    jobs = [each for each in suggested if isinstance(each.claim, WorkExperience)]
    for number, wanted in enumerate(right.jobs(cv)):
        offered = [concept.uri for concept in jobs[number].alternatives[:_FIRST]] if number < len(jobs) else []
        hit = bool(wanted.intersection(offered))
        tally.jobs += 1
        tally.right_jobs += hit
        tally.main += hit and number == 0
        if shown and not hit:
            print(
                f"  {cv.name}: job {number + 1}, {cv.gold['jobs'].split(';')[number].strip()}: {_names(jobs, number)}"
            )
    _judge_skills(cv, suggested, right, shown, tally)
    _judge_plain(cv, suggested, tally)
    return tally


def _judge_skills(cv: Cv, suggested: Sequence[Suggestion], right: Right, shown: bool, tally: Tally) -> None:
    skills = [each for each in suggested if isinstance(each.claim, Skill)][:_SHOWN_SKILLS]
    wanted = right.skills(cv)
    wrong = [each for each in skills if each.claim.skill.uri not in wanted]
    tally.shown += len(skills)
    tally.right_of_shown.append(1 - len(wrong) / max(1, len(skills)))
    tally.precisions.append((len(skills) - len(wrong)) / _SHOWN_SKILLS)
    if shown:
        for each in wrong:
            print(f"  {cv.name}: {each.claim.skill.text}{' ~' if each.inferred else ''} <- {each.evidence[0][:70]}")


def _judge_plain(cv: Cv, suggested: Sequence[Suggestion], tally: Tally) -> None:
    levels = {
        each.claim.language: each.claim.levels.speaking for each in suggested if isinstance(each.claim, LanguageSkill)
    }
    for code, _, level in (item.strip().partition("=") for item in cv.gold["languages"].split(";")):
        tally.languages += 1
        tally.right_languages += levels.get(code) is CefrLevel[level.upper()]
    found = {each.claim.code for each in suggested if isinstance(each.claim, Licence)}
    wanted = {code.strip() for code in cv.gold["licences"].split(";")} - {""}
    tally.licences += len(wanted)
    tally.right_licences += len(wanted & found)


def _names(jobs: Sequence[Suggestion], number: int) -> str:
    if number >= len(jobs):
        return "no such job found"
    job = jobs[number]
    return f"{job.claim.occupation.text!r} -> {', '.join(concept.text for concept in job.alternatives)}"


def linker(model: Path) -> tuple[Linker, vocabulary.Vocabulary]:
    """The linker as the service has it, with the vectors of all labels."""
    encoder = TextEncoder(model)
    words = with_glossary(vocabulary.load(), load_glossary())
    made = Linker(words, encoder, load_glossary())
    store = VectorStore(model.parent / "labels", encoder.model_id, encoder.dimension)
    for index in (made.occupations, made.skills):
        index.fill(index.texts, store.encode(index.texts, "query", encoder))
    return made, words


async def measure(model: Path, part: str, shown: bool) -> bool:
    """Print the figures of each language; whether both goals are reached over all."""
    linking, words = linker(model)
    right, tools = Right(words), Tools(InProcess(linking, words), InProcess(linking, words), vocabulary.load())
    everything = Tally()
    print(_HEAD)
    for language in LANGUAGES:
        tally = Tally()
        for cv in cvs(language):
            if part in (cv.part, "all"):
                found = await suggest(cv.text, WorkProfile(), tools, datetime.now(UTC).date())
                tally.add(judged(cv, found.suggestions, right, shown))
        print(_row(language, tally))
        everything.add(tally)
    print(_row("all", everything))
    return everything.main / everything.cvs >= OCCUPATIONS_LEAST and mean(everything.precisions) >= SKILLS_LEAST


def _row(name: str, tally: Tally) -> str:
    occupations = f"{tally.main / tally.cvs:11.1%}{tally.right_jobs / tally.jobs:11.1%}"
    skills = f"{mean(tally.precisions):13.3f}{mean(tally.right_of_shown):10.3f}{tally.shown / tally.cvs:7.1f}"
    languages = f"{tally.right_languages / tally.languages:11.1%}"
    return f"{name:4}{tally.cvs:5}{occupations}{skills}{languages}{tally.right_licences / max(1, tally.licences):10.1%}"


def main(arguments: Sequence[str]) -> int:
    """Run the command; 1 where a goal is not reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.proofs.cv_import", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="Polku's model folder")
    parser.add_argument("--part", choices=("tuning", "check", "all"), default="all")
    parser.add_argument("--shown", action="store_true", help="name what is wrong, of the part for tuning only")
    options = parser.parse_args(arguments)
    reached = asyncio.run(measure(options.model, options.part, options.shown and options.part == "tuning"))
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
