"""The streaming method of the gRPC service: a person's list as it changes."""

import asyncio
from contextlib import aclosing
from typing import Any

import grpc
from polku.matching.v1 import watch_pb2 as pb

from services.matching.adapters.event_handlers import Clock, OpenUnitOfWork, utc_now
from services.matching.adapters.grpc_records import RecordsServicer
from services.matching.adapters.texts import Texts
from services.matching.adapters.wire.matches import Wire
from services.matching.application.engine import Engine
from services.matching.application.watchers import Watchers, too_slow
from services.matching.application.watching import News, Patience, WatchMatches, watch_matches
from services.matching.domain.values import Purpose
from shared.kernel.names import parse_name, resource_name
from shared.runtime.rpc import current_principal

Context = grpc.aio.ServicerContext[Any, Any]
LONGEST_WRITE = 10.0
"""Seconds for which a message may wait for a reader; the transport holds 64 kB or more before that."""


class WatchServicer(RecordsServicer):
    """The stream of polku.matching.v1.MatchingService."""

    def __init__(
        self,
        open_uow: OpenUnitOfWork,
        engine: Engine,
        texts: Texts,
        watchers: Watchers,
        now: Clock = utc_now,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(open_uow, engine, texts, now)
        self._watchers = watchers
        self._patience = patience

    async def WatchMatches(  # type: ignore[override]  # writes through the context, where a write can be given a limit
        self, request: pb.WatchMatchesRequest, context: Context
    ) -> None:
        cmd = WatchMatches(
            caller=current_principal(),
            profile_id=parse_name("profiles", request.profile, field="profile"),
            purpose=Purpose(request.purpose),
            language=self._texts.language_of(request.language),
            since=request.since,
        )
        wire = Wire(self._texts, cmd.language)
        watching = watch_matches(cmd, self._watchers, self._open_uow, self._engine, self._now, self._patience)
        async with aclosing(watching):
            async for news in watching:
                await _written(news_to_wire(news, wire), context)


async def _written(message: pb.WatchMatchesResponse, context: Context) -> None:
    try:
        await asyncio.wait_for(context.write(message), LONGEST_WRITE)
    except TimeoutError:
        raise too_slow() from None


def news_to_wire(news: News, wire: Wire) -> pb.WatchMatchesResponse:
    """A message of the stream."""
    answer = pb.WatchMatchesResponse(
        since=news.since,
        gone=[resource_name("openings", opening_id) for opening_id in news.gone],
        many_changes=news.many,
    )
    if news.matches:
        answer.fitting.decision = resource_name("decisions", news.decision_id)
        answer.fitting.matches.extend(wire.match(match) for match in news.matches)
    return answer
