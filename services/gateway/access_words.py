"""Who read, for what, and which kinds of data, in words."""

from collections.abc import Iterable, Mapping

from polku.profiles.v1.access_service_pb2 import Access, Data, Relation
from polku.type.v1.types_pb2 import Purpose

from services.gateway.translations import N_
from services.gateway.words import Words

_BY_RELATION: Mapping[int, str] = {
    Relation.KIND_SELF: N_("You"),
    Relation.KIND_ASSIGNED_COUNSELLOR: N_("Your counsellor"),
    Relation.KIND_SERVICE: N_("Polku, automatically"),
    Relation.KIND_AUDITOR: N_("Supervision"),
    Relation.KIND_CONSENTED: N_("Someone who fills a job to which you said yes"),
    Relation.KIND_SAME_UNIT: N_("Another counsellor of your unit"),
    Relation.KIND_BREAK_GLASS: N_("A counsellor who opened your data with a reason"),
}
_BY_ROLE: Mapping[str, str] = {
    "seeker": N_("Customer"),
    "counsellor": N_("Counsellor"),
    "publisher": N_("Employer or organiser"),
    "operator": N_("Operator of the service"),
    "auditor": N_("Supervision"),
    "service": N_("Polku, automatically"),
}
PURPOSES: Mapping[int, str] = {
    Purpose.KIND_JOB_MATCHING: N_("Finding jobs, training and services that fit"),
    Purpose.KIND_INTEGRATION_PLAN: N_("Counselling and the plan made with you"),
    Purpose.KIND_STATISTICS: N_("Statistics"),
    Purpose.KIND_AUDIT: N_("Checking that data is used as it should be"),
    Purpose.KIND_OWN_DATA: N_("Your own use"),
}
KINDS: Mapping[int, str] = {
    Data.KIND_IDENTITY: N_("name and personal identity code"),
    Data.KIND_CONTACT: N_("contact details"),
    Data.KIND_CASE: N_("case reference and language"),
    Data.KIND_WORK: N_("work, skills and goals"),
    Data.KIND_LIMITS: N_("what you need in everyday life"),
    Data.KIND_RIGHT_TO_WORK: N_("right to work"),
    Data.KIND_CHOICES: N_("what you have agreed to"),
    Data.KIND_CONSENTS: N_("your answers about jobs"),
    Data.KIND_MATCHES: N_("what was found for you, with reasons"),
    Data.KIND_FEEDBACK: N_("what you said about suggestions"),
    Data.KIND_ACCESSES: N_("this list"),
    Data.KIND_CHANGES: N_("what was changed in your data"),
    Data.KIND_ASSIGNMENTS: N_("your counsellor and unit"),
    Data.KIND_PROTECTION: N_("whether your address is protected"),
}


def who(access: Access, words: Words) -> str:
    """Who read, as they stood to the person; by their role where they stood in no relation."""
    return standing(access.relation, access.role, words)


def standing(relation: int, role_name: str, words: Words) -> str:
    """How somebody stood to the person; their role where they stood in no relation."""
    return words.text(_BY_RELATION[relation]) if relation in _BY_RELATION else role(role_name, words)


def role(name: str, words: Words) -> str:
    """A role."""
    return words.of(_BY_ROLE, name)


def purpose(code: int, words: Words) -> str:
    """What it was for; empty where that is not known."""
    return words.text(PURPOSES[code]) if code in PURPOSES else ""


def kinds(codes: Iterable[int], words: Words) -> str:
    """Kinds of data in one line, in the order of their numbers; empty for none."""
    return ", ".join(words.text(KINDS[code]) for code in sorted(set(codes)) if code in KINDS)
