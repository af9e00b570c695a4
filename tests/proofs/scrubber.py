"""Proof: what the scrubber takes out of CVs, and what it takes out of words about work.

    python -m tests.proofs.scrubber [CVS] [TERMS]

CVs in six languages with planted identifiers, half of the names unknown to the scrubber's list, become profiles; of the
encoder's input and of the whole scrubbed text nothing planted may be left. Then the vocabulary's occupations and
skills and the glossary's words are put into sentences in all seven languages: a term is lost where one of its words
is. Ends with status 1 where a goal is missed.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from time import process_time

from services.matching.domain.embedding_input import profile_input
from services.matching.domain.scrubbing import Text, scrubber
from services.matching.domain.scrubbing.lexicon import keys_of, neutral
from services.matching.domain.snapshots import ProfileSnapshot
from services.matching.domain.values import LocalizedText
from services.matching.domain.work import Goals, WorkProfile
from shared import vocabulary
from shared.vocabulary import Vocabulary
from shared.vocabulary.glossary import load_glossary
from tests.builders.cvs import Cv, CvDrawer, Name

MOST_NAMES_LEFT, MOST_TERMS_LOST = 0.05, 0.02
PATTERNS = ("birth", "telephone", "email", "code", "web")
FRAMES = {
    "fi": ("Olen työskennellyt alalla: {}, kolme vuotta.", "Olen {} ja etsin töitä.", "Osaan: {}. Olen ahkera."),
    "sv": ("Jag har arbetat med {} i tre år.", "Jag är {} och söker arbete.", "Jag kan {} bra."),
    "en": ("I have worked as {} for three years.", "I am a {} looking for work.", "I have experience of {}."),
    "uk": ("Три роки працюю: {}.", "Я {} і шукаю роботу.", "Маю досвід: {}."),
    "ru": ("Три года работаю: {}.", "Я {} и ищу работу.", "Имею опыт: {}."),
    "ar": ("عملت في {} لمدة ثلاث سنوات.", "أنا {} وأبحث عن عمل.", "لدي خبرة في {}."),
    "so": ("Waxaan ka shaqeeyey {} saddex sano.", "Waxaan ahay {}.", "Waxaan khibrad u leeyahay {}."),
}
__all__ = ["Counted", "Cv", "Name", "prove"]
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


@dataclass
class Counted:
    """What was planted and what is left; terms and what is lost of them. By kind, and by language."""

    planted: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    names: Counter[tuple[str, bool]] = field(default_factory=Counter)
    names_left: Counter[tuple[str, bool]] = field(default_factory=Counter)
    terms: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    @property
    def share_of_names_left(self) -> float:
        """Of the words of names."""
        return self.names_left.total() / max(1, self.names.total())

    @property
    def share_of_terms_lost(self) -> float:
        """Of all terms in all frames."""
        return self.lost.total() / max(1, self.terms.total())

    @property
    def passed(self) -> bool:
        """Whether all goals are met."""
        if any(self.left[kind] for kind in PATTERNS):
            return False
        return self.share_of_names_left <= MOST_NAMES_LEFT and self.share_of_terms_lost <= MOST_TERMS_LOST


def prove(cvs: int, terms: int, seed: int = 7) -> Counted:
    """Scrub so many CVs and so many terms, three sentences each."""
    words, done = vocabulary.load(), Counted()
    scrubber(words)  # built before time is taken
    for cv in CvDrawer(seed).draw(cvs):
        count_cv(cv, words, done)
    for language, term in Random(seed).sample(everything := _terms(words), min(terms, len(everything))):
        _count_term(language, term, words, done)
    return done


def count_cv(cv: Cv, words: Vocabulary, done: Counted) -> None:
    """In the scrubbed text as a whole, and in what is encoded of a profile that has it in its fields."""
    started = process_time()
    encoded = profile_input(_profile(cv), words).text()
    done.milliseconds.append((process_time() - started) * 1000)
    whole = scrubber(words).scrubbed([Text(cv.text)])[0]
    plain = f"{whole}\n{encoded}".translate(_DIGITS).casefold()
    for kind, planted in cv.planted:
        done.planted[kind] += 1
        if planted.translate(_DIGITS).casefold() in plain:
            done.left[kind] += 1
            done.examples.append(f"{kind} {cv.language}: {planted}")
    keys = set(keys_of(plain))
    for name, written in cv.named:
        for word in written.split():
            group = (cv.language, name.listed)
            done.names[group] += 1
            if set(keys_of(word)) & keys:
                done.names_left[group] += 1
                done.examples.append(f"name {cv.language}: {written}")


def _profile(cv: Cv) -> ProfileSnapshot:
    """The CV's lines as a summary and as goals: what a person may paste into either."""
    lines = cv.text.split("\n")
    half = len(lines) // 2
    summary = LocalizedText(cv.language, "\n".join(lines[:half]))
    return ProfileSnapshot("cv", 1, WorkProfile(summaries=(summary,), goals=Goals(text="\n".join(lines[half:]))))


def _terms(words: Vocabulary) -> list[tuple[str, str]]:
    found = {(language, label) for row in _rows(words) for language, label in row.labels.items()}
    each = [row.words for row in _rows(words)] + [entry.words for entry in load_glossary().entries]
    found |= {(language, word) for wordings in each for language, those in wordings.items() for word in those}
    return sorted((language, word.rstrip("*")) for language, word in found if language in FRAMES)


def _rows(words: Vocabulary) -> Iterator:  # type: ignore[type-arg]
    yield from words.tables.occupations.values()
    yield from words.tables.skills.values()


def _count_term(language: str, term: str, words: Vocabulary, done: Counted) -> None:
    expected = Counter(_neutral_keys(term))
    for place, frame in enumerate(FRAMES[language]):
        written = term[:1].upper() + term[1:] if place == 2 else term
        left = scrubber(words).scrubbed([Text(frame.format(written))])[0]
        done.terms[language] += 1
        if expected - Counter(_neutral_keys(left)):
            done.lost[language] += 1
            done.examples.append(f"term {language}: {frame.format(written)} → {left}")


def _neutral_keys(text: str) -> Iterator[str]:
    """Words with those that show a gender made alike: "waitress" is not lost where "waiter" is left."""
    for key in keys_of(re.sub(r"\*", "", text)):
        yield from keys_of(neutral().get(key, key))


def report(done: Counted) -> str:
    """What was found, in lines."""
    times = sorted(done.milliseconds)
    lines = [f"{len(times)} CVs; planted and left:"]
    lines += [f"  {kind:<10} {count:>6,} {done.left[kind]:>4}" for kind, count in done.planted.items()]
    for listed in (True, False):
        planted = sum(count for (_, known), count in done.names.items() if known is listed)
        left = sum(count for (_, known), count in done.names_left.items() if known is listed)
        lines.append(f"  names {'on' if listed else 'not on'} the list {planted:,}, left {left} ({left / planted:.2%})")
    lines.append(f"  names removed {1 - done.share_of_names_left:.2%} (goal 95 %)")
    lines.append(
        f"{done.terms.total():,} sentences with a term, lost {done.share_of_terms_lost:.2%} (goal at most 2 %):"
    )
    lines += [f"  {code} {done.lost[code] / count:.2%} of {count:,}" for code, count in sorted(done.terms.items())]
    lines.append(f"{times[len(times) // 2]:.2f} ms a profile (median), {times[int(len(times) * 0.95)]:.2f} (p95)")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """The command."""
    cvs, terms = (int(text) for text in (*arguments, *("500", "20000")[len(arguments) :]))
    done = prove(cvs, terms)
    for example in done.examples[:: max(1, len(done.examples) // 20)]:
        print(example)
    print(report(done))
    return 0 if done.passed else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
