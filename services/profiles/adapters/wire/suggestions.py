"""Mapping of suggestions and of the requests about them."""

from polku.profiles.v1 import suggestion_service_pb2 as pb

from services.profiles.adapters.wire import values
from services.profiles.adapters.wire.profile import COLLECTION, profile_to_wire
from services.profiles.adapters.wire.requests import request_key
from services.profiles.adapters.wire.work import work_from_wire, work_to_wire
from services.profiles.application.ports.importing import Document
from services.profiles.application.suggestions import ImportDocument, ListSuggestions, Resolved, ResolveSuggestions
from services.profiles.domain.policy import Action
from services.profiles.domain.suggestions import Claim, Decision, Suggestion, Suggestions, Verdict
from services.profiles.domain.values import Purpose
from services.profiles.domain.work import Education, LanguageSkill, Licence, Skill, WorkProfile
from shared.kernel.errors import FieldViolation, InvalidArgument
from shared.kernel.names import parse_name
from shared.kernel.paging import PageTokens, page_size
from shared.kernel.principal import Principal

_LISTS = {
    "experience": "experiences",
    "skill": "skills",
    "education": "educations",
    "licence": "licences",
    "language": "languages",
}
"""Names of the claims and of the lists of a work profile in which they stand."""


def suggestion_to_wire(suggestion: Suggestion) -> pb.Suggestion:
    """A suggestion."""
    name = _name(suggestion.claim)
    part = work_to_wire(WorkProfile(**{_LISTS[name]: (suggestion.claim,)}))  # type: ignore[arg-type] # by its name
    return pb.Suggestion(
        id=suggestion.id,
        evidence=suggestion.evidence,
        inferred=suggestion.inferred,
        alternatives=[values.concept_to_wire(concept) for concept in suggestion.alternatives],
        **{name: getattr(part, _LISTS[name])[0]},
    )


def suggestion_from_wire(suggestion: pb.Suggestion) -> Suggestion:
    """What `suggestion_to_wire` was given."""
    name = suggestion.WhichOneof("claim") or "skill"
    part = work_to_wire(WorkProfile())
    getattr(part, _LISTS[name]).append(getattr(suggestion, name))
    return Suggestion(
        id=suggestion.id,
        claim=getattr(work_from_wire(part), _LISTS[name])[0],
        evidence=tuple(suggestion.evidence),
        inferred=suggestion.inferred,
        alternatives=tuple(values.concept_from_wire(concept) for concept in suggestion.alternatives),
    )


def suggestions_to_bytes(suggestions: Suggestions) -> bytes:
    """A person's list as it is kept, version and person left out."""
    kept = pb.ListSuggestionsResponse(
        suggestions=[suggestion_to_wire(each) for each in suggestions.open],
        notes=suggestions.notes,
        import_time=values.timestamp_to_wire(suggestions.import_time),
    )
    return kept.SerializeToString(deterministic=True)


def suggestions_from_bytes(profile_id: str, version: int, content: bytes) -> Suggestions:
    """What `suggestions_to_bytes` was given."""
    kept = pb.ListSuggestionsResponse.FromString(content)
    return Suggestions(
        profile_id=profile_id,
        version=version,
        import_time=values.timestamp_from_wire(kept.import_time),
        open=tuple(suggestion_from_wire(each) for each in kept.suggestions),
        notes=tuple(kept.notes),
    )


def import_from_wire(request: pb.ImportDocumentRequest, caller: Principal) -> ImportDocument:
    """Raises InvalidArgument NAME_INVALID."""
    return ImportDocument(
        caller=caller,
        request=request_key(request, request.request_id, Action.IMPORT_DOCUMENT.value, caller),
        profile_id=parse_name(COLLECTION, request.profile, field="profile"),
        document=_document(request.document),
        purpose=Purpose(request.purpose),
    )


def _document(document: pb.Document) -> Document:
    if document.WhichOneof("source") == "text":
        return Document("text/plain", document.text.encode())
    return Document(document.media_type, document.content)


def imported_to_wire(suggestions: Suggestions) -> pb.ImportDocumentResponse:
    """What is open after an import."""
    return pb.ImportDocumentResponse(
        suggestions=[suggestion_to_wire(each) for each in suggestions.open], notes=suggestions.notes
    )


def list_from_wire(request: pb.ListSuggestionsRequest, caller: Principal) -> ListSuggestions:
    """Raises InvalidArgument NAME_INVALID."""
    profile_id = parse_name(COLLECTION, request.profile, field="profile")
    return ListSuggestions(caller, profile_id, Purpose(request.purpose))


def page_to_wire(
    suggestions: Suggestions | None, request: pb.ListSuggestionsRequest, caller: Principal, tokens: PageTokens
) -> pb.ListSuggestionsResponse:
    """A page of the list. Raises InvalidArgument PAGE_SIZE_OUT_OF_RANGE, PAGE_TOKEN_INVALID, LIST_CHANGED."""
    size, binding = page_size(request.page_size), _binding(request, caller)
    cursor = tokens.decode(request.page_token, binding)
    if suggestions is None:
        return pb.ListSuggestionsResponse()
    if cursor and cursor["version"] != suggestions.version:
        rule = "The list has changed since its first page: list it again from the start."
        raise InvalidArgument("LIST_CHANGED", rule, violations=(FieldViolation("page_token", "LIST_CHANGED", rule),))
    first = int(cursor["first"]) if cursor else 0
    last = first + size
    more = last < len(suggestions.open)
    return pb.ListSuggestionsResponse(
        suggestions=[suggestion_to_wire(each) for each in suggestions.open[first:last]],
        notes=suggestions.notes,
        import_time=values.timestamp_to_wire(suggestions.import_time),
        next_page_token=tokens.encode({"first": last, "version": suggestions.version}, binding) if more else "",
    )


def resolve_from_wire(request: pb.ResolveSuggestionsRequest, caller: Principal) -> ResolveSuggestions:
    """Raises InvalidArgument NAME_INVALID."""
    return ResolveSuggestions(
        caller=caller,
        request=request_key(request, request.request_id, Action.RESOLVE_SUGGESTIONS.value, caller),
        profile_id=parse_name(COLLECTION, request.profile, field="profile"),
        decisions=tuple(
            Decision(each.suggestion, Verdict(each.verdict), each.occupation) for each in request.decisions
        ),
        others=Verdict(request.others),
    )


def resolved_to_wire(resolved: Resolved) -> pb.ResolveSuggestionsResponse:
    """The profile, and how many are left."""
    return pb.ResolveSuggestionsResponse(profile=profile_to_wire(resolved.profile), open=resolved.open)


def _name(claim: Claim) -> str:
    kinds = ((Skill, "skill"), (Education, "education"), (Licence, "licence"), (LanguageSkill, "language"))
    return next((name for kind, name in kinds if isinstance(claim, kind)), "experience")


def _binding(request: pb.ListSuggestionsRequest, caller: Principal) -> str:
    return f"{Action.LIST_SUGGESTIONS.value} {request.profile} {caller.role} {caller.subject}"
