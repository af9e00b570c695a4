"""Normalising, n-grams, the language gate, the thesaurus and their fusion."""

import numpy as np
import pytest

from services.matching.domain.linking.concepts import ConceptLabels, certainty
from services.matching.domain.linking.gate import LanguageGate
from services.matching.domain.linking.implied import vote
from services.matching.domain.linking.label_search import Expansion, LabelSearch, Query, windows
from services.matching.domain.linking.ngrams import NgramIndex
from services.matching.domain.linking.normalising import fold, skeleton
from services.matching.domain.linking.segments import segments
from services.matching.domain.linking.thesaurus import MISSPELT, TRANSLITERATED, WRITTEN, Thesaurus, Wording

WORDINGS = (
    Wording("cleaner", "fi", "siivooja"),
    Wording("cleaner", "uk", "прибиральник"),
    Wording("cook", "fi", "kokki"),
    Wording("cook", "ru", "повар"),
)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("прибиральник", "prybyralnyk"),
        ("повар", "povar"),
        ("водій", "vodiy"),
        ("työntekijä", "tyontekija"),
        ("охоронець", "okhoronets"),
    ],
)
def test_a_word_in_latin_letters_has_the_skeleton_of_the_word_itself(written: str, same: str) -> None:
    """However a word is written in Latin letters, its skeleton is that of its own script."""
    assert skeleton(fold(written)) == skeleton(fold(same))


def test_folding_makes_width_case_dashes_and_arabic_variants_alike() -> None:
    """NFKC, casefold, dashes as blanks, hamza forms of alif as alif."""
    assert fold("Ｋokki-Leipuri") == "kokki leipuri"
    assert fold("أمين") == fold("امين")


def test_ngram_cosines_are_one_for_the_text_itself_and_zero_for_another_script() -> None:
    """The cosine of a text to itself is 1; n-grams that nobody has are alike to nothing."""
    index = NgramIndex([fold("siivooja"), fold("kokki")])
    assert index.scores("siivooja") == pytest.approx([1.0, 0.0], abs=1e-6)
    assert not index.scores("повар").any()
    assert index.scores("siivoja")[0] > 0.5


def test_an_index_of_nothing_answers_nothing() -> None:
    """Without texts, and for a query without n-grams, there are no scores and no error."""
    assert len(NgramIndex([]).scores("kokki")) == 0
    assert not NgramIndex(["kokki"]).scores("").any()


def test_the_gate_opens_for_the_language_of_the_labels_only() -> None:
    """A word made of the labels' n-grams is of their language; one of other n-grams is foreign."""
    gate = LanguageGate({"fi": ["siivooja", "laitossiivooja", "keittiöapulainen"], "uk": ["прибиральник"]})
    opened = gate.of("siivooja")
    assert (opened["fi"], opened["uk"]) == (1.0, 0.0)
    assert gate.language("прибиральник") == "uk"
    assert gate.language("xyzzyq") == ""
    assert gate.of("xyzzyq", "fi")["fi"] == 1.0


@pytest.mark.parametrize(
    ("text", "concept", "strength"),
    [
        ("siivooja", "cleaner", WRITTEN),
        ("prybyralnyk", "cleaner", TRANSLITERATED),
        ("povar", "cook", TRANSLITERATED),
    ],
)
def test_known_wordings_are_found_as_written_and_transliterated(text: str, concept: str, strength: float) -> None:
    """What is written as it is known is surest; the same letters in another script come next."""
    (named,) = Thesaurus(WORDINGS).named(fold(text))
    assert (named.concept, named.strength) == (concept, strength)


def test_a_slip_of_the_pen_is_found_and_weaker() -> None:
    """A word with nearly the same letters names the concept, below what is written right; another word names none."""
    (named,) = Thesaurus(WORDINGS).named(fold("прибіральник"))
    assert named.concept == "cleaner"
    assert 0 < named.strength <= TRANSLITERATED
    assert MISSPELT < TRANSLITERATED
    assert Thesaurus(WORDINGS).named(fold("lentäjä")) == ()


def test_what_a_query_names_in_one_language_is_searched_in_the_others() -> None:
    """A Ukrainian title that the thesaurus knows finds the Finnish label without a vector."""
    thesaurus = Thesaurus(WORDINGS)
    search = LabelSearch(["kokki", "siivooja"], ["fi", "fi"])
    folded = fold("прибиральник")
    assert not search.scores(Query(folded)).any()
    scores = search.scores(Query(folded, expansions=thesaurus.expansions(folded)))
    assert int(np.argmax(scores)) == 1


def test_letters_do_not_count_across_languages() -> None:
    """With the gate shut the order is that of the cosines, however alike the letters are."""
    labels = ["chef", "leader of a team", "driver of a tram"]
    search = LabelSearch(labels, ["en"] * 3, np.eye(3, dtype=np.float32))
    cosines = np.asarray([0.1, 0.9, 0.2], np.float32)
    folded = "чефир"
    assert int(np.argmax(search.scores(Query(folded), cosines))) == 1
    own = search.scores(Query("chef", language="en"), np.zeros(3, np.float32))
    assert int(np.argmax(own)) == 0


def test_half_precision_gives_the_same_order() -> None:
    """Vectors in half precision, widened in parts, give the cosines of full precision to three places."""
    vectors = np.random.default_rng(3).standard_normal((50, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [f"label {number}" for number in range(50)]
    full = LabelSearch(texts, ["en"] * 50, vectors).cosines(vectors[7])
    half = LabelSearch(texts, ["en"] * 50, vectors.astype(np.float16)).cosines(vectors[7])
    assert full == pytest.approx(half, abs=2e-3)


def test_an_expansion_counts_by_its_strength() -> None:
    """A surer wording lifts its label higher."""
    search = LabelSearch(["kokki", "siivooja"], ["fi", "fi"])
    strengths = (1.0, 0.5)
    high, low = (search.scores(Query("x", expansions=(Expansion("kokki", "fi", one),)))[0] for one in strengths)
    assert high == pytest.approx(2 * low)


def test_running_text_is_compared_in_windows() -> None:
    """A label named inside a sentence is found as if it stood alone."""
    assert windows("a b c", (2,)) == ["a b c", "a b", "b c"]
    search = LabelSearch(["clean toilets", "drive trams"], ["en", "en"])
    scores = search.scores(Query("every morning you clean toilets and halls", "en", running=True))
    assert scores[0] > 2 * scores[1]


def test_concepts_take_the_best_of_their_labels() -> None:
    """Scores of labels become the highest for each concept, best first, ties in order."""
    labels = ConceptLabels(["a", "b", "a"])
    scores = labels.scores(np.asarray([1.0, 2.0, 3.0], np.float32))
    assert list(scores.values) == [3.0, 2.0]
    assert scores.best(5) == [0, 1]
    assert 0 < certainty(2.0) < certainty(6.0) < certainty(12.0) < 1


def test_skills_are_voted_for_by_nearness() -> None:
    """What the nearest occupations all need has the whole vote; what only a far one needs has little."""
    nearness = np.asarray([3.0, 2.0, 0.0], np.float32)
    votes = vote(nearness, [{0, 1}, {0}, {2}], 3, nearest=2)
    assert votes[0] == pytest.approx(1.0)
    assert votes[0] > votes[1] > votes[2] == 0


def test_segments_keep_their_places_in_code_points() -> None:
    """Each segment is the text between its offsets, also after letters outside of the basic plane."""
    text = "😀 Haemme kokkia. Siivoat!\n- Node.js\n"
    found = list(segments(text))
    assert [span.words for span in found] == ["😀 Haemme kokkia", "Siivoat", "Node.js"]
    assert all(text[span.start : span.end] == span.words for span in found)
