"""Short forms of `make scrubber` and, without a model, of `make swap`."""

from services.matching.domain.embedding_input import profile_input
from services.matching.domain.linking import link_profile
from services.matching.evaluation.cases.drawing import Part, Source, draw
from services.matching.evaluation.cases.snapshots import profile_of
from services.matching.evaluation.cases.texts import Wordings, read_texts
from shared import vocabulary
from shared.vocabulary.glossary import load_glossary
from tests.proofs import scrubber, swap


def test_nothing_planted_is_left_and_words_about_work_stay() -> None:
    """500 CVs: no identifier of a form, at least 95 % of names removed; at most 2 % of terms lost."""
    done = scrubber.prove(500, 2_000)
    assert sum(done.planted.values()) > 2_000
    assert [kind for kind in scrubber.PATTERNS if done.left[kind]] == []
    assert done.share_of_names_left <= scrubber.MOST_NAMES_LEFT
    assert 0 < done.share_of_terms_lost <= scrubber.MOST_TERMS_LOST


def test_the_proof_finds_what_is_left() -> None:
    """Names in a place where nothing tells them are counted as left: the proof can fail."""
    done = scrubber.Counted()
    cv = scrubber.Cv(
        "en", "The team of otabek was good.", named=[(scrubber.Name("otabek", "", listed=False), "otabek")]
    )
    scrubber.count_cv(cv, vocabulary.load(), done)
    assert done.share_of_names_left == 1.0
    assert not done.passed


def test_200_profiles_in_twelve_variants_give_the_same_bytes_and_signals() -> None:
    """What a list is made of is the same, so the list is: the encoder's input byte by byte, and all that is read."""
    words = vocabulary.load()
    source = Source(words, read_texts(), Wordings(words, load_glossary()), swap.TODAY)
    people = [one for one in draw(260, 1, 7, Part.MEASURED, source).seekers if one.language in swap.LANGUAGES][:200]
    compared = 0
    for seeker in people:
        person = profile_of(seeker)
        text, signals = profile_input(person, words).text(), link_profile(person, words)
        for variant in swap.variants(seeker.language):
            varied = swap.saying(person, seeker.language, variant.said)
            assert profile_input(varied, words).text().encode() == text.encode(), variant.said
            assert link_profile(varied, words) == signals, variant.said
            compared += 1
    assert compared == 200 * 12
