"""Collecting what is wrong with an item, and saying it at once."""

from collections.abc import Iterable

from shared.kernel.errors import FieldViolation, InvalidArgument

MOST_VIOLATIONS = 20


def refuse(violations: Iterable[FieldViolation], noun: str = "opening") -> None:
    """Raise InvalidArgument with the first 20 violations, if there are any.

    Its reason is theirs where all have the same, else OPENING_INVALID with the noun's name.
    """
    found = tuple(violations)
    if not found:
        return
    reasons = {violation.reason for violation in found}
    fields = ", ".join(dict.fromkeys(violation.field for violation in found[:3]))
    more = " and others" if len(found) > 3 else ""
    raise InvalidArgument(
        found[0].reason if len(reasons) == 1 else f"{noun.upper()}_INVALID",
        f"The {noun} cannot be accepted as it is: see {fields}{more}. {found[0].description}",
        violations=found[:MOST_VIOLATIONS],
    )
