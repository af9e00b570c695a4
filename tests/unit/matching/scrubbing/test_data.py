"""The scrubber's lists and patterns."""

import pytest

from services.matching.domain.scrubbing import Kind
from services.matching.domain.scrubbing.lexicon import Classes, classes, keys_of, names, rows
from services.matching.domain.scrubbing.statements import Statements, read_pattern
from services.matching.domain.scrubbing.tokens import tokens_of
from shared.vocabulary import LANGUAGES
from shared.vocabulary.glossary import load_glossary
from tests.builders.cvs import unlisted_names

KNOWN = Classes([("land", "iraq"), ("land", "sri lanka"), ("person", "nain*")])


@pytest.mark.parametrize(
    ("pattern", "text", "words"),
    [
        ("i am from <land>", "I am from Iraq.", ["I am from Iraq"]),
        ("i am from <land>", "I am from Sri Lanka now", ["I am from Sri Lanka"]),
        ("i am very? from <land>", "I am from Iraq", ["I am from Iraq"]),
        ("-i am|was _ <person>", "I was ahkera nainen", ["was ahkera nainen"]),
        ("from <Land>", "from iraq", []),
        ("from <land> !food", "from Iraq food", []),
        ("i am from <land>", "I am, from Iraq", []),
        ("# times", "5 times", ["5 times"]),
        ("very? from <land>", "well, from Iraq", ["from Iraq"]),
        ("<person> -of #", "nainen of 2", ["nainen", "2"]),
        ("syntyn* <land>", "syntynyt Iraq", ["syntynyt Iraq"]),
    ],
)
def test_patterns_mean_what_their_page_says(pattern: str, text: str, words: list[str]) -> None:
    """Alternatives, beginnings, classes, phrases, what may be missing, what stays, what must not follow."""
    found = Statements([read_pattern("HEALTH", pattern)], KNOWN).find(tokens_of(text))
    assert [text[each.start : each.end] for each in found] == words


def test_every_pattern_can_be_read_and_uses_classes_that_there_are() -> None:
    """A typing mistake in the data is a class without words."""
    known = {row["class"] for row in rows("words.tsv")} | {"land", "finland", "abroad", "origin"}
    for row in rows("statements.tsv"):
        pattern = read_pattern(row["kind"], row["pattern"])
        assert isinstance(pattern.kind, Kind)
        assert any(not element.kept and not element.refused for element in pattern.elements), row
        for element in pattern.elements:
            assert element.classes <= known, row
            assert element.words or element.beginnings or element.classes or element.anything or element.number, row


def test_names_that_are_ordinary_words_are_marked_so() -> None:
    """A name that the glossary has as a word of the same script's languages counts only beside others."""
    words: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for entry in load_glossary().entries:
        for language, wordings in entry.words.items():
            words[language].update(key for word in wordings for key in keys_of(word))
    own = {"fi": ("fi",), "sv": ("sv",), "en": ("en",), "uk": ("uk", "ru"), "ru": ("uk", "ru"), "ar": ("ar",)}
    surely = [
        name
        for row in rows("names.tsv")
        for name in row["names"].split()
        for code in own.get(row["script"], ())
        if not name.endswith("?") and "-" not in name and set(keys_of(name)) & words[code]
    ]
    # Far oftener a name than a word with a capital letter.
    assert set(surely) <= {"Otto", "Henna", "Lehtinen", "Elin", "Linda", "Роман"}


def test_the_tests_own_names_are_on_no_list() -> None:
    """Else the CVs would say nothing of names that nobody has listed."""
    known = names()
    listed = known.given | known.family
    assert [name for name in unlisted_names() if set(keys_of(name)) & listed] == []
    assert len(unlisted_names()) > 150


def test_a_class_knows_endings_and_arabic_prefixes() -> None:
    """Up to five letters behind a stem; the article and "and" before an Arabic word."""
    assert "origin" in classes().of("somalialaisena")
    assert "land" in classes().of("والعراق")
    assert "origin" not in classes().of("somalialaisuudestaan")
