"""The one table: who may do what with a person's record, for which purpose, and which kinds of data it gives.

What has no row is refused. A new method about a person gets an action and its rows here, one that is about nobody a
line in `ABOUT_NOBODY`; a test compares both with the protos of all services, and docs/policy.md with the table.
Purpose.STATISTICS is in no row: statistics are never made with ids.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from services.profiles.domain.policy.actions import Action
from services.profiles.domain.policy.data import PROFILE, Data
from services.profiles.domain.policy.relations import Relation
from services.profiles.domain.values import Purpose
from shared.kernel.principal import Role

Key = tuple[Role, Relation, Purpose, Action]
Rows = tuple[tuple[tuple[Purpose, ...], Action, tuple[Data, ...]], ...]

_OWN = (Purpose.OWN_DATA,)
_OWN_OR_MATCHING = (Purpose.OWN_DATA, Purpose.JOB_MATCHING)
_MATCHING = (Purpose.JOB_MATCHING,)
_PLAN = (Purpose.INTEGRATION_PLAN,)
_CASEWORK = (Purpose.INTEGRATION_PLAN, Purpose.JOB_MATCHING)
_AUDIT = (Purpose.AUDIT,)

_NOTHING: tuple[Data, ...] = ()
_WORK = (Data.WORK,)
_MATCHES = (Data.MATCHES,)
_FEEDBACK = (Data.FEEDBACK,)
_CONSENTS = (Data.CONSENTS,)
_ASSIGNMENTS = (Data.ASSIGNMENTS,)
_ACCESSES = (Data.ACCESSES,)
_IDENTITY = (Data.IDENTITY, Data.CONTACT)
_WHOLE_IDENTITY = (*_IDENTITY, Data.PROTECTION)
# Values of the history are shown where their own kind is.
_HISTORY = (Data.CHANGES, *PROFILE, *_WHOLE_IDENTITY)

_SELF: Rows = (
    (_OWN_OR_MATCHING, Action.READ_PROFILE, PROFILE),
    (_OWN, Action.UPDATE_PROFILE, PROFILE),
    (_OWN, Action.LIST_CHANGES, _HISTORY),
    (_OWN, Action.READ_IDENTITY, _WHOLE_IDENTITY),
    # That a register protects somebody is set by who has seen the decision.
    (_OWN, Action.UPDATE_IDENTITY, _IDENTITY),
    (_OWN, Action.IMPORT_DOCUMENT, _WORK),
    (_OWN, Action.LIST_SUGGESTIONS, _WORK),
    (_OWN, Action.RESOLVE_SUGGESTIONS, PROFILE),
    (_OWN, Action.LIST_ASSIGNMENTS, _ASSIGNMENTS),
    (_OWN, Action.LIST_ACCESSES, _ACCESSES),
    (_OWN, Action.LIST_OVERRIDES, _ACCESSES),
    (_OWN, Action.ERASE_PERSON, _NOTHING),
    (_OWN, Action.SET_CONSENT, _CONSENTS),
    (_OWN, Action.LIST_CONSENTS, _CONSENTS),
    (_OWN_OR_MATCHING, Action.LIST_MATCHES, _MATCHES),
    (_OWN_OR_MATCHING, Action.WATCH_MATCHES, _MATCHES),
    (_OWN_OR_MATCHING, Action.LIST_EXCLUSIONS, _MATCHES),
    (_OWN_OR_MATCHING, Action.EXPLAIN_MATCH, _MATCHES),
    (_OWN_OR_MATCHING, Action.LIST_NEXT_STEPS, _MATCHES),
    (_OWN_OR_MATCHING, Action.READ_QUESTION, _MATCHES),
    (_OWN_OR_MATCHING, Action.LIST_PREPARED_MATCHES, _MATCHES),
    (_OWN_OR_MATCHING, Action.READ_DECISION, _MATCHES),
    (_OWN_OR_MATCHING, Action.REPLAY_DECISION, _MATCHES),
    (_OWN_OR_MATCHING, Action.GIVE_FEEDBACK, _FEEDBACK),
    (_OWN_OR_MATCHING, Action.WITHDRAW_FEEDBACK, _FEEDBACK),
    (_OWN_OR_MATCHING, Action.LIST_FEEDBACK, _FEEDBACK),
    (_OWN_OR_MATCHING, Action.CONTEST_MATCH, _FEEDBACK),
    (_OWN_OR_MATCHING, Action.LIST_CONTESTS, _FEEDBACK),
    # Nobody answers what they have contested themselves: no row for ANSWER_CONTESTS.
)

_ASSIGNED: Rows = (
    (_CASEWORK, Action.READ_PROFILE, PROFILE),
    (_CASEWORK, Action.UPDATE_PROFILE, PROFILE),
    (_PLAN, Action.LIST_CHANGES, _HISTORY),
    # To match needs no name.
    (_PLAN, Action.READ_IDENTITY, _WHOLE_IDENTITY),
    (_PLAN, Action.UPDATE_IDENTITY, _WHOLE_IDENTITY),
    (_PLAN, Action.FIND_PEOPLE, (Data.IDENTITY, Data.CASE)),
    (_CASEWORK, Action.IMPORT_DOCUMENT, _WORK),
    (_CASEWORK, Action.LIST_SUGGESTIONS, _WORK),
    (_CASEWORK, Action.RESOLVE_SUGGESTIONS, PROFILE),
    (_CASEWORK, Action.ASSIGN_COUNSELLOR, _NOTHING),
    (_CASEWORK, Action.LIST_CASELOAD, (Data.CASE, Data.ASSIGNMENTS)),
    (_CASEWORK, Action.LIST_ASSIGNMENTS, _ASSIGNMENTS),
    (_CASEWORK, Action.HAND_OVER, _ASSIGNMENTS),
    (_PLAN, Action.ERASE_PERSON, _NOTHING),
    (_CASEWORK, Action.SET_CONSENT, _CONSENTS),
    (_CASEWORK, Action.LIST_CONSENTS, _CONSENTS),
    (_CASEWORK, Action.LIST_MATCHES, _MATCHES),
    (_CASEWORK, Action.WATCH_MATCHES, _MATCHES),
    (_CASEWORK, Action.LIST_EXCLUSIONS, _MATCHES),
    (_CASEWORK, Action.EXPLAIN_MATCH, _MATCHES),
    (_CASEWORK, Action.LIST_NEXT_STEPS, _MATCHES),
    (_CASEWORK, Action.READ_QUESTION, _MATCHES),
    (_CASEWORK, Action.LIST_PREPARED_MATCHES, _MATCHES),
    (_CASEWORK, Action.READ_DECISION, _MATCHES),
    (_CASEWORK, Action.REPLAY_DECISION, _MATCHES),
    (_CASEWORK, Action.GIVE_FEEDBACK, _FEEDBACK),
    (_CASEWORK, Action.WITHDRAW_FEEDBACK, _FEEDBACK),
    (_CASEWORK, Action.LIST_FEEDBACK, _FEEDBACK),
    (_CASEWORK, Action.CONTEST_MATCH, _FEEDBACK),
    (_CASEWORK, Action.LIST_CONTESTS, _FEEDBACK),
    (_CASEWORK, Action.ANSWER_CONTESTS, _FEEDBACK),
)

# A colleague of the unit learns whose case it is and in which language to speak, so that a call can be taken and a
# handover prepared; what is in the record is not needed for either.
_SAME_UNIT: Rows = (
    (_PLAN, Action.READ_PROFILE, (Data.CASE,)),
    (_PLAN, Action.LIST_ASSIGNMENTS, _ASSIGNMENTS),
    (_PLAN, Action.FIND_PEOPLE, (Data.IDENTITY, Data.CASE)),
)

# Whoever has broken the glass reads what the counsellor in charge reads for the work at hand, and changes nothing.
_BREAK_GLASS: Rows = (
    (_CASEWORK, Action.READ_PROFILE, PROFILE),
    (_PLAN, Action.READ_IDENTITY, _IDENTITY),
    (_CASEWORK, Action.LIST_ASSIGNMENTS, _ASSIGNMENTS),
    (_CASEWORK, Action.LIST_CONSENTS, _CONSENTS),
    (_CASEWORK, Action.LIST_MATCHES, _MATCHES),
    (_CASEWORK, Action.LIST_EXCLUSIONS, _MATCHES),
    (_CASEWORK, Action.EXPLAIN_MATCH, _MATCHES),
    (_CASEWORK, Action.LIST_NEXT_STEPS, _MATCHES),
    (_CASEWORK, Action.READ_QUESTION, _MATCHES),
    (_CASEWORK, Action.LIST_FEEDBACK, _FEEDBACK),
    (_CASEWORK, Action.LIST_CONTESTS, _FEEDBACK),
)

# Whoever has said yes to a vacancy is shown there by its list of candidates. No row gives a name or a contact: the
# person is reached through their counsellor.
_CONSENTED: Rows = ((_MATCHING, Action.SHOW_CANDIDATE, _MATCHES),)

_SUPERVISION: Rows = (
    (_AUDIT, Action.LIST_ACCESSES, _ACCESSES),
    (_AUDIT, Action.SEARCH_ACCESSES, _ACCESSES),
    (_AUDIT, Action.LIST_OVERRIDES, _ACCESSES),
    (_AUDIT, Action.LIST_CHANGES, (Data.CHANGES,)),
    (_AUDIT, Action.LIST_ASSIGNMENTS, _ASSIGNMENTS),
    (_AUDIT, Action.READ_DECISION, _MATCHES),
    (_AUDIT, Action.REPLAY_DECISION, _MATCHES),
)

_ROWS: Mapping[tuple[Role, Relation], Rows] = MappingProxyType(
    {
        (Role.SEEKER, Relation.SELF): _SELF,
        (Role.COUNSELLOR, Relation.ASSIGNED_COUNSELLOR): _ASSIGNED,
        (Role.COUNSELLOR, Relation.SAME_UNIT): _SAME_UNIT,
        (Role.COUNSELLOR, Relation.BREAK_GLASS): _BREAK_GLASS,
        (Role.COUNSELLOR, Relation.CONSENTED): _CONSENTED,
        # Whoever is listed for a vacancy without a name can be asked for a yes by those who may list its candidates;
        # they learn nothing of the person.
        (Role.COUNSELLOR, Relation.NONE): (
            (_MATCHING, Action.REQUEST_CONSENT, _NOTHING),
            (_PLAN, Action.BREAK_GLASS, _NOTHING),
        ),
        (Role.PUBLISHER, Relation.NONE): ((_MATCHING, Action.REQUEST_CONSENT, _NOTHING),),
        (Role.PUBLISHER, Relation.CONSENTED): _CONSENTED,
        (Role.OPERATOR, Relation.NONE): (
            (_PLAN, Action.ASSIGN_COUNSELLOR, _NOTHING),
            (_PLAN, Action.HAND_OVER, _ASSIGNMENTS),
            (_PLAN, Action.LIST_OVERRIDES, _ACCESSES),
        ),
        (Role.AUDITOR, Relation.AUDITOR): _SUPERVISION,
        # Matching sees neither who it is nor the case.
        (Role.SERVICE, Relation.SERVICE): (
            (_MATCHING, Action.READ_FOR_MATCHING, (Data.WORK, Data.LIMITS, Data.RIGHT_TO_WORK, Data.CHOICES)),
        ),
    }
)


def _entries() -> Iterator[tuple[Key, tuple[Data, ...]]]:
    for (role, relation), rows in _ROWS.items():
        for purposes, action, data in rows:
            for purpose in purposes:
                yield (role, relation, purpose, action), tuple(sorted(data))


POLICY: Mapping[Key, tuple[Data, ...]] = MappingProxyType(dict(_entries()))
"""(role, relation, purpose, action) → the kinds of data given out. What is not in it is refused."""

_EVERYONE = frozenset(Role) - {Role.ANONYMOUS}
_PUBLISHERS = frozenset({Role.PUBLISHER})
_OPERATORS = frozenset({Role.OPERATOR})
_FILL_VACANCIES = frozenset({Role.COUNSELLOR, Role.PUBLISHER})

ABOUT_NOBODY: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        # Makes a record; there is none yet to which anybody stands in a relation.
        "polku.profiles.v1.ProfileService/CreateProfile": frozenset({Role.SEEKER, Role.COUNSELLOR}),
        "polku.profiles.v1.ProfileService/FindOwnProfile": frozenset({Role.SEEKER}),
        # Asks this table for another method, for the user whose token a service of FORWARDERS sends along.
        "polku.profiles.v1.AccessService/AuthorizeAccess": _EVERYONE - {Role.SERVICE},
        # Digests over the whole log: whoever keeps them learns nothing of anybody.
        "polku.profiles.v1.AccessService/ListAccessHeads": frozenset({Role.AUDITOR, Role.OPERATOR}),
        # Give nothing of one person that five do not share. Who is named in them, and who may be asked, is decided by
        # ListConsentingProfiles and RequestVacancyConsent.
        "polku.matching.v1.CandidateService/ListCandidates": _FILL_VACANCIES,
        "polku.matching.v1.CandidateService/AskCandidate": _FILL_VACANCIES,
        "polku.matching.v1.BulkService/StartBulkRun": _OPERATORS,
        "polku.matching.v1.BulkService/GetBulkRun": _OPERATORS,
        "polku.matching.v1.LinkingService/LinkTitle": _EVERYONE,
        "polku.matching.v1.LinkingService/LinkText": _EVERYONE,
        "polku.matching.v1.TextService/CheckTexts": _EVERYONE,
        "polku.openings.v1.OpeningService/PublishOpening": _PUBLISHERS,
        "polku.openings.v1.OpeningService/WithdrawOpening": _PUBLISHERS,
        "polku.openings.v1.OpeningService/DeleteOpening": _PUBLISHERS,
        "polku.openings.v1.OpeningService/GetOpening": _EVERYONE,
        "polku.openings.v1.OpeningService/ListOpenings": _EVERYONE,
        "polku.openings.v1.PublisherService/CreatePublisher": _OPERATORS,
        "polku.openings.v1.PublisherService/CreatePublisherKey": _OPERATORS,
        "polku.openings.v1.PublisherService/RevokePublisherKey": _OPERATORS,
    }
)
"""Methods that give out nothing of a person, and the roles that may call them."""
