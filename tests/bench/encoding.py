"""How many texts a second the encoder does by itself.

python -m tests.bench.encoding MODEL TEXTS
"""

import sys
import time
from pathlib import Path

from services.matching.adapters.embedding.encoder import TextEncoder
from tests.bench.following import text_of


def main(model: Path, texts: int) -> None:
    """Prints the rate."""
    encoder = TextEncoder(model, threads=2)
    written = [f"Keittiöapulainen {number}. {text_of(number)}" for number in range(texts + 3)]
    for text in written[:3]:
        encoder.encode(text, "passage")
    began = time.perf_counter()
    for text in written[3:]:
        encoder.encode(text, "passage")
    print(texts / (time.perf_counter() - began))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
