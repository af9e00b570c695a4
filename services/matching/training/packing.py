"""Makes the file that Polku ships out of tuned weights: the differences to the published ones in four bits."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import safe_open

from services.matching.models.delta import BLOCK, Floats, Stored, packed, packed_rows, write_delta

WORDS = "embeddings.word_embeddings.weight"
LARGEST = 16_000_000
"""Bytes that the file may have; the word rows that changed most fill what the layers leave."""

_HEADER = 40_000  # bytes, more than names and places need


def pack(
    base: Path, tuned: Mapping[str, Floats], out: Path, base_sha256: str, *, share: float = 1.0, largest: int = LARGEST
) -> int:
    """Write the differences between `tuned` and the model file `base`; returns how many word rows found room.

    `share` is how far the shipped weights go from the published to the tuned ones, 0 to 1: a little less than the whole
    way keeps more of what the published model knows (Wortsman et al., Robust fine-tuning of zero-shot models, 2022).
    """
    stored: Stored = {}
    with safe_open(base, "numpy") as file:
        for name, values in tuned.items():
            if name != WORDS:
                stored |= packed(name, share * (values - file.get_tensor(name)))
        words = share * (tuned[WORDS] - file.get_tensor(WORDS))
    room = largest - _HEADER - sum(values.nbytes for values in stored.values())
    numbers = changed_rows(words, room)
    write_delta(out, stored | packed_rows(WORDS, words, numbers), base_sha256)
    return len(numbers)


def changed_rows(difference: Floats, room: int) -> npt.NDArray[np.int64]:
    """The rows that changed most, as many as `room` bytes take: half a byte a value, scales and the row's number."""
    width = difference.shape[1]
    size = width // 2 + 2 * (width // BLOCK) + 4
    change = np.linalg.norm(difference, axis=1)
    most = np.argsort(-change, kind="stable")[: max(0, room) // size]
    return np.sort(most[change[most] > 0])
