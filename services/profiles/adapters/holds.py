"""The rules by which data stay although their person is erased: services/profiles/holds.toml."""

import tomllib
from pathlib import Path

from services.profiles.domain.erasure import Rule

HOLDS = Path(__file__).parents[1] / "holds.toml"


def read_holds(path: Path = HOLDS) -> tuple[Rule, ...]:
    """Read the rules. Raises TypeError or ValueError for a file of another form."""
    return tuple(Rule(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["rules"])
