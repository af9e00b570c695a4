"""The error of a vocabulary file that cannot be used."""

from __future__ import annotations

from pathlib import Path


class VocabularyFileError(ValueError):
    """A file (or folder) that cannot be read as what it should be: says where, what is wrong and what to do.

    `line` counts from 1; 0 where no line is to blame. In a CSV file it is the line on which the row starts.
    """

    def __init__(self, path: Path, problem: str, remedy: str, *, line: int = 0) -> None:
        self.path = path
        self.line = line
        self.problem = problem
        self.remedy = remedy
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {problem}. {remedy}.")
