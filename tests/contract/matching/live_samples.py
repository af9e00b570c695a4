"""Openings in memory, and looks into them."""

import numpy as np

from services.matching.adapters.live import Held, LiveOpeningsInMemory
from services.matching.application.live import LiveOpenings, LiveView
from services.matching.domain.candidates import Candidate
from tests.builders.matching import NOW, candidate, service, training, vacancy, vocabulary
from tests.fakes.matching import MODEL, vector

DIMENSION = 4
EAST, NORTH, WEST = vector(1, 0, 0, 0), vector(0, 1, 0, 0), vector(-1, 0, 0, 0)
JOB, COURSE, HELP = candidate(vacancy(1)), candidate(training(2)), candidate(service(3))


def real(*candidates: Candidate) -> LiveOpeningsInMemory:
    """The real openings in memory, compared with the store at NOW."""
    live = LiveOpeningsInMemory(MODEL, DIMENSION, vocabulary())
    live.put_all(Held(each, "") for each in candidates)
    live.is_current(NOW)
    return live


def ids(view: LiveView) -> set[str]:
    """Ids of what is published."""
    return {view.columns.id(row) for row in np.flatnonzero(view.columns.alive)}


def row_of(view: LiveView, opening: Candidate) -> int:
    """The row of an opening that is published."""
    row = view.row(opening.id)
    assert row is not None
    return row


def cosine_of(live: LiveOpenings, opening: Candidate) -> float:
    """How near an opening is to EAST, NaN without a vector."""
    view = live.view()
    return float(view.cosines(EAST, np.array([row_of(view, opening)]))[0])
