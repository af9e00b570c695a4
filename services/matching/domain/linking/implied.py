"""Skills that a title implies: occupation first, then what ESCO says each occupation cannot do without.

A title alone says little about skills in words (MAP .08 by vectors of titles against vectors of skills); the
occupations nearest to it, each giving its own essential skills by how near it is, say four times as much.
"""

from collections.abc import Sequence, Set

import numpy as np
import numpy.typing as npt

NEAREST = 40
SHARPNESS = 1.5
"""Power to which nearness is raised: how much the first counts before the others."""
OF_ITS_OWN = 0.1
"""What the likeness of title and skill themselves counts beside a unanimous vote."""


def vote(
    nearness: npt.NDArray[np.float32], skills: Sequence[Set[int]], count: int, *, nearest: int = NEAREST
) -> npt.NDArray[np.float32]:
    """Votes for each of `count` skills, 0 to 1, from occupations by their score (`label_search`'s, occupations,).

    `skills` holds each occupation's essential skills, by number. 1 is a skill that all the nearest ones need.
    """
    votes = np.zeros(count, np.float32)
    best = [int(place) for place in np.argsort(-nearness, kind="stable")[: nearest + 1]]
    if not best:
        return votes
    floor = float(nearness[best[-1]]) if len(best) > nearest else 0.0
    shares = np.maximum(nearness[best[:nearest]] - floor, 0) ** SHARPNESS
    total = float(shares.sum())
    if not total:
        return votes
    for place, share in zip(best, shares, strict=False):
        if skills[place]:
            votes[np.fromiter(skills[place], np.int64)] += share / total
    return votes
