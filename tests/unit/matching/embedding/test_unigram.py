"""The Unigram tokenizer on a vocabulary that fits on a page."""

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from services.matching.adapters.embedding.unigram import UnigramTokenizer

_PIECES = {
    "<s>": 0.0,
    "</s>": 0.0,
    "<unk>": 0.0,
    "▁": -3.0,
    "▁ko": -4.0,
    "▁kokki": -9.5,
    "kki": -4.0,
    "k": -5.0,
    "o": -5.0,
    "i": -5.0,
    "s": -5.0,
    ">": -5.0,
    "<": -5.0,
}


def _definition() -> dict[str, object]:
    special = [{"id": 0, "content": "<s>"}, {"id": 1, "content": "</s>"}, {"id": 2, "content": "<unk>"}]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{**token, **flags} for token in special],
        "normalizer": {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "<s>", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "</s>", "type_id": 0}},
            ],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {
                "<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                "</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]},
            },
        },
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 2, "vocab": [list(pair) for pair in _PIECES.items()]},
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(_definition()), encoding="utf-8")
    return path


def _pieces(ids: list[int]) -> list[str]:
    names = list(_PIECES)
    return [names[index] for index in ids]


def test_most_probable_pieces_win(file: Path) -> None:
    """Two pieces that are together more probable beat one longer piece."""
    assert _pieces(UnigramTokenizer(file, 16).encode("kokki")) == ["<s>", "▁ko", "kki", "</s>"]


def test_neighbouring_unknown_characters_are_one_token(file: Path) -> None:
    """Characters that no piece covers become one unknown token, however many stand together."""
    assert _pieces(UnigramTokenizer(file, 16).encode("ååko")) == ["<s>", "▁", "<unk>", "k", "o", "</s>"]


def test_limit_keeps_the_end_token(file: Path) -> None:
    """A long text is cut so that start and end tokens still fit."""
    ids = UnigramTokenizer(file, 4).encode("kokki kokki kokki")
    assert _pieces(ids) == ["<s>", "▁ko", "kki", "</s>"]


def test_control_tokens_stay_text(file: Path) -> None:
    """Nobody can write a control token into a text."""
    ids = UnigramTokenizer(file, 16).encode("<s>")
    assert _pieces(ids) == ["<s>", "▁", "<", "s", ">", "</s>"]


@pytest.mark.parametrize("text", ["", " ", "kokki  kokki", "okki kiko", "äkokkiöö k", "k" * 40, "o i o i"])
def test_same_tokens_as_the_library(file: Path, text: str) -> None:
    """The library's own tokenizer gives the same ids."""
    assert UnigramTokenizer(file, 64).encode(text) == Tokenizer.from_file(str(file)).encode(text).ids


def test_other_kinds_of_tokenizer_are_refused(tmp_path: Path) -> None:
    """A tokenizer that this code does not know is refused with the way out."""
    definition = _definition()
    definition["model"] = {"type": "WordPiece", "vocab": {}}
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(definition), encoding="utf-8")
    with pytest.raises(ValueError, match="torch engine"):
        UnigramTokenizer(path, 16)
