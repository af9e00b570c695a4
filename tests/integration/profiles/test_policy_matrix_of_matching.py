"""Every method of matching about a person, by every role in every relation, over both running services: 0 leaks.

Matching asks the real profiles service. Who has a row in the table is answered; everybody else gets the same code, text
and trailers whether the person, the list or the contest is there or not.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from polku.matching.v1 import (
    bulk_service_pb2,
    candidate_service_pb2,
    feedback_pb2,
    matching_service_pb2,
    text_service_pb2,
)
from polku.matching.v1.matching_service_pb2_grpc import MatchingServiceStub
from polku.openings.v1 import opening_events_pb2
from polku.type.v1 import types_pb2

from services.profiles.domain.policy import ABOUT_NOBODY, Action, action_of
from services.profiles.domain.values import Purpose
from shared.kernel.ids import new_id
from tests.builders.protos import methods
from tests.integration.matching.calls import Producer, a_vacancy, bare_id, eventually
from tests.integration.matching.process import MatchingProcess
from tests.integration.profiles.matrix import World, make_world
from tests.integration.profiles.process import Caller, Issuer, ProfilesProcess
from tests.servers import NatsServer, PostgresServer

VACANCY = a_vacancy()
OPENING = VACANCY.name
STREAMED = frozenset({Action.WATCH_MATCHES})
NAMED = {Action.READ_DECISION: "decisions", Action.REPLAY_DECISION: "decisions", Action.ANSWER_CONTESTS: "contests"}
"""Methods whose request names something made for the person, and not the person."""
UNREADY = frozenset({Action.LIST_PREPARED_MATCHES, Action.ANSWER_CONTESTS})
"""Methods that the state of things may not allow: no run was made, and a contest is answered once."""
METHODS = {
    name: method
    for name, method in methods("polku/matching")
    if not name.startswith("polku.matching.v1.LinkingService/")
}
"""The methods of the serving process; linking, which is about nobody, is served by the encoder."""
ACTIONS = [action for action in Action if action_of(action.value)]


@dataclass(frozen=True)
class Pair:
    """Both services, and channels to them."""

    issuer: ProfilesProcess
    profiles: grpc.aio.Channel
    matching: grpc.aio.Channel


@pytest.fixture(scope="module")
async def pair(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    """Profiles and matching, which believe the same issuers, on a broker of their own."""
    nats, folder = NatsServer(), tmp_path_factory.mktemp("pair")
    databases = [postgres_server.fresh_database() for _ in range(2)]
    (folder / "profiles").mkdir()
    (folder / "matching").mkdir()
    profiles = ProfilesProcess(folder / "profiles", databases[0], nats)
    matching = MatchingProcess(folder / "matching", databases[1], nats)
    try:
        nats.start()
        profiles.migrate()
        profiles.start()
        matching.changes = shared_trust(profiles.issuer, folder) | {"POLKU_PROFILES_ADDRESS": profiles.address}
        await matching.migrate()
        await matching.start()
        async with (
            grpc.aio.insecure_channel(profiles.address) as to_profiles,
            grpc.aio.insecure_channel(matching.address) as to_matching,
        ):
            await publish(nats, profiles.issuer, to_matching)
            yield Pair(profiles, to_profiles, to_matching)
    finally:
        for process in (matching, profiles, nats):
            process.remove()
        for database in databases:
            postgres_server.drop(database)


async def publish(nats: NatsServer, issuer: Issuer, matching: grpc.aio.Channel) -> None:
    """Publish the vacancy, and wait until matching has it."""
    producer = await Producer.connect(nats, "openings")
    event = opening_events_pb2.OpeningPublished(opening=VACANCY)
    await producer.publish(event, bare_id(OPENING), VACANCY.version)
    await producer.connection.close()
    metadata = (("authorization", f"Bearer {issuer.user('counsellor-1', 'counsellor', 'unit-1')}"),)
    payload = ROLES_ONLY["polku.matching.v1.CandidateService/ListCandidates"]().SerializeToString()

    async def there() -> bool:
        call = matching.unary_unary("/polku.matching.v1.CandidateService/ListCandidates")
        return await code_of(call(payload, metadata=metadata, timeout=10)) == "OK"

    await eventually(there, "the vacancy in matching")


def shared_trust(issuer: Issuer, folder: Path) -> Mapping[str, str]:
    """Settings by which matching believes the issuers of profiles, and is itself believed."""
    (folder / "issuers.json").write_text(json.dumps(issuer.file()))
    (folder / "key.json").write_text(json.dumps(issuer.private("matching")))
    return {
        "POLKU_TOKEN_ISSUERS_FILE": str(folder / "issuers.json"),
        "POLKU_SERVICE_KEY_FILE": str(folder / "key.json"),
    }


SAMPLES: Mapping[Action, Mapping[str, Any]] = {
    Action.EXPLAIN_MATCH: {"opening": OPENING},
    Action.GIVE_FEEDBACK: {"opening": OPENING, "kind": feedback_pb2.Feedback.KIND_INTERESTED},
    Action.WITHDRAW_FEEDBACK: {"opening": OPENING},
    Action.CONTEST_MATCH: {"opening": OPENING},
    Action.ANSWER_CONTESTS: {"answer": feedback_pb2.Contest.ANSWER_STANDS},
}
"""What a request needs beside its person or name, a purpose and an id of its own."""


def sample(action: Action, name: str, purpose: Purpose) -> Message:
    """A request about the person, or the thing, of this name."""
    descriptor = METHODS[action.value].input_type
    values = {"profile": name, "name": name, "purpose": int(purpose), "request_id": new_id(), **SAMPLES.get(action, {})}
    known = {field: value for field, value in values.items() if field in descriptor.fields_by_name}
    return GetMessageClass(descriptor)(**known)


async def ask(channel: grpc.aio.Channel, action: Action, request: Message, caller: Caller) -> tuple[object, ...]:
    """Code, text and trailers of a call, and whether something came."""
    make = channel.unary_stream if action in STREAMED else channel.unary_unary
    call: Any = make(f"/{action.value}")(request.SerializeToString(), metadata=caller.metadata, timeout=10)
    try:
        came = await call.read() if action in STREAMED else await call
    except grpc.aio.AioRpcError as error:
        return error.code().name, error.details(), tuple(error.trailing_metadata() or ()), False
    if came is grpc.aio.EOF:
        return (await call.code()).name, await call.details(), tuple(await call.trailing_metadata()), False
    call.cancel()
    return "OK", "", (), True


async def made_for(pair: Pair, world: World, action: Action) -> str:
    """The name of what the method is about: the person, or a list or a contest of theirs."""
    if action not in NAMED:
        return world.profile
    own, stub = world.standings["self"].caller, MatchingServiceStub(pair.matching)
    kind = types_pb2.Purpose.KIND_JOB_MATCHING
    if NAMED[action] == "decisions":
        listing = matching_service_pb2.ListMatchesRequest(profile=world.profile, purpose=kind)
        return str((await stub.ListMatches(listing, metadata=own.metadata, timeout=10)).decision)
    contest = feedback_pb2.ContestMatchRequest(
        profile=world.profile, purpose=kind, opening=OPENING, request_id=new_id()
    )
    return str((await stub.ContestMatch(contest, metadata=own.metadata, timeout=10)).contest.name)


def absent(name: str) -> str:
    """A name of the same kind that nobody has."""
    return f"{name.split('/')[0]}/{new_id()}"


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
async def test_matching_does_what_the_table_says(pair: Pair, action: Action) -> None:
    """Who has a row is not refused; who has none gets the answer about nobody; and about nobody all are refused."""
    world = await make_world(pair.profiles, pair.issuer)
    name = await made_for(pair, world, action)
    for who, standing in world.standings.items():
        for purpose in Purpose:
            case = f"{action.value}, {who}, {purpose}"
            there = await ask(pair.matching, action, sample(action, name, purpose), standing.caller)
            nobody = await ask(pair.matching, action, sample(action, absent(name), purpose), standing.caller)
            assert "INVALID_ARGUMENT" not in (there[0], nobody[0]), f"{case}: add a sample of this request"
            assert nobody[0] == "PERMISSION_DENIED", f"{case}: {nobody}"
            if standing.permitted(action, purpose) is None:
                assert there == nobody, case
            else:
                unready = ("NOT_FOUND", "FAILED_PRECONDITION") if action in UNREADY else ()
                assert there[0] in ("OK", *unready), f"{case}: {there}"


ROLES_ONLY: Mapping[str, Callable[[], Message]] = {
    "polku.matching.v1.BulkService/StartBulkRun": bulk_service_pb2.StartBulkRunRequest,
    "polku.matching.v1.BulkService/GetBulkRun": lambda: bulk_service_pb2.GetBulkRunRequest(name=f"bulkRuns/{new_id()}"),
    "polku.matching.v1.TextService/CheckTexts": lambda: text_service_pb2.CheckTextsRequest(texts=["I cook."]),
    "polku.matching.v1.CandidateService/ListCandidates": lambda: candidate_service_pb2.ListCandidatesRequest(
        opening=OPENING, purpose=types_pb2.Purpose.KIND_JOB_MATCHING
    ),
    "polku.matching.v1.CandidateService/AskCandidate": lambda: candidate_service_pb2.AskCandidateRequest(
        opening=OPENING, purpose=types_pb2.Purpose.KIND_JOB_MATCHING, handle="A" * 22, request_id=new_id()
    ),
}


@pytest.mark.parametrize("method", sorted(set(METHODS) & set(ABOUT_NOBODY)))
async def test_methods_about_nobody_are_for_their_roles(pair: Pair, method: str) -> None:
    """Roles outside of the line are refused; without a token nobody is answered."""
    world = await make_world(pair.profiles, pair.issuer)
    for who, standing in world.standings.items():
        call = pair.matching.unary_unary(f"/{method}")
        code = await code_of(
            call(ROLES_ONLY[method]().SerializeToString(), metadata=standing.caller.metadata, timeout=10)
        )
        if standing.role not in ABOUT_NOBODY[method]:
            assert code == "PERMISSION_DENIED", f"{method}, {who}"
        else:
            # The run and the handle are made up, and the vacancy is another publisher's.
            assert code in ("OK", "NOT_FOUND", "INVALID_ARGUMENT", "PERMISSION_DENIED"), f"{method}, {who}: {code}"


@pytest.mark.parametrize("method", METHODS)
async def test_nobody_without_a_token_is_answered(pair: Pair, method: str) -> None:
    """Without credentials every method is UNAUTHENTICATED, before anything of the request is read."""
    make = pair.matching.unary_stream if METHODS[method].server_streaming else pair.matching.unary_unary
    assert await code_of(make(f"/{method}")(b"", timeout=10)) == "UNAUTHENTICATED"


async def code_of(call: Any) -> str:
    """The code of a call."""
    return str((await call.code()).name)
