"""Etags: the version of a row as a strong entity tag (RFC 9110 §8.8.3), opaque to clients."""

import re

from shared.kernel.errors import Aborted, FieldViolation, InvalidArgument

_FORM = re.compile(r'"[1-9][0-9]{0,18}"', re.ASCII)


def etag_of(version: int) -> str:
    """Return the etag of a row version, quotes included: 7 → '"7"'."""
    return f'"{version}"'


def check_etag(given: str, version: int, what: str) -> None:
    """Check a caller's etag against the current version of `what` ("opening"). Empty means no check.

    Raises Aborted ETAG_STALE with the current etag in the metadata, or InvalidArgument ETAG_INVALID.
    """
    if not given:
        return
    if _FORM.fullmatch(given) is None:
        rule = "Send the etag exactly as it was received, or leave it empty."
        violation = FieldViolation(field="etag", reason="ETAG_INVALID", description=rule)
        raise InvalidArgument("ETAG_INVALID", f"The etag is malformed. {rule}", violations=(violation,))
    if given != etag_of(version):
        raise Aborted(
            "ETAG_STALE",
            f"The {what} has changed since it was read. Read it again and repeat the change.",
            metadata={"etag": etag_of(version)},
        )
