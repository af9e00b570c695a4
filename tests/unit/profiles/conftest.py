"""Fixtures of the unit tests of profiles."""

import pytest

from tests.fakes.profiles import ProfileStore


@pytest.fixture
def store() -> ProfileStore:
    """An empty store."""
    return ProfileStore()
