"""How many texts a second the encoder does by itself: those of the openings in bulk, as its worker encodes them.

python -m tests.bench.encoding MODEL TEXTS
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.matching.adapters.embedding.encoder import TextEncoder
from services.matching.adapters.wire.opening import opening_from_wire
from services.matching.domain.embedding_input import opening_input
from shared import vocabulary
from tests.bench.following import THREADS, in_bulk


def main(model: Path, texts: int) -> None:
    """Prints the rate: the better one of one text after the other and of as many at once as there are threads."""
    encoder, known = TextEncoder(model, threads=THREADS), vocabulary.load()
    written = [opening_input(opening_from_wire(opening), known).text() for opening in in_bulk(texts)]
    for text in written[:3]:
        encoder.encode(text, "passage")
    print(max(_rate(encoder, written, at_once) for at_once in (1, THREADS)))


def _rate(encoder: TextEncoder, texts: list[str], at_once: int) -> float:
    with ThreadPoolExecutor(at_once) as lanes:
        began = time.perf_counter()
        list(lanes.map(lambda text: encoder.encode(text, "passage"), texts))
        return len(texts) / (time.perf_counter() - began)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
