"""Tokens of a SentencePiece Unigram model, read from a tokenizer.json.

The tokenizers library keeps the 250,000 pieces of XLM-R in a tree of hash maps: 290 MB for as long as the process
lives. A dictionary of the pieces holds the same in a sixth of that, and a text of sixty tokens is split in well under
a millisecond. Normalisation and the split into words are the library's own, so both give the same tokens; a contract
test compares them. One difference is meant: a control token that somebody writes, such as `<mask>`, stays text.
"""

import json
from array import array
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

# What SentencePiece takes off the worst score for a character that no piece covers.
_UNKNOWN_PENALTY = 10.0


class UnigramTokenizer:
    """Splits texts into piece ids, with the start and end tokens of the file's template, cut to `limit` tokens."""

    def __init__(self, path: Path, limit: int) -> None:
        definition = json.loads(path.read_bytes())
        model = definition["model"]
        if model.get("type") != "Unigram" or model.get("byte_fallback"):
            raise ValueError(f"{path} holds no plain Unigram tokenizer: use the torch engine for this model")
        control = {token["content"] for token in definition["added_tokens"]}
        vocabulary = model["vocab"]
        self._unknown: int = model["unk_id"]
        self._scores = array("d", (score for _, score in vocabulary))
        self._ids = {piece: index for index, (piece, _) in enumerate(vocabulary) if piece not in control}
        self._longest = max(map(len, self._ids))
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY
        self._start, self._end = _template(definition["post_processor"])
        self._room = limit - len(self._start) - len(self._end)
        self._library = _without_vocabulary(definition)

    def encode(self, text: str) -> list[int]:
        """Piece ids of one text, start and end tokens included; what exceeds the limit is cut off."""
        library = self._library
        normalised = library.normalizer.normalize_str(text) if library.normalizer else text
        ids: list[int] = []
        for word, _ in library.pre_tokenizer.pre_tokenize_str(normalised):
            ids += self._split(word)
            if len(ids) >= self._room:
                break
        return [*self._start, *ids[: self._room], *self._end]

    def _split(self, word: str) -> list[int]:
        """The most probable pieces of one word (Viterbi); neighbouring unknown characters become one token."""
        size = len(word)
        best = [0.0] + [float("-inf")] * size
        origin = [0] * (size + 1)
        piece_at = [self._unknown] * (size + 1)
        for start in range(size):
            for end in range(start + 1, min(start + self._longest, size) + 1):
                piece = self._piece(word, start, end)
                if piece is None:
                    continue
                score = best[start] + (self._unknown_score if piece == self._unknown else self._scores[piece])
                if score > best[end]:
                    best[end], origin[end], piece_at[end] = score, start, piece
        return self._walk_back(origin, piece_at, size)

    def _piece(self, word: str, start: int, end: int) -> int | None:
        piece = self._ids.get(word[start:end])
        return self._unknown if piece is None and end == start + 1 else piece

    def _walk_back(self, origin: list[int], piece_at: list[int], size: int) -> list[int]:
        ids: list[int] = []
        end = size
        while end > 0:
            if not (ids and piece_at[end] == ids[-1] == self._unknown):
                ids.append(piece_at[end])
            end = origin[end]
        return ids[::-1]


def _template(post_processor: dict[str, Any]) -> tuple[list[int], list[int]]:
    """The ids that the file's template puts before and after a single text."""
    before: list[int] = []
    after: list[int] = []
    side = before
    for part in post_processor["single"]:
        if "Sequence" in part:
            side = after
        else:
            side += post_processor["special_tokens"][part["SpecialToken"]["id"]]["ids"]
    return before, after


def _without_vocabulary(definition: dict[str, Any]) -> Tokenizer:
    """The library's tokenizer with its normaliser and word splitter, and nearly no pieces."""
    model = definition["model"]
    bare = {**definition, "added_tokens": [], "post_processor": None}
    bare["model"] = {**model, "vocab": model["vocab"][: model["unk_id"] + 1]}
    return Tokenizer.from_str(json.dumps(bare))
