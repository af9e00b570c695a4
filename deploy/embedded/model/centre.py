"""The centre: the mean vector of short texts about work in the seekers' languages.

Vectors of e5 share a large common part, so all similarities lie between 0.7 and 0.9; without that part they spread
out and languages mix better. The centre is measured once and kept in the repository, because a vector that was
computed anew on every machine would differ in its last bits, and with it every stored vector.

`python -m deploy.embedded.model.centre [--base]` measures it again after centre_texts.txt, the weights or the tuning
changed; each of the two models has a centre of its own.
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from deploy.embedded.model.quantised import Floats
from deploy.embedded.model.sources import WEIGHTS, ModelBuildError
from deploy.embedded.model.variants import BASE, TUNED, Variant

TEXTS = Path(__file__).parent / "centre_texts.txt"
# Far above the differences between machines, far below anything that a similarity shows.
_DECIMALS = 6
_WIDTH = 384


def read_texts() -> list[tuple[str, str]]:
    """The project's own texts as (language, text)."""
    lines = TEXTS.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(language, text) for language, text in pairs]


def read_centre(variant: Variant = TUNED) -> Floats:
    """The stored centre, float32; ModelBuildError when it belongs to other texts or other weights."""
    stored = json.loads(variant.centre.read_text(encoding="utf-8"))
    if stored["measured_on"] != _measured_on(variant):
        raise ModelBuildError(
            f"{variant.centre.name} was measured on other texts or weights: "
            "run `python -m deploy.embedded.model.centre`"
        )
    return np.array(stored["centre"], np.float32)


def measure_centre(variant: Variant) -> Floats:
    """Mean over all texts of the uncentred vectors, as query and as passage, every language weighing the same."""
    from deploy.embedded.model.folder_writer import write_folder
    from services.matching.adapters.embedding.encoder import TextEncoder

    with tempfile.TemporaryDirectory() as folder:
        # No folder that others use: its centre is not known yet.
        write_folder(Path(folder), "unmeasured", _say, variant, np.zeros(_WIDTH, np.float32))
        encoder = TextEncoder(Path(folder), engine="onnx", centred=False)
        by_language: dict[str, list[Floats]] = {}
        for language, text in read_texts():
            vectors = by_language.setdefault(language, [])
            vectors += [encoder.encode(text, "query"), encoder.encode(text, "passage")]
    means = np.stack([np.stack(vectors).mean(axis=0) for vectors in by_language.values()])
    centre: Floats = np.round(means.mean(axis=0), _DECIMALS).astype(np.float32)
    return centre


def write_centre(variant: Variant, centre: Floats) -> None:
    """Store the centre with the hash of what it was measured on."""
    values = [round(float(value), _DECIMALS) for value in centre]
    stored = {"measured_on": _measured_on(variant), "centre": values}
    variant.centre.write_text(json.dumps(stored, indent=0) + "\n", encoding="utf-8")


def _measured_on(variant: Variant) -> str:
    weights = WEIGHTS.sha256 + variant.delta_sha256
    return hashlib.sha256(TEXTS.read_bytes() + weights.encode()).hexdigest()


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    chosen = BASE if "--base" in sys.argv[1:] else TUNED
    write_centre(chosen, measure_centre(chosen))
    _say(f"wrote {chosen.centre}")
