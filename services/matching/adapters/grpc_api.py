"""The gRPC service of matching: requests to use cases and back. Errors are the interceptors' business."""

from typing import Any

import grpc
from polku.matching.v1 import matching_service_pb2 as pb

from services.matching.adapters.grpc_watch import WatchServicer
from services.matching.adapters.wire.matches import Wire
from services.matching.application.answers import (
    ExplainMatch,
    GetQuestion,
    ListExclusions,
    explain_match,
    get_question,
    list_exclusions,
)
from services.matching.application.lists import ListMatches, list_matches
from services.matching.application.next_steps import ListNextSteps, list_next_steps
from services.matching.domain.values import OpeningKind, Purpose
from shared.kernel.names import parse_name
from shared.runtime.rpc import current_principal

MATCHING_SERVICE = "polku.matching.v1.MatchingService"
Context = grpc.aio.ServicerContext[Any, Any]


class MatchingServicer(WatchServicer):
    """polku.matching.v1.MatchingService."""

    async def ListMatches(self, request: pb.ListMatchesRequest, context: Context) -> pb.ListMatchesResponse:
        cmd = ListMatches(
            caller=current_principal(),
            profile_id=_profile(request.profile),
            purpose=Purpose(request.purpose),
            kind=_kind(request.kind),
            municipality=request.municipality,
            language=self._texts.language_of(request.language),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        show = Wire(self._texts, cmd.language).match_page
        return await list_matches(cmd, self._open_uow(), self._engine, self._now(), show)

    async def ListExclusions(self, request: pb.ListExclusionsRequest, context: Context) -> pb.ListExclusionsResponse:
        cmd = ListExclusions(
            caller=current_principal(),
            profile_id=_profile(request.profile),
            purpose=Purpose(request.purpose),
            kind=_kind(request.kind),
            language=self._texts.language_of(request.language),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        page = await list_exclusions(cmd, self._open_uow(), self._engine, self._now())
        return Wire(self._texts, cmd.language).exclusion_page(page)

    async def ExplainMatch(self, request: pb.ExplainMatchRequest, context: Context) -> pb.ExplainMatchResponse:
        cmd = ExplainMatch(
            caller=current_principal(),
            profile_id=_profile(request.profile),
            opening_id=parse_name("openings", request.opening, field="opening"),
            purpose=Purpose(request.purpose),
            language=self._texts.language_of(request.language),
        )
        explained = await explain_match(cmd, self._open_uow(), self._engine, self._now())
        return Wire(self._texts, cmd.language).explained(explained)

    async def ListNextSteps(self, request: pb.ListNextStepsRequest, context: Context) -> pb.ListNextStepsResponse:
        cmd = ListNextSteps(
            caller=current_principal(),
            profile_id=_profile(request.profile),
            purpose=Purpose(request.purpose),
            language=self._texts.language_of(request.language),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        page = await list_next_steps(cmd, self._open_uow(), self._engine, self._now())
        return Wire(self._texts, cmd.language).step_page(page)

    async def GetQuestion(self, request: pb.GetQuestionRequest, context: Context) -> pb.GetQuestionResponse:
        cmd = GetQuestion(current_principal(), _profile(request.profile), Purpose(request.purpose))
        question = await get_question(cmd, self._open_uow(), self._engine, self._now())
        return Wire(self._texts, request.language).question(question)


def _profile(name: str) -> str:
    return parse_name("profiles", name, field="profile")


def _kind(kind: int) -> OpeningKind | None:
    return OpeningKind(kind) if kind else None
