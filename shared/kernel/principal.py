"""Who is calling."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a caller is. ANONYMOUS is never found in a token."""

    ANONYMOUS = "anonymous"
    SEEKER = "seeker"
    COUNSELLOR = "counsellor"
    PUBLISHER = "publisher"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller.

    subject    opaque id of the user, of the partner key, or "service:<name>"
    unit       organisational unit of a counsellor
    publisher  id of the publisher for which a publisher acts
    scopes     what a partner key may do
    service    name of the calling service: of a service alone, or of the one that calls on the user's behalf
    token      the user's token as received, to pass on; it is kept out of repr
    """

    role: Role
    subject: str
    unit: str = ""
    publisher: str = ""
    scopes: frozenset[str] = frozenset()
    service: str = ""
    token: str = field(default="", repr=False)


ANONYMOUS = Principal(role=Role.ANONYMOUS, subject="")
"""The caller of a public method."""
