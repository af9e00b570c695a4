"""The one error that the embedded stack raises on purpose."""


class StackError(Exception):
    """The stack cannot go on. The message says what happened, why, and what to do."""
