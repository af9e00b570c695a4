"""The centre: the mean vector of short texts about work in the seekers' languages.

Vectors of e5 share a large common part, so all similarities lie between 0.7 and 0.9; without that part they spread
out and languages mix better. The centre is measured once and kept in the repository, because a vector that was
computed anew on every machine would differ in its last bits, and with it every stored vector.

`python -m deploy.embedded.model.centre VAR_DIR` measures it again after centre_texts.txt or the weights changed.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

from deploy.embedded.model.quantised import Floats
from deploy.embedded.model.sources import CENTRE, WEIGHTS, ModelBuildError

TEXTS = Path(__file__).parent / "centre_texts.txt"
# Far above the differences between machines, far below anything that a similarity shows.
_DECIMALS = 6


def read_texts() -> list[tuple[str, str]]:
    """The project's own texts as (language, text)."""
    lines = TEXTS.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(language, text) for language, text in pairs]


def read_centre() -> Floats:
    """The stored centre, float32; ModelBuildError when it belongs to other texts or other weights."""
    stored = json.loads(CENTRE.read_text(encoding="utf-8"))
    if stored["measured_on"] != _measured_on():
        raise ModelBuildError(
            f"{CENTRE.name} was measured on other texts or weights: "
            "run `python -m deploy.embedded.model.centre VAR_DIR`"
        )
    return np.array(stored["centre"], np.float32)


def measure_centre(var_dir: Path) -> Floats:
    """Mean over all texts of the uncentred vectors, as query and as passage, every language weighing the same."""
    from deploy.embedded.model.build import ensure_model
    from services.matching.adapters.embedding.encoder import TextEncoder

    encoder = TextEncoder(ensure_model(var_dir, _say), engine="onnx", centred=False)
    by_language: dict[str, list[Floats]] = {}
    for language, text in read_texts():
        vectors = by_language.setdefault(language, [])
        vectors += [encoder.encode(text, "query"), encoder.encode(text, "passage")]
    means = np.stack([np.stack(vectors).mean(axis=0) for vectors in by_language.values()])
    centre: Floats = np.round(means.mean(axis=0), _DECIMALS).astype(np.float32)
    return centre


def write_centre(centre: Floats) -> None:
    """Store the centre with the hash of what it was measured on."""
    values = [round(float(value), _DECIMALS) for value in centre]
    CENTRE.write_text(json.dumps({"measured_on": _measured_on(), "centre": values}, indent=0) + "\n", encoding="utf-8")


def _measured_on() -> str:
    return hashlib.sha256(TEXTS.read_bytes() + WEIGHTS.sha256.encode()).hexdigest()


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    write_centre(measure_centre(Path(sys.argv[1])))
    _say(f"wrote {CENTRE}")
