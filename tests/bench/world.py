"""A world of openings like those of a real city region, made from a seed: the same number gives the same openings.

Some thousand templates say what the work is and what it asks; each opening is one of them at an employer's place, with
dates and pay of its own. Vectors of openings of one occupation lie close together.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from uuid import UUID

import numpy as np
import numpy.typing as npt

from services.matching.domain.embedding_input import digest, opening_input
from services.matching.domain.linking import link_opening
from services.matching.domain.offers import Pay, PayUnit
from services.matching.domain.signals import OpeningSignals
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import GeoPoint, OpeningKind, Place
from shared.vocabulary import Vocabulary
from tests.bench.templates import MUNICIPALITIES, Templates

BATCH = 5_000
_EMPLOYERS = 3_000
_CLOSENESS = 0.75  # share of a vector that its occupation decides
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Made:
    """An opening with all that the store keeps of it, but for its vector."""

    snapshot: OpeningSnapshot
    signals: OpeningSignals
    digest: str


class World:
    """`number` openings whose vectors, of so many numbers, are said to be of `model`."""

    def __init__(self, vocabulary: Vocabulary, number: int, *, model: str, dimension: int = 384, seed: int = 7) -> None:
        self.vocabulary, self.number = vocabulary, number
        self.model, self.dimension, self.seed = model, dimension, seed
        self.today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    def batches(self) -> Iterator[tuple[list[Made], Floats]]:
        """All openings with their vectors, some thousand at a time."""
        for start in range(0, self.number, BATCH):
            yield self._batch(start // BATCH, min(BATCH, self.number - start))

    def vectors_near(self, occupation: str, number: int, seed: int) -> Floats:
        """Vectors of texts about an occupation, such as those of people who look for such work."""
        centre = self._centres[self._templates.number_of(occupation)]
        return self._around(np.broadcast_to(centre, (number, self.dimension)), np.random.default_rng((self.seed, seed)))

    def _batch(self, number: int, size: int) -> tuple[list[Made], Floats]:
        rnd, rng = random.Random(f"{self.seed} {number}"), np.random.default_rng((self.seed, 1, number))
        chosen = rng.integers(len(self._read), size=size)
        made = [self._opening(template, rnd) for template in chosen.tolist()]
        occupations = np.array(self._templates.occupations)[chosen]
        return made, self._around(self._centres[occupations], rng)

    def _opening(self, template: int, rnd: random.Random) -> Made:
        snapshot, signals, text = self._read[template]
        employer, places = rnd.choice(self._employers)
        first = self.today.date() + timedelta(days=rnd.randint(-5, 60)) if rnd.random() < 0.7 else None
        changes = {
            "id": str(UUID(int=rnd.getrandbits(128), version=4)),
            "organisation": employer,
            "places": (rnd.choice(places),),
            "publish_time": self.today - timedelta(minutes=rnd.randint(0, 60 * 24 * 60)),
            "closing_date": self.today.date() + timedelta(days=rnd.randint(1, 60)),
        }
        if snapshot.kind is OpeningKind.VACANCY:
            pay = Pay(float(rnd.randint(1900, 3800)), None, "EUR", PayUnit.MONTH) if rnd.random() < 0.5 else None
            changes |= {"start_date": first, "pay": pay}
        return Made(replace(snapshot, **changes), signals, text)

    @cached_property
    def _templates(self) -> Templates:
        return Templates(self.vocabulary, min(self.number, 20_000), self.seed, self.today.date())

    @cached_property
    def _read(self) -> list[tuple[OpeningSnapshot, OpeningSignals, str]]:
        return [
            (each, link_opening(each, self.vocabulary), digest(self.model, opening_input(each, self.vocabulary).text()))
            for each in self._templates.made
        ]

    @cached_property
    def _employers(self) -> list[tuple[str, Sequence[Place]]]:
        rnd = random.Random(f"{self.seed} employers")
        return [(f"Yritys {number} Oy", _sites(rnd, self.vocabulary)) for number in range(_EMPLOYERS)]

    @cached_property
    def _centres(self) -> Floats:
        shape = (self._templates.kinds, self.dimension)
        return _unit(np.random.default_rng((self.seed, 2)).standard_normal(shape, np.float32))

    def _around(self, centres: Floats, rng: np.random.Generator) -> Floats:
        noise = _unit(rng.standard_normal(centres.shape, np.float32))
        return _unit(_CLOSENESS * centres + (1 - _CLOSENESS**2) ** 0.5 * noise)


def _sites(rnd: random.Random, vocabulary: Vocabulary) -> list[Place]:
    codes, weights = list(MUNICIPALITIES), list(accumulate(MUNICIPALITIES.values()))
    sites = []
    for code in rnd.choices(codes, cum_weights=weights, k=rnd.choice((1, 1, 2, 3, 5))):
        town = vocabulary.municipality(code)
        assert town is not None
        assert town.coordinates is not None
        latitude, longitude = town.coordinates.latitude, town.coordinates.longitude
        point = GeoPoint(round(latitude + rnd.gauss(0, 0.03), 3), round(longitude + rnd.gauss(0, 0.06), 3))
        sites.append(Place(code, "", "", point))
    return sites


def _unit(vectors: npt.NDArray[np.floating]) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / lengths).astype(np.float32)
