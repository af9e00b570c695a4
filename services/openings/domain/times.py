"""Days of the city's calendar as instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")


def end_of_day(day: date) -> datetime:
    """The instant in UTC at which a day in Europe/Helsinki is over: the midnight after it.

    The day of the change to summer time has 23 hours, that of the change back 25; midnight itself is never skipped
    or repeated, since the clocks change at 3 and 4 in the morning.
    """
    return datetime.combine(day + timedelta(days=1), time.min, HELSINKI).astimezone(UTC)
