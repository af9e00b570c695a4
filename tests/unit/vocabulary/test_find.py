"""Concepts named in running text, in seven languages."""

import unicodedata
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import pytest

from shared.vocabulary import LANGUAGES, MENTION_KINDS, MentionKind, Vocabulary, load

KINDS: dict[str, MentionKind] = {"o": "occupation", "s": "skill", "l": "licence", "g": "language"}


class Sentence(NamedTuple):
    """A sentence and the concepts it names, as (kind, English label)."""

    language: str
    text: str
    expected: frozenset[tuple[str, str]]


def read_sentences() -> list[Sentence]:
    """The sentences of sentences.tsv."""
    sentences = []
    path = Path(__file__).parent / "sentences.tsv"
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, text, expected = line.split("\t")
            concepts = (item.strip() for item in expected.split(";") if item.strip())
            sentences.append(Sentence(language, text, frozenset((KINDS[item[0]], item[2:]) for item in concepts)))
    return sentences


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The starter vocabulary as services load it."""
    return load()


def found(vocabulary: Vocabulary, text: str) -> set[tuple[str, str]]:
    """What is found in a text, as (kind, English label)."""
    return {(m.kind, vocabulary.label_in(m.kind, m.code, "en")) for m in vocabulary.find(text)}


def counts(vocabulary: Vocabulary, sentences: list[Sentence]) -> Counter[str]:
    """Concepts found rightly, wrongly and not at all."""
    total: Counter[str] = Counter()
    for sentence in sentences:
        got = found(vocabulary, sentence.text)
        total["right"] += len(got & sentence.expected)
        total["wrong"] += len(got - sentence.expected)
        total["missed"] += len(sentence.expected - got)
    return total


def test_expected_concepts_exist(vocabulary: Vocabulary) -> None:
    """Each expected concept is in the vocabulary: a slip in the test's own data would look like a miss."""
    lists = {"occupation": "occupations", "skill": "skills", "licence": "licences", "language": "languages"}
    known = {
        (kind, row.labels["en"]) for kind, name in lists.items() for row in getattr(vocabulary.tables, name).values()
    }
    assert {concept for sentence in read_sentences() for concept in sentence.expected} <= known


def test_there_are_enough_sentences_in_each_language() -> None:
    """At least eight sentences a language, one of them naming nothing."""
    sentences = read_sentences()
    for language in LANGUAGES:
        own = [sentence for sentence in sentences if sentence.language == language]
        assert len(own) >= 8
        assert any(not sentence.expected for sentence in own)


def test_precision_and_recall_over_all_languages(vocabulary: Vocabulary) -> None:
    """Over all sentences at least 95 % of what is found is right, and at least 95 % of what is there is found."""
    total = counts(vocabulary, read_sentences())
    assert total["right"] / (total["right"] + total["wrong"]) >= 0.95
    assert total["right"] / (total["right"] + total["missed"]) >= 0.95


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_lags_behind(vocabulary: Vocabulary, language: str) -> None:
    """Precision and recall are at least 90 % in each language by itself."""
    total = counts(vocabulary, [sentence for sentence in read_sentences() if sentence.language == language])
    assert total["right"] / (total["right"] + total["wrong"]) >= 0.9
    assert total["right"] / (total["right"] + total["missed"]) >= 0.9


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_finds_itself(vocabulary: Vocabulary, language: str) -> None:
    """A label by itself is found as its own concept, whole: no shorter phrase inside it wins."""
    tables = vocabulary.tables
    lost = []
    for rows in (tables.occupations, tables.skills, tables.licences):
        for code, row in rows.items():
            label = row.labels[language]
            if not any(m.code == code and m.start == 0 for m in vocabulary.find(label)):
                lost.append(label)
    assert lost == []


def test_offsets_point_into_the_text_as_given(vocabulary: Vocabulary) -> None:
    """start and end cut the mention's words out of the given text, also when that is in decomposed form (NFD)."""
    text = unicodedata.normalize("NFD", "Hän on lähihoitaja ja sähköasentaja, кухар і водій автобуса.")
    mentions = vocabulary.find(text)
    assert len(mentions) == 4
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.words
    assert unicodedata.normalize("NFC", mentions[0].words) == "lähihoitaja"


def test_kinds_only_narrow_the_answer(vocabulary: Vocabulary) -> None:
    """Asking for some kinds gives exactly the mentions of those kinds among all."""
    text = "Kokki, jolla on hygieniapassi ja suomen kieli, osaa myös leivonnan. Forklift driver wanted."
    everything = vocabulary.find(text)
    assert {m.kind for m in everything} == MENTION_KINDS
    for kind in MENTION_KINDS:
        assert vocabulary.find(text, {kind}) == [m for m in everything if m.kind == kind]


def test_the_longest_phrase_wins(vocabulary: Vocabulary) -> None:
    """ "водій автобуса" is a bus driver, not a driver beside a bus."""
    assert found(vocabulary, "водій автобуса") == {("occupation", "bus driver")}


def test_a_phrase_does_not_cross_a_sentence(vocabulary: Vocabulary) -> None:
    """Words of two sentences make no phrase together."""
    assert ("skill", "customer service") in found(vocabulary, "good customer service")
    assert ("skill", "customer service") not in found(vocabulary, "We had one customer. Service was slow.")


def test_words_inside_words_are_not_found(vocabulary: Vocabulary) -> None:
    """A concept is found as a word, not as letters within another word."""
    assert found(vocabulary, "kokkikirja, bakeryware, Kassel, трактор-кухарство") == set()


def test_strength_tells_label_from_everyday_word_and_inflection(vocabulary: Vocabulary) -> None:
    """A label as written counts 1, an everyday word 0.9, an inflected form 0.9 of that."""
    assert [m.strength for m in vocabulary.find("siivooja")] == [1.0]
    assert [m.strength for m in vocabulary.find("laitoshuoltaja")] == [0.9]
    assert [m.strength for m in vocabulary.find("siivoojan")] == [0.9]
    assert [m.strength for m in vocabulary.find("laitoshuoltajan")] == [0.81]


def test_a_shared_word_is_read_in_the_language_of_the_text(vocabulary: Vocabulary) -> None:
    """A word that Ukrainian and Russian share takes the language that explains more of the text."""
    ukrainian = vocabulary.find("Я маляр, ще працював пекарем і кухарем.")
    russian = vocabulary.find("Я маляр, ещё работал пекарем, поваром и сварщиком.")
    assert {m.language for m in ukrainian} == {"uk"}
    assert {m.language for m in russian} == {"ru"}


@pytest.mark.parametrize(
    "text", ["", " ", "🙂🙂", "....", "\u0640\u0640", "a" * 10_000, "'" * 500, "\u0300", "ال", "و"]
)
def test_odd_texts_are_no_problem(vocabulary: Vocabulary, text: str) -> None:
    """Empty, very long and strange texts give no mention and no error."""
    assert vocabulary.find(text) == []


def test_it_is_quick(vocabulary: Vocabulary) -> None:
    """A text of 200 words takes at most 2 ms, the best of twenty."""
    text = " ".join(sentence.text for sentence in read_sentences())
    words = text.split()
    text = " ".join(words[:200])
    times = []
    for _ in range(20):
        start = perf_counter()
        vocabulary.find(text)
        times.append(perf_counter() - start)
    assert min(times) <= 0.002


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Työ vaatii taitoa ja tarkkuutta.", False),
        ("Taitosi ovat meille tärkeitä.", False),
        ("Taito opitaan työssä.", False),
        ("Kokemusta lehden taitosta ja kuvista.", True),
        ("Taittoa ja piirtämistä.", True),
    ],
)
def test_a_weak_finnish_stem_takes_the_endings_of_its_grade_only(
    vocabulary: Vocabulary, text: str, named: bool
) -> None:
    """Page layout ("taitto", "taitossa") is not found in every text that asks for skill ("taito", "taitoa")."""
    assert (("skill", "graphic design") in found(vocabulary, text)) is named
