"""What can be done with a person's record: one action for each method, of any service, that is about one person."""

from enum import Enum

_PROFILES = "polku.profiles.v1.ProfileService"
_ACCESS = "polku.profiles.v1.AccessService"
_IDENTITY = "polku.profiles.v1.IdentityService"
_CASELOAD = "polku.profiles.v1.CaseloadService"
_CONSENT = "polku.profiles.v1.ConsentService"
_RIGHTS = "polku.profiles.v1.RightsService"
_SUGGESTION = "polku.profiles.v1.SuggestionService"
_MATCHING = "polku.matching.v1.MatchingService"
_BULK = "polku.matching.v1.BulkService"
_CANDIDATES = "polku.matching.v1.CandidateService"
MATCHING = "matching"
FORWARDERS = frozenset({MATCHING, "gateway"})
"""Services that may ask on behalf of the user whose token they forward."""


class Action(Enum):
    """The actions. The value is the full name of the method."""

    READ_PROFILE = f"{_PROFILES}/GetProfile"
    UPDATE_PROFILE = f"{_PROFILES}/UpdateProfile"
    ASSIGN_COUNSELLOR = f"{_PROFILES}/AssignCounsellor"
    LIST_CASELOAD = f"{_PROFILES}/ListCaseload"
    READ_FOR_MATCHING = f"{_PROFILES}/GetMatchingProfile"
    LIST_CHANGES = f"{_PROFILES}/ListChanges"

    READ_IDENTITY = f"{_IDENTITY}/GetIdentity"
    UPDATE_IDENTITY = f"{_IDENTITY}/UpdateIdentity"
    FIND_PEOPLE = f"{_IDENTITY}/FindPeople"

    LIST_ASSIGNMENTS = f"{_CASELOAD}/ListAssignments"
    HAND_OVER = f"{_CASELOAD}/HandOver"

    LIST_ACCESSES = f"{_ACCESS}/ListAccesses"
    SEARCH_ACCESSES = f"{_ACCESS}/SearchAccesses"
    BREAK_GLASS = f"{_ACCESS}/BreakGlass"
    LIST_OVERRIDES = f"{_ACCESS}/ListOverrides"

    ERASE_PERSON = f"{_RIGHTS}/ErasePerson"

    SET_CONSENT = f"{_CONSENT}/SetVacancyConsent"
    LIST_CONSENTS = f"{_CONSENT}/ListVacancyConsents"
    REQUEST_CONSENT = f"{_CONSENT}/RequestVacancyConsent"
    SHOW_CANDIDATE = f"{_CONSENT}/ListConsentingProfiles"

    IMPORT_DOCUMENT = f"{_SUGGESTION}/ImportDocument"
    LIST_SUGGESTIONS = f"{_SUGGESTION}/ListSuggestions"
    RESOLVE_SUGGESTIONS = f"{_SUGGESTION}/ResolveSuggestions"

    LIST_MATCHES = f"{_MATCHING}/ListMatches"
    WATCH_MATCHES = f"{_MATCHING}/WatchMatches"
    LIST_EXCLUSIONS = f"{_MATCHING}/ListExclusions"
    EXPLAIN_MATCH = f"{_MATCHING}/ExplainMatch"
    LIST_NEXT_STEPS = f"{_MATCHING}/ListNextSteps"
    READ_QUESTION = f"{_MATCHING}/GetQuestion"
    LIST_PREPARED_MATCHES = f"{_BULK}/ListPreparedMatches"
    READ_DECISION = f"{_MATCHING}/GetDecision"
    REPLAY_DECISION = f"{_MATCHING}/ReplayDecision"
    GIVE_FEEDBACK = f"{_MATCHING}/GiveFeedback"
    WITHDRAW_FEEDBACK = f"{_MATCHING}/WithdrawFeedback"
    LIST_FEEDBACK = f"{_MATCHING}/ListFeedback"
    CONTEST_MATCH = f"{_MATCHING}/ContestMatch"
    LIST_CONTESTS = f"{_MATCHING}/ListContests"
    ANSWER_CONTESTS = f"{_MATCHING}/ResolveContest"


_BY_METHOD = {action.value: action for action in Action}
_FORWARDED = (f"{_MATCHING}/", f"{_BULK}/")


def action_of(method: str) -> Action | None:
    """The action of a method that another service was asked for; None for methods that nobody may forward."""
    return _BY_METHOD.get(method) if method.startswith(_FORWARDED) else None


def shows_candidates(method: str) -> bool:
    """Whether this is the full name of the method that shows people who have said yes to a vacancy."""
    return method == f"{_CANDIDATES}/ListCandidates"
