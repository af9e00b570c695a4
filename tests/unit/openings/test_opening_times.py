"""The end of a day in Europe/Helsinki, on the days of the clock changes too."""

import datetime

import pytest

from services.openings.domain.times import end_of_day


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-01-15", "2026-01-15T22:00:00+00:00"),
        ("2026-07-15", "2026-07-15T21:00:00+00:00"),
        # To summer time on 29 March 2026 at 3:00: a day of 23 hours.
        ("2026-03-28", "2026-03-28T22:00:00+00:00"),
        ("2026-03-29", "2026-03-29T21:00:00+00:00"),
        # Back on 25 October 2026 at 4:00: a day of 25 hours.
        ("2026-10-24", "2026-10-24T21:00:00+00:00"),
        ("2026-10-25", "2026-10-25T22:00:00+00:00"),
        ("2026-12-31", "2026-12-31T22:00:00+00:00"),
        ("2028-02-29", "2028-02-29T22:00:00+00:00"),
    ],
)
def test_a_day_ends_at_local_midnight(day: str, end: str) -> None:
    """The instant is that of the next local midnight, in UTC."""
    assert end_of_day(datetime.date.fromisoformat(day)).isoformat() == end
