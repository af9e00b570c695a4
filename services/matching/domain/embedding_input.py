"""The texts that are encoded: occupations, tasks and goals of a person; title, work and teaching of an opening.

The input types are closed: they have no place for a name, a birth date, a gender, a nationality, a religion or health,
and what a person's own words say of these is cut out of them (`scrubbing`). A person's skill list is left out on
purpose: skills are compared one by one, and a part that reads a text must not fall when a skill is added. Of an opening
whatever looks like an address, a number of a person or a telephone is cut out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from services.matching.domain.scrubbing import IN_OPENINGS, scrubbed_work
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import Concept
from shared.vocabulary import Vocabulary

LONGEST = 1200
"""Characters, about 300 tokens: longer texts cost more to encode than they add."""
LABEL_LANGUAGE = "fi"
"""The language in which a bare code is written out: most openings are in Finnish."""

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ProfileInput:
    """What is encoded of a person, best first."""

    wished: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    goals: str = ""
    tasks: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()

    def text(self) -> str:
        """One text, cut to size; "" where the person has told nothing."""
        return _joined((*self.wished, *self.held, self.goals, *self.tasks, *self.summaries))


@dataclass(frozen=True, slots=True)
class OpeningInput:
    """What is encoded of an opening, best first."""

    titles: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()

    def text(self) -> str:
        """One text, cut to size."""
        return _joined((*self.titles, *self.occupations, *self.gives, *self.skills, *self.descriptions))


def profile_input(snapshot: ProfileSnapshot, vocabulary: Vocabulary) -> ProfileInput:
    """The input of a profile: nothing of it says who the person is, as far as `scrubbing` finds it."""
    work = scrubbed_work(snapshot.work, vocabulary)
    return ProfileInput(
        wished=_words((*work.goals.occupations, *work.goals.trainings), vocabulary),
        held=_words((experience.occupation for experience in work.experiences), vocabulary),
        goals=work.goals.text,
        tasks=tuple(experience.tasks for experience in work.experiences),
        summaries=tuple(summary.text for summary in work.summaries),
    )


def opening_input(snapshot: OpeningSnapshot, vocabulary: Vocabulary) -> OpeningInput:
    """The input of an opening; descriptions of several languages come in the order given."""
    gives = snapshot.gives
    return OpeningInput(
        titles=tuple(dict.fromkeys(title.text for title in snapshot.titles)),
        occupations=_words((snapshot.occupation,), vocabulary),
        gives=_words((*gives.leads_to, *gives.skills), vocabulary),
        skills=_words((requirement.skill for requirement in snapshot.skills), vocabulary),
        descriptions=tuple(text.text for text in snapshot.descriptions),
    )


def digest(model: str, text: str) -> str:
    """What stands for a text encoded by a model: the same text and model give the same vector. "" for no text."""
    return sha256(f"{model}\n{text}".encode()).hexdigest() if text else ""


def without_identifiers(text: str) -> str:
    """The text without web and e-mail addresses, personal identity codes and telephone numbers."""
    for pattern in IN_OPENINGS:
        text = pattern.sub(" ", text)
    return _SPACE.sub(" ", text).strip()


def _words(concepts: Iterable[Concept], vocabulary: Vocabulary) -> tuple[str, ...]:
    words = []
    for concept in concepts:
        label = vocabulary.label(concept.uri, LABEL_LANGUAGE) if concept.uri else ""
        known = label if label != concept.uri else ""
        words.append(concept.text or known)
    return tuple(dict.fromkeys(word for word in words if word))


def _joined(pieces: Iterable[str]) -> str:
    cleaned = (without_identifiers(piece).rstrip(".") for piece in pieces)
    text = ". ".join(piece for piece in cleaned if piece)
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0]
