"""The gRPC service of suggestions: requests to use cases and back."""

from polku.profiles.v1 import suggestion_service_pb2 as pb
from polku.profiles.v1.suggestion_service_pb2_grpc import SuggestionServiceServicer

from services.profiles.adapters.grpc_api import Clock, Context, OpenUnitOfWork, utc_now
from services.profiles.adapters.wire import suggestions as wire
from services.profiles.application.ports.importing import Documents
from services.profiles.application.suggesting import ToolsFor
from services.profiles.application.suggestions import import_document, list_suggestions, resolve_suggestions
from services.profiles.domain.rules import Codes
from shared.kernel.errors import ResourceExhausted
from shared.kernel.paging import PageTokens
from shared.runtime.rpc import current_principal

SUGGESTION_SERVICE = "polku.profiles.v1.SuggestionService"
LARGE_REQUESTS = {f"/{SUGGESTION_SERVICE}/ImportDocument": 2 * 1024 * 1024 + 1024}
"""A document of 2 MB and what stands around it."""
RETRY_AFTER = 5.0
MOST_AT_ONCE = 8
"""Imports that are read or wait for it; more would take the places of calls that take a thousandth of the time."""


class SuggestionServicer(SuggestionServiceServicer):
    """polku.profiles.v1.SuggestionService."""

    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        codes: Codes,
        tokens: PageTokens,
        documents: Documents,
        tools_for: ToolsFor,
        now: Clock = utc_now,
    ) -> None:
        self._open_uow = open_uow
        self._codes = codes
        self._tokens = tokens
        self._documents = documents
        self._tools_for = tools_for
        self._now = now
        self._importing = 0

    async def ImportDocument(self, request: pb.ImportDocumentRequest, context: Context) -> pb.ImportDocumentResponse:
        cmd = wire.import_from_wire(request, current_principal())
        if self._importing >= MOST_AT_ONCE:
            message = "Many documents are being read just now. Try again in some seconds."
            raise ResourceExhausted("IMPORT_BUSY", message, retry_after=RETRY_AFTER)
        self._importing += 1
        try:
            found = await import_document(cmd, self._open_uow, self._documents, self._tools_for, self._now())
        finally:
            self._importing -= 1
        return wire.imported_to_wire(found)

    async def ListSuggestions(self, request: pb.ListSuggestionsRequest, context: Context) -> pb.ListSuggestionsResponse:
        caller = current_principal()
        query = wire.list_from_wire(request, caller)
        found = await list_suggestions(query, self._open_uow(), self._now())
        return wire.page_to_wire(found, request, caller, self._tokens)

    async def ResolveSuggestions(
        self, request: pb.ResolveSuggestionsRequest, context: Context
    ) -> pb.ResolveSuggestionsResponse:
        cmd = wire.resolve_from_wire(request, current_principal())
        return wire.resolved_to_wire(await resolve_suggestions(cmd, self._open_uow(), self._codes, self._now()))
