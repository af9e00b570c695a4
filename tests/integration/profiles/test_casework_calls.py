"""Break-glass, assignments over time and handovers over real gRPC, PostgreSQL and NATS."""

import asyncio
import json
from typing import Any

import grpc
import nats
import psycopg
import pytest
from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import caseload_service_pb2 as pb
from polku.profiles.v1 import profile_events_pb2
from polku.profiles.v1.access_service_pb2_grpc import AccessServiceStub
from polku.profiles.v1.caseload_service_pb2_grpc import CaseloadServiceStub
from polku.type.v1 import types_pb2

from shared.kernel.ids import new_id
from tests.integration.profiles.calls import JOB_MATCHING, accesses, create, creation, get, refusal
from tests.integration.profiles.conftest import NewCaller
from tests.integration.profiles.matrix import new_uuid
from tests.integration.profiles.process import Caller, ProfilesProcess
from tests.servers import NatsServer

REASON = "Aino waits at the desk, and her counsellor is ill."
PLAN, OWN = types_pb2.Purpose.KIND_INTEGRATION_PLAN, types_pb2.Purpose.KIND_OWN_DATA
Outcome = pb.HandOverOutcome
Rows = psycopg.Connection[tuple[object, ...]]


async def break_glass(channel: grpc.aio.Channel, caller: Caller, name: str, reason: str = REASON) -> Any:
    """The override."""
    request = access_pb.BreakGlassRequest(
        profile=name, reason_code=access_pb.AccessOverride.REASON_SAFETY, reason=reason, request_id=new_uuid()
    )
    return (await AccessServiceStub(channel).BreakGlass(request, metadata=caller.metadata, timeout=10)).override


async def overrides(channel: grpc.aio.Channel, caller: Caller, name: str = "", **page: Any) -> Any:
    """A page of overrides."""
    request = access_pb.ListOverridesRequest(profile=name, **page)
    return await AccessServiceStub(channel).ListOverrides(request, metadata=caller.metadata, timeout=10)


async def hand_over(channel: grpc.aio.Channel, caller: Caller, to: Caller, *names: str, **parts: Any) -> Any:
    """What became of everybody."""
    request = pb.HandOverRequest(
        **{"profiles": names, "counsellor": to.subject, "unit": "unit-2", "request_id": new_uuid(), **parts}
    )
    return await CaseloadServiceStub(channel).HandOver(request, metadata=caller.metadata, timeout=20)


async def test_broken_glass_opens_alerts_and_is_shown(
    channel: grpc.aio.Channel, caller: NewCaller, profiles: ProfilesProcess, nats_server: NatsServer
) -> None:
    """The record opens; event and warning tell of it and name nobody; the person sees unit and reason (row 32)."""
    own, counsellor, stranger = caller("seeker"), caller("counsellor"), caller("counsellor", "unit-2")
    profile = await create(channel, counsellor, creation(owner=own.subject))
    code, _ = await refusal(get(channel, stranger, profile.name, JOB_MATCHING))
    assert code == "PERMISSION_DENIED"
    connection = await nats.connect(nats_server.owner_url)
    try:
        subject = "polku.profiles.profile.access-overridden.>"
        told = await connection.jetstream().subscribe(subject, ordered_consumer=True)
        opened = await break_glass(channel, stranger, profile.name)
        message = await told.next_msg(timeout=10)
        while not message.subject.endswith(opened.name.removeprefix("accessOverrides/")):
            message = await told.next_msg(timeout=10)
    finally:
        await connection.close()

    assert (await get(channel, stranger, profile.name, JOB_MATCHING)).work == profile.work
    event = profile_events_pb2.ProfileAccessOverridden.FromString(message.data)
    assert (event.override, event.version) == (opened.name, 1)
    log = [json.loads(line) for line in profiles.log.splitlines() if "access.overridden" in line]
    assert [line["level"] for line in log if line["override"] in opened.name] == ["warning"]
    for word in (profile.name.split("/")[1], own.subject, stranger.subject, "Aino"):
        assert word not in message.data.decode(errors="replace") + str(message.headers)
        assert word not in json.dumps(log)
    (seen,) = (await overrides(channel, own, profile.name)).overrides
    assert (seen.unit, seen.reason, seen.counsellor) == ("unit-2", REASON, "")
    readings = (await accesses(channel, own, profile.name)).accesses
    assert access_pb.Relation.KIND_BREAK_GLASS in {row.relation for row in readings}


async def test_overrides_are_sealed_and_cannot_be_changed(
    channel: grpc.aio.Channel, caller: NewCaller, profiles: ProfilesProcess, rows: Rows
) -> None:
    """The words lie in no row in clear, and the serving role can neither change nor empty the record of overrides."""
    profile = await create(channel, caller("counsellor"))
    await break_glass(channel, caller("counsellor", "unit-2"), profile.name)

    for table in ("access_override", "stored_answer", "outbox"):
        found = rows.execute(f"select {table}::text from {table}").fetchall()  # noqa: S608 - constants
        assert found
        assert b"Aino".hex() not in str(found)
        assert "Aino" not in str(found)
    with psycopg.connect(profiles.database.runtime_dsn, autocommit=True) as connection:
        for statement in ("update access_override set end_time = now() + '1 year'", "truncate access_override"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


async def test_supervision_sees_overrides_page_by_page(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """The newest of everybody first, with who it was; a token is for the one who got it, and for that list."""
    counsellor, stranger, auditor = caller("counsellor"), caller("counsellor", "unit-2"), caller("auditor")
    names = [(await create(channel, counsellor)).name for _ in range(3)]
    for name in names:
        await break_glass(channel, stranger, name)

    first = await overrides(channel, auditor, page_size=2)
    rest = await overrides(channel, auditor, page_size=1, page_token=first.next_page_token)

    found = [each for page in (first, rest) for each in page.overrides]
    assert [each.profile for each in found] == names[::-1]
    assert {each.counsellor for each in found} == {stranger.subject}
    for asking, name in ((caller("operator"), ""), (auditor, names[0])):
        code, error = await refusal(overrides(channel, asking, name, page_token=first.next_page_token))
        assert (code, error.reason) == ("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID")


@pytest.mark.parametrize(
    ("reason", "code"), [("too short", 1), ("x" * 501, 1), (REASON, 0), (REASON, 99)], ids=["short", "long", "0", "99"]
)
async def test_a_reason_is_needed(channel: grpc.aio.Channel, caller: NewCaller, reason: str, code: int) -> None:
    """A reason has a kind and 10 to 500 characters."""
    request = access_pb.BreakGlassRequest(profile=f"profiles/{new_id()}", reason=reason, request_id=new_uuid())
    request.reason_code = access_pb.AccessOverride.Reason.ValueType(code)
    stub = AccessServiceStub(channel)

    refused, error = await refusal(stub.BreakGlass(request, metadata=caller("counsellor").metadata, timeout=10))

    assert refused == "INVALID_ARGUMENT"
    assert error.violations


async def test_a_caseload_changes_hands_in_one_go(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """A preview tells and changes nothing; the handover moves all of 60; the history of each keeps both."""
    old, new, own = caller("counsellor"), caller("counsellor", "unit-2"), caller("seeker")
    names = [(await create(channel, old, creation(owner=own.subject))).name]
    names += [(await create(channel, old)).name for _ in range(59)]

    preview = await hand_over(channel, old, new, *names, f"profiles/{new_id()}", validate_only=True)
    done = await hand_over(channel, old, new, caseload_of=old.subject)

    assert [each.kind for each in preview.outcomes] == [*[Outcome.KIND_HANDED_OVER] * 60, Outcome.KIND_NOT_ACCESSIBLE]
    assert {each.profile: each.kind for each in done.outcomes} == dict.fromkeys(names, Outcome.KIND_HANDED_OVER)
    code, _ = await refusal(get(channel, old, names[0], JOB_MATCHING))
    assert code == "PERMISSION_DENIED"
    request = pb.ListAssignmentsRequest(profile=names[0], purpose=OWN)
    stub = CaseloadServiceStub(channel)
    listed = (await stub.ListAssignments(request, metadata=own.metadata, timeout=10)).assignments
    assert [(each.unit, each.HasField("end_time"), each.counsellor) for each in listed] == [
        ("unit-2", False, ""),
        ("unit-1", True, ""),
    ]
    request.purpose = PLAN
    by_counsellor = (await stub.ListAssignments(request, metadata=new.metadata, timeout=10)).assignments
    assert [each.counsellor for each in by_counsellor] == [new.subject, old.subject]


async def test_a_handover_with_a_stranger_is_refused_whole(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """One who is not the caller's, or is not there, and nobody moves; the bytes of both refusals are the same."""
    old, new, other = caller("counsellor"), caller("counsellor", "unit-2"), caller("counsellor", "unit-3")
    mine, theirs = (await create(channel, old)).name, (await create(channel, other)).name
    answers = set()
    for name in (theirs, f"profiles/{new_id()}"):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await hand_over(channel, old, new, mine, name)
        trailers = tuple(refused.value.trailing_metadata() or ())
        answers.add((refused.value.code(), refused.value.details(), trailers))

    assert len(answers) == 1
    assert (await get(channel, old, mine, JOB_MATCHING)).name == mine


async def test_handovers_that_share_people_wait_for_each_other(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """Twenty at once over the same persons, named in either order, all end, and each person is with one counsellor."""
    operator, first = caller("operator"), caller("counsellor")
    names = [(await create(channel, first)).name for _ in range(5)]
    takers = [caller("counsellor", "unit-2") for _ in range(20)]

    await asyncio.gather(
        *(hand_over(channel, operator, taker, *names[:: 1 if n % 2 else -1]) for n, taker in enumerate(takers))
    )

    stub = CaseloadServiceStub(channel)
    auditor = caller("auditor")
    for name in names:
        request = pb.ListAssignmentsRequest(profile=name, purpose=types_pb2.Purpose.KIND_AUDIT, page_size=50)
        listed = (await stub.ListAssignments(request, metadata=auditor.metadata, timeout=10)).assignments
        assert len(listed) == 21
        assert [each.HasField("end_time") for each in listed] == [False, *[True] * 20]
