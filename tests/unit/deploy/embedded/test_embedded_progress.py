"""Plain progress: a line per event and one at least every few seconds."""

import io

from deploy.embedded.progress import PlainProgress


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_each_event_is_a_line_with_the_time_it_took() -> None:
    """began, done and note print one line each, done with the seconds."""
    stream = io.StringIO()
    progress = PlainProgress(stream, clock=Clock())
    progress.began("nats")
    progress.note("a word")
    progress.done("nats", 1.234)
    lines = stream.getvalue().splitlines()
    assert [line.split() for line in lines] == [["...", "nats"], ["a", "word"], ["ok", "nats", "1.23", "s"]]


def test_long_work_says_that_it_still_runs() -> None:
    """Four silent seconds bring a line with what runs and for how long; not earlier, and not without work."""
    clock, stream = Clock(), io.StringIO()
    progress = PlainProgress(stream, every=4.0, clock=clock)
    clock.now += 10
    progress.line_if_due()
    assert stream.getvalue() == ""
    progress.began("model")
    clock.now += 3.9
    progress.line_if_due()
    assert "still" not in stream.getvalue()
    clock.now += 0.1
    progress.line_if_due()
    assert stream.getvalue().splitlines()[-1].strip() == "still at it: model (4 s)"
    progress.line_if_due()
    assert stream.getvalue().count("still") == 1
    progress.done("model", 4.0)
    clock.now += 60
    progress.line_if_due()
    assert stream.getvalue().count("still") == 1


def test_the_ticker_prints_by_itself() -> None:
    """As a context manager the lines come without anyone asking, also while the program itself is busy."""
    stream = io.StringIO()
    with PlainProgress(stream, every=0.01) as progress:
        progress.began("model")
        total = 0
        while "still at it: model" not in stream.getvalue():
            total += 1
            assert total < 50_000_000, "no line came"
