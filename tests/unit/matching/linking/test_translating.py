"""What words become in another language, learnt from wordings of the same concept."""

import numpy as np

from services.matching.adapters.linking.wordings import translators
from services.matching.domain.linking.label_search import LabelSearch, Query
from services.matching.domain.linking.normalising import fold
from services.matching.domain.linking.translating import Pair, Translator
from shared import vocabulary
from shared.vocabulary.enrichment import with_glossary
from shared.vocabulary.glossary import load_glossary
from shared.vocabulary.held_out import is_held_out

PAIRS = (
    Pair("водій автобуса", "linja-autonkuljettaja"),
    Pair("водій вантажівки", "kuorma-autonkuljettaja"),
    Pair("водій трамвая", "raitiovaununkuljettaja"),
    Pair("ремонт автобуса", "linja-auton korjaus"),
    Pair("ремонт трамвая", "raitiovaunun korjaus"),
    Pair("سائق الترام", "raitiovaununkuljettaja"),
    Pair("تنظيف القطار", "junan siivous"),
)
LABELS = ("junankuljettaja", "raitiovaunun korjaus", "kuorma-auton korjaus", "sairaanhoitaja")


def _search(translation: Translator) -> LabelSearch:
    return LabelSearch(LABELS, ["fi"] * len(LABELS), translators={"fi": translation})


def test_title_that_nobody_has_listed_is_found_by_its_words() -> None:
    """Two words that were only seen with others are put together, in Slavic cases and with the Arabic article."""
    search = _search(Translator(PAIRS))
    assert int(search.scores(Query(fold("ремонт вантажівок"), "uk")).argmax()) == 2
    assert int(search.scores(Query(fold("سائق قطار"), "ar")).argmax()) == 0


def test_words_that_nobody_has_seen_say_nothing() -> None:
    """Without a known word nothing is expected, and every label scores the same."""
    translator = Translator(PAIRS)
    assert not len(translator.translated(fold("пекар")).hashes)
    assert not _search(translator).scores(Query(fold("пекар"), "uk")).any()


def test_nothing_learnt_is_no_error() -> None:
    """A translator without pairs translates nothing."""
    assert not len(Translator(()).translated("ремонт").hashes)


def test_within_a_language_words_are_not_translated() -> None:
    """Where the gate is open, letters themselves decide: the translation is left out."""
    labels = ["kuljettaja", "korjaus"]
    known = Translator((Pair("kuljettaja", "korjaus"),))
    with_it = LabelSearch(labels, ["fi", "fi"], translators={"fi": known})
    without = LabelSearch(labels, ["fi", "fi"])
    query = Query("kuljettaja", "fi")
    assert np.array_equal(with_it.scores(query), without.scores(query))


def test_expected_ngrams_are_ascending_and_positive() -> None:
    """What the index asks of n-grams: hashes unique and ascending, weights above 0."""
    grams = Translator(PAIRS).translated(fold("водій трамвая"))
    assert len(grams.hashes)
    assert (np.diff(grams.hashes.astype(object)) > 0).all()
    assert (grams.weights > 0).all()


def test_held_out_names_are_not_learnt_where_quality_is_measured() -> None:
    """A word of the glossary that is also the name of a held-out concept is left out, and so is the concept."""
    glossary = load_glossary()
    whole = with_glossary(vocabulary.load(), glossary)
    held = {
        fold(text)
        for uri, row in (*whole.tables.occupations.items(), *whole.tables.skills.items())
        if is_held_out(uri)
        for text in row.words.get("uk", ())
    }
    shared_words = [
        text for entry in glossary.of_kind("word") for text in entry.words.get("uk", ()) if fold(text) in held
    ]
    assert shared_words, "the glossary has no such word any more: choose another language"
    measured, served = (translators(whole, glossary, with_held_out=kept) for kept in (False, True))
    assert set(measured) == set(served) == {"fi", "sv", "en"}
    lost = [word for word in shared_words if not len(measured["fi"].translated(fold(word)).hashes)]
    assert lost
    assert all(len(served["fi"].translated(fold(word)).hashes) for word in shared_words)
