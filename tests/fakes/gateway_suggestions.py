"""The suggestions of the gateway's fake profiles service: every document suggests the same."""

from typing import Any

from polku.profiles.v1 import profile_pb2, suggestion_service_pb2, suggestion_service_pb2_grpc
from polku.type.v1.types_pb2 import Answer, Cefr, CefrProfile, Concept

from shared.kernel.errors import FailedPrecondition, PermissionDenied
from tests.fakes.gateway_calls import Fake, refuse

_ESCO = "http://data.europa.eu/esco"
CLEANER = f"{_ESCO}/occupation/303a1e34-cb16-4054-b323-81e5eec17397"
HOTEL_CLEANER = f"{_ESCO}/occupation/731ecac4-06e8-4ec2-a559-101fecbd9183"
FLOORS = f"{_ESCO}/skill/a2cd3b30-2d6c-473e-a5d4-4e7cb576babe"
Suggestion = suggestion_service_pb2.Suggestion


def suggested() -> list[Suggestion]:
    """One suggestion of each kind; that of a skill is inferred, and its label is in no vocabulary of the gateway's."""
    b1 = Cefr.LEVEL_B1
    occupations = [Concept(uri=CLEANER, text="cleaner"), Concept(uri=HOTEL_CLEANER, text="hotel cleaner")]
    job = profile_pb2.WorkExperience(occupation=Concept(uri=CLEANER, text="Siivooja <Oy>"), months=41)
    levels = CefrProfile(listening=b1, reading=b1, speaking=b1, writing=b1)
    return [
        Suggestion(id="s-1", experience=job, evidence=["Siivooja, Puhdas Piha Oy"], alternatives=occupations),
        Suggestion(
            id="s-2",
            skill=profile_pb2.Skill(skill=Concept(uri=f"{_ESCO}/skill/unknown", text="floors of stone")),
            evidence=["kivilattiat"],
            inferred=True,
        ),
        Suggestion(id="s-3", language=profile_pb2.LanguageSkill(language="fi", levels=levels), evidence=["suomi B1"]),
        Suggestion(id="s-4", education=profile_pb2.Education(isced_level=3, title="Lukio"), evidence=["Lukio"]),
        Suggestion(
            id="s-5",
            licence=profile_pb2.Licence(code="hygiene-passport", held=Answer.VALUE_YES),
            evidence=["hygieniapassi"],
        ),
    ]


class FakeSuggestions(suggestion_service_pb2_grpc.SuggestionServiceServicer, Fake):
    """Open suggestions by profile."""

    stored: dict[str, profile_pb2.Profile]
    open: dict[str, list[Suggestion]]

    async def ImportDocument(self, request: Any, context: Any) -> Any:
        """Suggest the same for every document; for one that says "nothing", nothing."""
        await self.received("ImportDocument", request, context)
        await self._known(request.profile, context)
        self.open[request.profile] = [] if request.document.text == "nothing" else suggested()
        return suggestion_service_pb2.ImportDocumentResponse(suggestions=self.open[request.profile])

    async def ListSuggestions(self, request: Any, context: Any) -> Any:
        """List two a page."""
        await self.received("ListSuggestions", request, context)
        await self._known(request.profile, context)
        first = int(request.page_token or 0)
        listed = self.open.get(request.profile, [])
        more = first + 2 < len(listed)
        return suggestion_service_pb2.ListSuggestionsResponse(
            suggestions=listed[first : first + 2], next_page_token=str(first + 2) if more else ""
        )

    async def ResolveSuggestions(self, request: Any, context: Any) -> Any:
        """Drop what was answered."""
        await self.received("ResolveSuggestions", request, context)
        await self._known(request.profile, context)
        listed = self.open.get(request.profile, [])
        if not listed:
            await refuse(context, FailedPrecondition("NOTHING_SUGGESTED", "There are no open suggestions."))
        named = {decision.suggestion for decision in request.decisions}
        self.open[request.profile] = [] if request.others else [each for each in listed if each.id not in named]
        return suggestion_service_pb2.ResolveSuggestionsResponse(
            profile=self.stored[request.profile], open=len(self.open[request.profile])
        )

    async def _known(self, name: str, context: Any) -> None:
        if name not in self.stored:
            await refuse(context, PermissionDenied())
