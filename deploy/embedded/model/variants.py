"""The two models that can be built: the one that Polku uses, and the published one, for comparison."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deploy.embedded.model.sources import WEIGHTS, ModelBuildError, sha256_of
from services.matching.models import LINKING
from services.matching.models.delta import Delta

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Variant:
    """A name, the tuned differences to the published weights (none for the base), and the centre of its vectors."""

    name: str
    centre: Path
    delta: Path | None = None

    @cached_property
    def delta_sha256(self) -> str:
        """SHA-256 of the differences' file, "" where there is none; ModelBuildError where it is missing."""
        if self.delta is None:
            return ""
        if not self.delta.is_file():
            raise ModelBuildError(f"{self.delta} is missing: it belongs to the repository, restore it from there")
        return sha256_of(self.delta)

    def centre_version(self) -> str:
        """Short hash of the stored centre's file: it decides vectors as much as the weights do."""
        return hashlib.sha256(self.centre.read_bytes()).hexdigest()[:8]

    def differences(self) -> Delta | None:
        """The tuned differences; ModelBuildError where they were made for other weights than the pinned ones."""
        if self.delta is None:
            return None
        delta = Delta(self.delta)
        if delta.base != WEIGHTS.sha256:
            raise ModelBuildError(
                f"{self.delta.name} was made for other weights than {WEIGHTS.distribution} carries: "
                "train again with `python -m services.matching.training`"
            )
        return delta


BASE = Variant("multilingual-e5-small", _FOLDER / "centre_base.json")
TUNED = Variant("polku-linking-2", _FOLDER / "centre.json", LINKING)
