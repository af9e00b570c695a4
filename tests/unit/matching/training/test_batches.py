"""Batches: what belongs together, what is told apart, and that a seed repeats them."""

import random
from itertools import pairwise

import pytest

from services.matching.training.batches import PASSAGE, QUERY, Batch, Sampler
from services.matching.training.corpus import Concept, Corpus
from services.matching.training.rows import fill_rows
from services.matching.training.variants import FRAMES, latin, mistyped, plain_arabic, somali_spelling, varied


def _concepts(kind: str, count: int) -> tuple[Concept, ...]:
    return tuple(
        Concept(f"{kind}:{i}", {"fi": [f"{kind}{i} fi"], "en": [f"{kind}{i} en"], "uk": [f"{kind}{i} uk"]}, str(i // 4))
        for i in range(count)
    )


@pytest.fixture
def material() -> Corpus:
    skills = tuple(Concept(one.uri, {**one.forms, "so": ["x"]}) for one in _concepts("skill", 40))
    return Corpus(
        occupations=_concepts("job", 40),
        skills=skills,
        words=_concepts("word", 12),
        descriptions={index: f"First {index}. Second. Third." for index in range(40)},
        essential={index: (index, (index + 1) % 40) for index in range(0, 40, 2)},
        sentences=(*((f"Sentence {index}", (index, index + 1)) for index in range(30)), ("No skill", ())),
    )


def _sampler(material: Corpus, seed: int = 1) -> Sampler:
    return Sampler(material, [[(index + 1) % 40, (index + 2) % 40] for index in range(40)], seed)


TASKS = ("occupations", "skills", "words", "phrases", "sentences", "descriptions", "essential")


def _bare(text: str) -> str:
    return text.removeprefix(QUERY).removeprefix(PASSAGE)


@pytest.mark.parametrize("task", TASKS)
def test_right_texts_fit_to_their_left_ones(material: Corpus, task: str) -> None:
    """Every left text has its right one at its place, and its concept among what fits."""
    batch: Batch = getattr(_sampler(material), task)(16)
    assert batch.task == task
    assert 0 < len(batch.left) == len(batch.also) <= 16
    assert len(batch.right) == len(batch.concepts) >= len(batch.left)
    assert all(concept in fits for concept, fits in zip(batch.concepts, batch.also, strict=False))
    assert all(text.startswith((QUERY, PASSAGE)) for text in (*batch.left, *batch.right))


@pytest.mark.parametrize("task", TASKS)
def test_seed_repeats_batches(material: Corpus, task: str) -> None:
    """The same seed draws the same batches, another one others."""
    first, second, other = (getattr(_sampler(material, seed), task)(12) for seed in (3, 3, 4))
    assert first == second
    assert first != other


def test_concepts_are_once_in_a_batch(material: Corpus) -> None:
    """No concept is told apart from itself, and siblings of a unit group are drawn together."""
    batch = _sampler(material).occupations(20)
    assert len(set(batch.concepts)) == 20
    groups = sorted(int(uri.split(":")[1]) // 4 for uri in batch.concepts)
    assert sum(a == b for a, b in pairwise(groups)) >= 10


def test_phrases_share_words(material: Corpus) -> None:
    """Both texts of a phrase hold the same two words in two languages, and phrases of a batch share words."""
    batch = _sampler(material).phrases(16)
    for concept, left, right in zip(batch.concepts, batch.left, batch.right, strict=True):
        one, other = concept.split()
        assert one != other
        assert _bare(left) != _bare(right)
    words = [word for concept in batch.concepts for word in concept.split()]
    assert len(set(words)) < len(words)


def test_sentences_are_told_apart_from_more_skills(material: Corpus) -> None:
    """A sentence batch has as many further skills on the right; sentences without a known skill are not drawn."""
    batch = _sampler(material).sentences(20)
    assert len(batch.right) == 40
    assert all("No skill" not in text for text in batch.left)


def test_fitting_marks_every_skill_of_a_sentence(material: Corpus) -> None:
    """What else fits to a left text is never counted as wrong."""
    torch = pytest.importorskip("torch")
    from services.matching.training.loop import contrast, fitting

    batch = Batch("sentences", ["a", "b"], ["x", "y", "z"], ["1", "2", "3"], [frozenset("13"), frozenset("2")], 0.0)
    fits = fitting(batch, ["1", "9"])
    assert fits.tolist() == [[True, False, True, True, False], [False, True, False, False, False]]
    left = torch.eye(2, 3)
    right = torch.tensor([[1.0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 1]])
    assert float(contrast(left, right, fits, 0.05)) < 1e-6
    assert float(contrast(left, right, torch.zeros_like(fits), 0.05)) > 0.2


def test_rows_hold_every_text_once() -> None:
    """Every token stands in one row with its place in its text, short texts share rows, and a long one has room."""
    lists = [[5] * length for length in (9, 30, 4, 12, 50, 7)]
    rows = fill_rows(lists, padding=1)
    assert rows.tokens.shape == (2, 64)
    for number, tokens in enumerate(lists):
        inside = rows.texts == number
        assert rows.tokens[inside].tolist() == tokens
        assert rows.positions[inside].tolist() == list(range(len(tokens)))
        assert len(set(inside.nonzero()[0].tolist())) == 1
    assert set(rows.tokens[rows.texts < 0].tolist()) == {1}


def test_frames_keep_the_title() -> None:
    """Every phrase has one place for the title."""
    assert all(frame.count("{}") == 1 for frames in FRAMES.values() for frame in frames)


def test_variants_stay_near() -> None:
    """About half of the texts stay as they are; typing errors change one place; an empty text is no error."""
    chance = random.Random(5)
    texts = [varied("lähihoitaja", "fi", chance) for _ in range(400)]
    assert 160 < texts.count("lähihoitaja") < 300
    assert all(abs(len(mistyped("siivooja", chance)) - 8) <= 1 for _ in range(50))
    assert mistyped("kokki"[:4], chance) == "kokk"
    assert varied("", "so", chance) is not None


def test_spellings_are_those_of_people() -> None:
    """Cyrillic becomes Latin, Arabic loses signs or gains the article, Somali is spelt by ear."""
    chance = random.Random(2)
    assert latin("водій", chance) == "vodiy"
    assert {plain_arabic("معلمة أطفال", chance) for _ in range(30)} == {"المعلمة أطفال", "معلمه اطفال"}
    assert {somali_spelling("macallin", chance) for _ in range(5)} == {"maallin"}
