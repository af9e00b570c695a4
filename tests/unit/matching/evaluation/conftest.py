"""A small draw of the case benchmark for the tests of this folder."""

from datetime import date

import pytest

from services.matching.evaluation.cases.drawing import Cases, Part, Source, draw
from services.matching.evaluation.cases.texts import Wordings, read_texts
from shared import vocabulary
from shared.vocabulary.glossary import load_glossary

TODAY = date(2026, 11, 24)
CASES = 40


@pytest.fixture(scope="module")
def source() -> Source:
    """The starter vocabulary with the benchmark's texts."""
    words = vocabulary.load()
    return Source(words, read_texts(), Wordings(words, load_glossary()), TODAY)


@pytest.fixture(scope="module")
def cases(source: Source) -> Cases:
    """A small draw."""
    return draw(CASES, 300, 7, Part.MEASURED, source)
