"""`python -m deploy.embedded.model VAR_DIR`: build the model folder and print its path."""

import sys
from pathlib import Path
from typing import TextIO

from deploy.embedded.model.build import ensure_model
from deploy.embedded.model.sources import ModelBuildError


def main(arguments: list[str]) -> int:
    """0 with the folder's path on standard output; 2 for wrong usage; 1 with the reason on standard error."""
    if len(arguments) != 1:
        _say(sys.stderr, "usage: python -m deploy.embedded.model VAR_DIR")
        return 2
    try:
        folder = ensure_model(Path(arguments[0]), lambda line: _say(sys.stderr, line))
    except ModelBuildError as error:
        _say(sys.stderr, str(error))
        return 1
    _say(sys.stdout, str(folder))
    return 0


def _say(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")
    stream.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
