"""W3C trace context."""

import contextvars
import re

import pytest

from shared.runtime.trace import continue_trace, current_trace_id, current_traceparent

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_child_keeps_the_trace_and_gets_its_own_span() -> None:
    """Continuing keeps the trace id and makes a new span id."""
    child = contextvars.copy_context().run(continue_trace, GIVEN)
    assert child[3:35] == GIVEN[3:35]
    assert child[36:52] != GIVEN[36:52]


@pytest.mark.parametrize(
    "text", ["", "garbage", GIVEN.upper(), "01" + GIVEN[2:], GIVEN + "\n", f"00-{'0' * 32}-{'1' * 16}-01"]
)
def test_malformed_context_starts_a_new_trace(text: str) -> None:
    """What is no valid context is replaced, never passed on."""
    made = contextvars.copy_context().run(continue_trace, text)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", made)
    assert made[3:35] != GIVEN[3:35]


def test_no_trace_outside_of_calls() -> None:
    """Without a call there is no trace."""
    assert contextvars.Context().run(lambda: (current_traceparent(), current_trace_id())) == ("", "")
