"""What is known of a word that nobody has listed: words that begin alike, sound alike, or are its last part."""

import pytest

from services.matching.domain.linking.beginnings import Beginnings, stem
from services.matching.domain.linking.normalising import fold
from services.matching.domain.linking.translating import Pair, Translator


def _known(*words: str) -> Beginnings:
    return Beginnings({stem(fold(word)): number for number, word in enumerate(words)})


def test_listed_word_is_itself_and_nothing_else() -> None:
    """A known stem counts fully, whatever else begins like it."""
    assert _known("каток", "катки", "катер").of("каток") == {0: 1.0}


def test_unlisted_case_shares_among_the_longest_common_beginnings() -> None:
    """Words with four letters in common are taken before those with three, each with its share."""
    known = _known("катка", "каток", "катки")
    assert known.of("каткувальник") == {0: 0.5, 2: 0.5}
    assert known.of("катод") == {1: 1.0}


def test_word_in_latin_letters_counts_half() -> None:
    """Another script's spelling of a known word is weaker than the word."""
    assert _known("повар").of("povar") == {0: 0.5}


def test_last_part_of_a_compound_counts_beside_its_beginning() -> None:
    """A compound whose end is a known word says that word too, less than its beginning."""
    assert _known("kahvi", "käyttäjä").of(fold("kahvimyllynkäyttäjä")) == {0: 1.0, 1: pytest.approx(0.3)}


@pytest.mark.parametrize("word", ["", "a", "пекар", "خباز"])
def test_word_like_none_says_nothing(word: str) -> None:
    """Nothing in common, no share; no words known, no error."""
    assert _known("водій", "مصنع").of(word) == {}
    assert Beginnings({}).of(word) == {}


def test_arabic_article_is_no_part_of_a_stem() -> None:
    """With or without its article a word has one stem."""
    assert stem("القطار") == stem("قطار") == "قطار"


def test_unlisted_word_is_translated_like_the_words_that_begin_alike() -> None:
    """The translator expects of an unlisted case what it has learnt of the listed one."""
    translator = Translator((Pair("каток", "jyrä"), Pair("водій", "kuljettaja")))
    assert translator.translated("катка").hashes.tolist() == translator.translated("каток").hashes.tolist()
