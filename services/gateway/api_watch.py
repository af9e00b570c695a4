"""The API of a list as it changes: server-sent events."""

import json
import time
from collections.abc import AsyncGenerator

from polku.matching.v1.watch_pb2 import WatchMatchesRequest, WatchMatchesResponse

from services.gateway import examples, wire
from services.gateway.api_call import ApiCall
from services.gateway.auth import expiry_of
from services.gateway.event_stream import HEARTBEAT, event, mark
from services.gateway.operations import LANGUAGE, PURPOSE, Access, Operation, QueryParameter, Streamed
from services.gateway.problems import document_of
from services.gateway.watching import Watch
from shared.kernel.errors import PolkuError, Unauthenticated
from shared.runtime.auth import token_invalid

RETRY_MS = 3000
SINCE = QueryParameter(
    "since",
    "`watchToken` of a list or the id of the last event: nothing that changed since is missed. The header "
    "`Last-Event-ID` goes before it. When left out, only what changes from now on is told.",
    {"type": "string", "maxLength": 1000},
)


async def _watch(call: ApiCall) -> Streamed:
    seconds = expiry_of(call.caller.principal.token) - time.time()
    if seconds <= 0:
        raise token_invalid()
    request = WatchMatchesRequest(
        profile=call.name("profiles", "profile"),
        purpose=call.purpose(),
        language=call.language,
        since=call.request.headers.get("last-event-id", "") or call.text("since"),
    )
    watch = await Watch.begin(call.backends, request, call.caller, call.draining, seconds)
    return Streamed(_frames(watch), watch.close)


async def _frames(watch: Watch) -> AsyncGenerator[bytes, None]:
    try:
        retry = RETRY_MS
        async for message in watch.messages():
            if retry and message is not None:
                yield mark(message.since, retry_ms=retry)
                retry = 0
            yield _frame(message)
        if watch.expired:
            yield _end(Unauthenticated("TOKEN_EXPIRED", "The token has ended. Go on with a new one."))
    except PolkuError as error:
        yield _end(error)


def _frame(message: WatchMatchesResponse | None) -> bytes:
    if message is None:
        return HEARTBEAT
    told = wire.to_json(message)
    since = told.pop("since", "")
    return event("change", json.dumps(told, ensure_ascii=False), id=since) if told else mark(since)


def _end(error: PolkuError) -> bytes:
    return event("end", json.dumps(document_of(error), ensure_ascii=False))


OPERATIONS = (
    Operation(
        id="watchMatches",
        method="GET",
        path="/v1/profiles/{profile}/matches:watch",
        tag="Matching",
        summary="What changes in a person's list, as it happens",
        access=Access.TOKEN,
        handle=_watch,
        query=(SINCE, LANGUAGE, PURPOSE),
        streams=True,
        conflicts=True,
        answer=WatchMatchesResponse,
        answer_text=(
            "Events until the token ends: `change` with what fits by now and what is gone, its id in place of `since`; "
            "`end` with problem details where the stream cannot go on. Something is written every 15 seconds at least. "
            "A stream that ends without `end` is to be opened anew, which browsers do by themselves."
        ),
        answer_example={
            "fitting": {
                "matches": [{key: value for key, value in examples.MATCH.items() if key != "rank"}],
                "decision": examples.DECISION_NAME,
            },
            "gone": [examples.TRAINING_NAME],
        },
    ),
)
