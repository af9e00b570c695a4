"""Who may do what with a person's record: one table, default deny, pure. `table` has the rows."""

from services.profiles.domain.policy.actions import FORWARDERS, MATCHING, Action, action_of, shows_candidates
from services.profiles.domain.policy.data import KIND_OF_PATH, PROFILE, Data, check_kinds, cut
from services.profiles.domain.policy.decisions import (
    PURPOSE_OF_ROLE,
    Access,
    Permit,
    allows,
    decide,
    kinds_of,
    not_accessible,
)
from services.profiles.domain.policy.relations import Relation, relation_of, relations_of
from services.profiles.domain.policy.table import ABOUT_NOBODY, POLICY

__all__ = [
    "ABOUT_NOBODY",
    "FORWARDERS",
    "KIND_OF_PATH",
    "MATCHING",
    "POLICY",
    "PROFILE",
    "PURPOSE_OF_ROLE",
    "Access",
    "Action",
    "Data",
    "Permit",
    "Relation",
    "action_of",
    "allows",
    "check_kinds",
    "cut",
    "decide",
    "kinds_of",
    "not_accessible",
    "relation_of",
    "relations_of",
    "shows_candidates",
]
