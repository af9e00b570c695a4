"""Fixtures of the unit tests of openings."""

import pytest

from tests.fakes.openings import OpeningStore


@pytest.fixture
def store() -> OpeningStore:
    """An empty store."""
    return OpeningStore()
