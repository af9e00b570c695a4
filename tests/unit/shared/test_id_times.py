"""What an id tells of its own making."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.kernel.ids import made_at, new_id


def test_an_id_tells_when_it_was_made() -> None:
    """To the millisecond, in UTC."""
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    made = made_at(new_id())
    assert before <= made <= datetime.now(UTC) + timedelta(seconds=1)
    assert made_at("018b0000-0000-7000-8000-000000000001") == datetime(2023, 10, 5, 13, 21, 21, 920000, tzinfo=UTC)


def test_what_is_no_id_tells_nothing() -> None:
    """A UUID of another version has no time in it."""
    with pytest.raises(ValueError, match="not an id"):
        made_at("018b0000-0000-4000-8000-000000000001")
