"""Which skills the published model mixes up: they make the useful part of a batch."""

from collections.abc import Sequence

import torch

from services.matching.training.batches import QUERY
from services.matching.training.corpus import Concept
from services.matching.training.encoder import TrainedEncoder

_NEAREST = 15
_AT_ONCE = 512
_MOST_TOKENS = 64


@torch.no_grad()
def nearest_concepts(reference: TrainedEncoder, concepts: Sequence[Concept]) -> list[list[int]]:
    """For every concept the positions of the fifteen others whose English (else first) names lie nearest."""
    names = [QUERY + one.forms.get("en", next(iter(one.forms.values())))[0] for one in concepts]
    parts = [
        reference(reference.tokens(names[start : start + _AT_ONCE], _MOST_TOKENS))
        for start in range(0, len(names), _AT_ONCE)
    ]
    vectors = torch.cat(parts)
    nearest = []
    for start in range(0, len(vectors), _AT_ONCE):
        similarity = vectors[start : start + _AT_ONCE] @ vectors.T
        found = similarity.topk(min(_NEAREST + 1, len(vectors))).indices.tolist()
        nearest += [[other for other in row if other != start + at][:_NEAREST] for at, row in enumerate(found)]
    return nearest
