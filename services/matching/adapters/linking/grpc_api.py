"""The gRPC service of linking: requests to use cases and back."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import grpc
from polku.matching.v1 import linking_service_pb2 as pb
from polku.matching.v1.linking_service_pb2_grpc import LinkingServiceServicer as Servicer

from services.matching.adapters.wire.values import basis_to_wire
from services.matching.application.linking import Linking, LinkText, LinkTitle, link_text, link_title
from services.matching.domain.linking.findings import Finding
from shared.runtime.rpc import current_principal
from shared.vocabulary import Vocabulary

LINKING_SERVICE = "polku.matching.v1.LinkingService"
AT_ONCE = 1
"""Texts read at the same time: the model takes all cores for each, and the encoder's own work wants its share."""
Context = grpc.aio.ServicerContext[Any, Any]


class LinkingServicer(Servicer):
    """polku.matching.v1.LinkingService. `linking` gives the linker, None until it is built."""

    def __init__(self, vocabulary: Vocabulary, linking: Callable[[], Linking | None]) -> None:
        self._vocabulary = vocabulary
        self._linking = linking
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def LinkTitle(self, request: pb.LinkTitleRequest, context: Context) -> pb.LinkTitleResponse:
        cmd = LinkTitle(current_principal(), request.title, request.language, request.k)
        async with self._turns:
            linked = await asyncio.to_thread(link_title, cmd, self._linking())
        return pb.LinkTitleResponse(
            occupations=self._concepts(linked.occupations, request.label_language),
            implied_skills=self._concepts(linked.implied_skills, request.label_language),
            language=linked.language,
            notes=linked.notes,
        )

    async def LinkText(self, request: pb.LinkTextRequest, context: Context) -> pb.LinkTextResponse:
        cmd = LinkText(current_principal(), request.text, request.language)
        async with self._turns:
            linked = await asyncio.to_thread(link_text, cmd, self._linking())
        wanted = request.label_language
        return pb.LinkTextResponse(
            occupations=self._concepts(linked.occupations, wanted),
            skills=self._concepts(linked.skills, wanted),
            licences=self._concepts(linked.licences, wanted),
            languages=self._languages(linked.languages, wanted),
            implied_skills=self._concepts(linked.implied_skills, wanted),
            language=linked.language,
            notes=linked.notes,
        )

    def _concepts(self, found: Iterable[Finding], language: str) -> list[pb.LinkedConcept]:
        return [_concept(finding, self._vocabulary.label(finding.code, language or "en")) for finding in found]

    def _languages(self, found: Iterable[Finding], language: str) -> list[pb.LinkedConcept]:
        label_in = self._vocabulary.label_in
        return [_concept(finding, label_in("language", finding.code, language or "en")) for finding in found]


def _concept(finding: Finding, label: str) -> pb.LinkedConcept:
    return pb.LinkedConcept(
        code=finding.code,
        label=label,
        score=finding.score,
        basis=basis_to_wire(finding.basis),
        evidence=[pb.TextSpan(start=span.start, end=span.end, words=span.words) for span in finding.evidence],
    )
