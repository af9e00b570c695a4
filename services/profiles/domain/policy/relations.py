"""How a caller stands to a person."""

from enum import IntEnum

from services.profiles.domain.policy.actions import MATCHING
from services.profiles.domain.profile import Assignment, Profile
from shared.kernel.principal import Principal, Role


class Relation(IntEnum):
    """The relations. The numbers are those of the proto.

    NONE                 none is needed: what a role may do with anybody
    SELF                 the person themselves
    ASSIGNED_COUNSELLOR  the counsellor to whom the person is assigned
    SERVICE              a service that needs the data for its own work
    AUDITOR              supervision
    CONSENTED            someone to whom the person is shown for a vacancy to which they have said yes
    SAME_UNIT            another counsellor of the unit to which the person is assigned
    BREAK_GLASS          a counsellor who has opened the record for some hours, with a reason
    """

    NONE = 0
    SELF = 1
    ASSIGNED_COUNSELLOR = 2
    SERVICE = 3
    AUDITOR = 4
    CONSENTED = 5
    SAME_UNIT = 6
    BREAK_GLASS = 7


def relations_of(
    caller: Principal, profile: Profile, current: Assignment | None, *, overridden: bool = False
) -> tuple[Relation, ...]:
    """How the caller stands to the person, closest first; it always ends with NONE.

    `current` is the person's open assignment, `overridden` whether the caller has broken the glass and it still holds.
    CONSENTED is not among them: it is to a vacancy that somebody consents.
    """
    match caller.role:
        case Role.SEEKER:
            own = caller.subject != "" and caller.subject == profile.owner_subject
            return (Relation.SELF, Relation.NONE) if own else (Relation.NONE,)
        case Role.COUNSELLOR:
            return _of_counsellor(caller, current, overridden)
        case Role.SERVICE if caller.service == MATCHING:
            return Relation.SERVICE, Relation.NONE
        case Role.AUDITOR:
            return Relation.AUDITOR, Relation.NONE
    return (Relation.NONE,)


def relation_of(caller: Principal, profile: Profile, current: Assignment | None) -> Relation:
    """The closest relation."""
    return relations_of(caller, profile, current)[0]


def _of_counsellor(caller: Principal, current: Assignment | None, overridden: bool) -> tuple[Relation, ...]:
    if current is not None and current.counsellor == caller.subject:
        return Relation.ASSIGNED_COUNSELLOR, Relation.NONE
    holding = {
        Relation.BREAK_GLASS: overridden and caller.unit != "",
        Relation.SAME_UNIT: current is not None and caller.unit != "" and current.unit == caller.unit,
    }
    return (*(relation for relation, holds in holding.items() if holds), Relation.NONE)
