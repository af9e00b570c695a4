"""`python -m shared.vocabulary compile FOLDER OUT`: an ESCO CSV package into one file for `load(path)`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.vocabulary.compiled import write_compiled
from shared.vocabulary.errors import VocabularyFileError
from shared.vocabulary.esco_csv import read_package


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; answers the exit status: 0, or 1 where a file could not be used."""
    options = _parser().parse_args(arguments)
    try:
        merged = read_package(options.folder, options.esco_version, options.languages)
        size = write_compiled(merged.tables, options.out)
    except (VocabularyFileError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    tables = merged.tables
    sys.stdout.write(
        f"{options.out}: ESCO {tables.esco_version}, {size / 1e6:.1f} MB\n"
        f"{len(tables.occupations)} occupations, {len(tables.skills)} skills, {len(tables.isco_groups)} ISCO groups, "
        f"in {', '.join(merged.languages)} and the starter vocabulary's languages\n"
    )
    for name in merged.missing:
        sys.stdout.write(f"missing: {name} (the starter vocabulary's rows are used in its place)\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shared.vocabulary", description="Vocabulary files of Polku.")
    compile_ = parser.add_subparsers(required=True, metavar="compile").add_parser(
        "compile", help="turn an unpacked ESCO CSV package into one file that services load quickly"
    )
    compile_.add_argument("folder", type=Path, help="the package, or a folder with one package for each language")
    compile_.add_argument("out", type=Path, help="the file to write")
    compile_.add_argument("--esco-version", help="the version of ESCO, where no folder's name tells it (1.2.0)")
    compile_.add_argument(
        "--languages",
        type=lambda text: tuple(text.split(",")),
        help="only these of the package's languages, with commas (fi,sv,en); all of them if left out",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
