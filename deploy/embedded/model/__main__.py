"""`python -m deploy.embedded.model [--base] VAR_DIR`: build the model folder and print its path.

`--base` builds the published model without Polku's tuning, for comparison.
"""

import sys
from pathlib import Path
from typing import TextIO

from deploy.embedded.model.build import ensure_model
from deploy.embedded.model.sources import ModelBuildError
from deploy.embedded.model.variants import BASE, TUNED


def main(arguments: list[str]) -> int:
    """0 with the folder's path on standard output; 2 for wrong usage; 1 with the reason on standard error."""
    variant = BASE if "--base" in arguments else TUNED
    folders = [argument for argument in arguments if argument != "--base"]
    if len(folders) != 1 or folders[0].startswith("-"):
        _say(sys.stderr, "usage: python -m deploy.embedded.model [--base] VAR_DIR")
        return 2
    try:
        folder = ensure_model(Path(folders[0]), lambda line: _say(sys.stderr, line), variant)
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
