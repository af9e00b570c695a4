"""The methods of the gRPC service about what is recorded: decisions, feedback, contests."""

from typing import Any

import grpc
from google.protobuf.message import Message
from polku.matching.v1 import decision_replay_pb2 as replay_pb
from polku.matching.v1 import feedback_pb2 as pb
from polku.matching.v1 import matching_service_pb2 as service_pb
from polku.matching.v1.matching_service_pb2_grpc import MatchingServiceServicer as Servicer

from services.matching.adapters.event_handlers import Clock, OpenUnitOfWork, utc_now
from services.matching.adapters.texts import Texts
from services.matching.adapters.wire.matches import Wire
from services.matching.adapters.wire.records import (
    contest_to_wire,
    decision_id_of,
    feedback_to_wire,
    replayed_to_wire,
)
from services.matching.application.decisions import GetDecision, ReplayDecision, get_decision, replay_decision
from services.matching.application.engine import Engine
from services.matching.application.feedback import (
    ContestMatch,
    GiveFeedback,
    ListContests,
    ListFeedback,
    ResolveContest,
    WithdrawFeedback,
    contest_match,
    give_feedback,
    list_contests,
    list_feedback,
    resolve,
    withdraw_feedback,
)
from services.matching.application.records import RequestKey
from services.matching.domain.feedback import ContestAnswer, FeedbackKind, FeedbackReason
from services.matching.domain.values import Purpose
from shared.kernel.names import parse_name
from shared.runtime.requests import fingerprint_of
from shared.runtime.rpc import current_principal

Context = grpc.aio.ServicerContext[Any, Any]


class RecordsServicer(Servicer):
    """The records' part of polku.matching.v1.MatchingService."""

    def __init__(self, open_uow: OpenUnitOfWork, engine: Engine, texts: Texts, now: Clock = utc_now) -> None:
        self._open_uow = open_uow
        self._engine = engine
        self._texts = texts
        self._now = now

    async def GetDecision(
        self, request: service_pb.GetDecisionRequest, context: Context
    ) -> service_pb.GetDecisionResponse:
        cmd = GetDecision(current_principal(), parse_name("decisions", request.name), Purpose(request.purpose))
        decision = await get_decision(cmd, self._open_uow(), self._engine, self._now())
        served = Wire(self._texts, decision.language).decision(decision)
        return service_pb.GetDecisionResponse(decision=served)

    async def ReplayDecision(
        self, request: replay_pb.ReplayDecisionRequest, context: Context
    ) -> replay_pb.ReplayDecisionResponse:
        cmd = ReplayDecision(current_principal(), parse_name("decisions", request.name), Purpose(request.purpose))
        decision, replayed = await replay_decision(cmd, self._open_uow(), self._engine, self._now())
        return replayed_to_wire(decision, replayed, self._texts)

    async def GiveFeedback(self, request: pb.GiveFeedbackRequest, context: Context) -> pb.GiveFeedbackResponse:
        cmd = GiveFeedback(
            caller=current_principal(),
            request=_key(request, request.request_id),
            profile_id=_profile(request.profile),
            purpose=Purpose(request.purpose),
            opening_id=_opening(request.opening),
            kind=FeedbackKind(request.kind),
            reason=FeedbackReason(request.reason),
            decision_id=decision_id_of(request.decision),
        )
        said = await give_feedback(cmd, self._open_uow(), self._engine, self._now())
        return pb.GiveFeedbackResponse(feedback=feedback_to_wire(said))

    async def WithdrawFeedback(
        self, request: pb.WithdrawFeedbackRequest, context: Context
    ) -> pb.WithdrawFeedbackResponse:
        cmd = WithdrawFeedback(
            caller=current_principal(),
            request=_key(request, request.request_id),
            profile_id=_profile(request.profile),
            purpose=Purpose(request.purpose),
            opening_id=_opening(request.opening),
        )
        withdrawn = await withdraw_feedback(cmd, self._open_uow(), self._engine, self._now())
        return pb.WithdrawFeedbackResponse(withdrawn=withdrawn.said)

    async def ListFeedback(self, request: pb.ListFeedbackRequest, context: Context) -> pb.ListFeedbackResponse:
        cmd = ListFeedback(
            caller=current_principal(),
            profile_id=_profile(request.profile),
            purpose=Purpose(request.purpose),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        words, token = await list_feedback(cmd, self._open_uow(), self._engine)
        return pb.ListFeedbackResponse(feedback=[feedback_to_wire(word) for word in words], next_page_token=token)

    async def ContestMatch(self, request: pb.ContestMatchRequest, context: Context) -> pb.ContestMatchResponse:
        cmd = ContestMatch(
            caller=current_principal(),
            request=_key(request, request.request_id),
            profile_id=_profile(request.profile),
            purpose=Purpose(request.purpose),
            opening_id=_opening(request.opening),
            decision_id=decision_id_of(request.decision),
            about=request.about,
            value=request.value,
            words=request.words,
        )
        contest = await contest_match(cmd, self._open_uow(), self._engine, self._now())
        return pb.ContestMatchResponse(contest=contest_to_wire(contest))

    async def ListContests(self, request: pb.ListContestsRequest, context: Context) -> pb.ListContestsResponse:
        cmd = ListContests(
            caller=current_principal(),
            profile_id=_profile(request.profile),
            purpose=Purpose(request.purpose),
            open_only=request.open_only,
            page_size=request.page_size,
            page_token=request.page_token,
        )
        contests, token = await list_contests(cmd, self._open_uow(), self._engine)
        return pb.ListContestsResponse(contests=[contest_to_wire(each) for each in contests], next_page_token=token)

    async def ResolveContest(self, request: pb.ResolveContestRequest, context: Context) -> pb.ResolveContestResponse:
        cmd = ResolveContest(
            caller=current_principal(),
            request=_key(request, request.request_id),
            contest_id=parse_name("contests", request.name),
            purpose=Purpose(request.purpose),
            answer=ContestAnswer(request.answer),
            words=request.words,
        )
        contest = await resolve(cmd, self._open_uow(), self._engine, self._now())
        return pb.ResolveContestResponse(contest=contest_to_wire(contest))


def _key(request: Message, request_id: str) -> RequestKey:
    content = request.SerializeToString(deterministic=True)
    method = request.DESCRIPTOR.name.removesuffix("Request")
    return RequestKey(current_principal().subject, request_id, method, fingerprint_of(content))


def _profile(name: str) -> str:
    return parse_name("profiles", name, field="profile")


def _opening(name: str) -> str:
    return parse_name("openings", name, field="opening")
