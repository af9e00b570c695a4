"""The gRPC service of candidates for vacancies."""

from collections.abc import Callable
from typing import Any

import grpc
from polku.matching.v1 import candidate_service_pb2 as pb
from polku.matching.v1.candidate_service_pb2_grpc import CandidateServiceServicer

from services.matching.adapters.candidate_texts import CandidateTexts
from services.matching.adapters.event_handlers import Clock, utc_now
from services.matching.adapters.texts import Texts
from services.matching.adapters.wire.candidates import CandidateWire
from services.matching.adapters.wire.matches import Wire
from services.matching.adapters.wire.values import timestamp_to_wire
from services.matching.application.asking import AskCandidate, ask_candidate
from services.matching.application.candidates import ListCandidates, Showing, list_candidates
from services.matching.application.engine import Engine
from services.matching.application.willing import CandidateUnitOfWork
from services.matching.domain.values import Purpose
from shared.kernel.names import parse_name
from shared.runtime.rpc import current_principal

CANDIDATE_SERVICE = "polku.matching.v1.CandidateService"
Context = grpc.aio.ServicerContext[Any, Any]
OpenUnitOfWork = Callable[[], CandidateUnitOfWork]


class CandidateServicer(CandidateServiceServicer):
    """polku.matching.v1.CandidateService."""

    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        engine: Engine,
        showing: Showing,
        texts: Texts,
        own_texts: CandidateTexts,
        now: Clock = utc_now,
    ) -> None:
        """`texts` are those of matches, `own_texts` those of candidates without a name."""
        self._open_uow = open_uow
        self._engine = engine
        self._showing = showing
        self._texts = texts
        self._own_texts = own_texts
        self._now = now

    async def ListCandidates(self, request: pb.ListCandidatesRequest, context: Context) -> pb.ListCandidatesResponse:
        cmd = ListCandidates(
            caller=current_principal(),
            opening_id=parse_name("openings", request.opening, field="opening"),
            purpose=Purpose(request.purpose),
            language=self._own_texts.language_of(request.language),
            page_size=request.page_size,
        )
        made = await list_candidates(cmd, self._open_uow(), self._engine, self._showing, self._now())
        matches = Wire(self._texts, cmd.language)
        return CandidateWire(self._own_texts, matches, self._engine.weights, cmd.language).candidates(made)

    async def AskCandidate(self, request: pb.AskCandidateRequest, context: Context) -> pb.AskCandidateResponse:
        cmd = AskCandidate(
            caller=current_principal(),
            opening_id=parse_name("openings", request.opening, field="opening"),
            handle=request.handle,
            purpose=Purpose(request.purpose),
            request_id=request.request_id,
        )
        answer_by = await ask_candidate(cmd, self._open_uow(), self._engine, self._showing, self._now())
        return pb.AskCandidateResponse(answer_by_time=timestamp_to_wire(answer_by))
