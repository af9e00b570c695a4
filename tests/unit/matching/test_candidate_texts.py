"""Every standing has a sentence in Finnish, Swedish and English, with the same values in each."""

import re

import pytest
from babel.messages.pofile import read_po

from services.matching.adapters.candidate_texts import CANDIDATE_LANGUAGES, load_candidate_texts
from services.matching.adapters.texts import LOCALES
from services.matching.domain import aspects
from services.matching.domain.anonymity import WITHHELD
from services.matching.domain.aspects import Aspect, Standing
from tests.builders.matching import vocabulary
from tests.builders.matching_vocabulary import CARE, CLEANER

PLAIN = ("met", "not_met", "unknown", WITHHELD)
EXPERIENCE = (*(band for _, band in aspects.EXPERIENCE_BANDS), aspects.MOST_EXPERIENCE, "unknown", WITHHELD)
TRAVEL = (*(band for _, band in aspects.TRAVEL_BANDS), aspects.FARTHEST, aspects.REMOTE, "unknown", WITHHELD)
LEVELS = (aspects.HIGH, aspects.MIDDLE, aspects.LOW, "unknown", WITHHELD)
STANDINGS = [
    Standing(aspect, value)
    for aspect, values in (
        (Aspect("right_to_work"), PLAIN),
        (Aspect("language", "fi", "B1"), PLAIN),
        (Aspect("language", "fi"), PLAIN),
        (Aspect("licence", "hygiene-passport"), PLAIN),
        (Aspect("education"), PLAIN),
        (Aspect("skill", CARE), PLAIN),
        (Aspect("shift.evening"), PLAIN),
        (Aspect("shift.night"), PLAIN),
        (Aspect("shift.weekend"), PLAIN),
        (Aspect("hours"), PLAIN),
        (Aspect("times"), PLAIN),
        (Aspect("start"), PLAIN),
        (Aspect("experience", CLEANER, "24"), EXPERIENCE),
        (Aspect("travel"), TRAVEL),
        *((Aspect(f"part.{part}"), LEVELS) for part in aspects.PARTS),
    )
    for value in values
]


def catalogue(language: str) -> dict[str, str]:
    """The sentences of a language by key."""
    with (LOCALES / language / "LC_MESSAGES" / "candidates.po").open("rb") as source:
        return {str(message.id): str(message.string) for message in read_po(source) if message.id}


@pytest.mark.parametrize("language", CANDIDATE_LANGUAGES)
def test_every_standing_can_be_told(language: str) -> None:
    """Two sentences, without a brace, a key or a code that nobody speaks."""
    texts = load_candidate_texts(vocabulary())
    for standing in STANDINGS:
        text = texts.standing(standing, language)
        assert len(text) > 12
        assert not re.search(r"[{}_]|asked\.|value\.|http", text), text
        assert text.endswith(".")


def test_every_kind_of_aspect_is_told_of() -> None:
    """The kinds of the domain and those of this test are the same."""
    told = {standing.aspect.kind.partition(".")[0] for standing in STANDINGS} - {"part"}
    assert told == {*aspects.KINDS, *aspects.LATER_KINDS}


def test_sentences_have_the_same_values_in_every_language() -> None:
    """Keys and braces agree, and no sentence is there that nothing needs."""
    english = catalogue("en")
    for language in CANDIDATE_LANGUAGES:
        sentences = catalogue(language)
        assert sentences.keys() == english.keys()
        for key, sentence in sentences.items():
            assert set(re.findall(r"{(\w+)}", sentence)) == set(re.findall(r"{(\w+)}", english[key])), (language, key)
    needed = {f"asked.{standing.aspect.kind}" for standing in STANDINGS} | {"asked.language.any"}
    assert english.keys() == needed | {f"value.{standing.value}" for standing in STANDINGS}


def test_a_language_that_is_not_there_gives_english() -> None:
    """Readers of other languages are answered all the same."""
    texts = load_candidate_texts(vocabulary())
    assert texts.language_of("so") == "en"
    assert texts.standing(STANDINGS[0], "so") == texts.standing(STANDINGS[0], "en")
