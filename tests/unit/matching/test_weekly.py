"""Weekly spans on the wall clock of Europe/Helsinki."""

from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.values import Weekday, WeeklyWindow
from services.matching.domain.weekly import WEEK, covers, merged, overlaps, spans_of, text_of, widened
from tests.builders.matching import window, workdays

_windows = st.lists(
    st.builds(WeeklyWindow, st.sampled_from(Weekday), st.integers(0, 1439), st.integers(0, 1440)), max_size=4
)


def _minutes(spans: tuple[tuple[int, int], ...]) -> set[int]:
    """The obvious meaning of spans: the minutes of the week that they hold."""
    return {minute % WEEK for start, end in spans for minute in range(start, end)}


def test_a_window_that_ends_at_or_before_its_start_ends_on_the_next_day() -> None:
    """22:00–06:00 on Monday reaches into Tuesday, and on Sunday round the end of the week."""
    assert spans_of([window(1, 22, 6)]) == ((22 * 60, 30 * 60),)
    assert _minutes(spans_of([window(7, 22, 6)])) == set(range(WEEK - 120, WEEK)) | set(range(360))


@given(_windows, _windows)
def test_covering_is_having_every_minute(free: list[WeeklyWindow], work: list[WeeklyWindow]) -> None:
    """A span is covered exactly where each of its minutes is free, across windows and round the week."""
    expected = _minutes(spans_of(work)) <= _minutes(spans_of(free))
    assert covers(merged(spans_of(free)), spans_of(work)) is expected


@given(_windows, st.integers(0, 300))
def test_travel_is_added_at_both_ends(work: list[WeeklyWindow], minutes: int) -> None:
    """Widening holds the minutes before and after each span, round the week too."""
    spans = spans_of(work)
    expected = {
        minute % WEEK for start, end in spans for minute in range(start - minutes, min(end + minutes, start + WEEK))
    }
    assert _minutes(widened(spans, minutes)) == expected


def test_touching_windows_are_one() -> None:
    """Work from 8 to 16 fits into 8–12 and 12–16."""
    free = merged(spans_of([window(1, 8, 12), window(1, 12, 16)]))
    assert covers(free, spans_of([window(1, 8, 16)]))


def test_overlap_of_a_night_with_a_day() -> None:
    """Night is from 23 to 6: work from 5 touches it, work from 6 does not, work until 23:01 does."""
    assert overlaps(window(1, 5, 13), 23 * 60, 6 * 60)
    assert not overlaps(window(1, 6, 14), 23 * 60, 6 * 60)
    assert overlaps(WeeklyWindow(Weekday.MONDAY, 15 * 60, 23 * 60 + 1), 23 * 60, 6 * 60)


def test_text_joins_days_with_the_same_times() -> None:
    """Machines read "MO-FR 08:00-16:00,SA 22:00-06:00"."""
    assert text_of(spans_of([*workdays(8, 16), window(6, 22, 6)])) == "MO-FR 08:00-16:00,SA 22:00-06:00"
    assert text_of(spans_of([window(1, 8, 24), window(3, 8, 24)])) == "MO 08:00-24:00,WE 08:00-24:00"
