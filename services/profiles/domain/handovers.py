"""What becomes of a person in a handover of many."""

from enum import IntEnum


class Outcome(IntEnum):
    """The outcomes. The numbers are those of the proto; NOT_ACCESSIBLE is found in previews alone."""

    HANDED_OVER = 1
    UNCHANGED = 2
    NOT_ACCESSIBLE = 3
