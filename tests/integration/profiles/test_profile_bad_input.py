"""Bad input to the running profiles service. Row numbers are those of the table of bad inputs."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import grpc
import psycopg
import pytest
from google.protobuf.message import Message
from polku.profiles.v1 import profile_pb2
from polku.profiles.v1 import profile_service_pb2 as pb
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceStub

from shared.kernel.ids import new_id
from tests.builders.protos import methods
from tests.integration.profiles.calls import (
    JOB_MATCHING,
    PROFILE_SERVICE,
    accesses,
    change,
    create,
    creation,
    get,
    refusal,
    update,
)
from tests.integration.profiles.conftest import NewCaller
from tests.integration.profiles.process import ProfilesProcess

Rows = psycopg.Connection[tuple[object, ...]]
METHODS = {f"/{name}": method for name, method in methods("polku/profiles")}
WITH_TEXT = [name for name, method in METHODS.items() if any(f.type == f.TYPE_STRING for f in method.input_type.fields)]


def first_text(method: str) -> int:
    """Number of the first field of the request that holds text."""
    fields = METHODS[method].input_type.fields
    number: int = min(field.number for field in fields if field.type == field.TYPE_STRING)
    return number


def raw(channel: grpc.aio.Channel, method: str) -> Callable[..., grpc.aio.UnaryUnaryCall[bytes, bytes]]:
    """A call that sends and returns bytes as they are."""
    return channel.unary_unary(method)


def count(rows: Rows) -> object:
    """How many profiles, events and answers there are."""
    query = "select (select count(*) from profile), (select count(*) from outbox), (select count(*) from stored_answer)"
    return rows.execute(query).fetchone()


@pytest.mark.parametrize("method", WITH_TEXT)
@pytest.mark.parametrize("payload", [b"\xff\xff", b"\x02\xff\xfe"], ids=["cut", "utf-8"])
async def test_malformed_bytes_are_refused(
    channel: grpc.aio.Channel, caller: NewCaller, rows: Rows, method: str, payload: bytes
) -> None:
    """Truncated bytes and invalid UTF-8 are INVALID_ARGUMENT without a word of them (rows 1, 2)."""
    before = count(rows)
    malformed = bytes([first_text(method) << 3 | 2]) + payload  # tag of a field that holds a length and bytes

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await raw(channel, method)(malformed, metadata=caller("seeker").metadata, timeout=10)

    assert (refused.value.code().name, refused.value.details()) == ("INVALID_ARGUMENT", "malformed request")
    assert count(rows) == before


@pytest.mark.parametrize("method", METHODS)
async def test_no_credentials_are_refused(channel: grpc.aio.Channel, method: str) -> None:
    """No method answers without a token or with one that is not signed by a known issuer (row 3)."""
    code, error = await refusal(raw(channel, method)(b"", timeout=10))
    assert (code, error.reason) == ("UNAUTHENTICATED", "CREDENTIALS_MISSING")

    code, error = await refusal(raw(channel, method)(b"", metadata=(("authorization", "Bearer a.b.c"),), timeout=10))
    assert (code, error.reason) == ("UNAUTHENTICATED", "TOKEN_INVALID")


@pytest.mark.parametrize("method", METHODS)
async def test_a_deadline_is_required(channel: grpc.aio.Channel, caller: NewCaller, method: str) -> None:
    """A call without a deadline, or with one of hours, is refused (row 16)."""
    for timeout in (None, 3600):
        code, error = await refusal(raw(channel, method)(b"", metadata=caller("seeker").metadata, timeout=timeout))
        assert (code, error.reason) == ("INVALID_ARGUMENT", "DEADLINE_REQUIRED")


async def test_a_deadline_that_is_too_short_decides_nothing(
    channel: grpc.aio.Channel, caller: NewCaller, rows: Rows
) -> None:
    """After DEADLINE_EXCEEDED the same request id gives the one answer, whether or not the first was done (row 16)."""
    for milliseconds in (1, 3, 5, 8, 12):
        seeker, request = caller("seeker"), creation()
        call = ProfileServiceStub(channel).CreateProfile(request, metadata=seeker.metadata, timeout=milliseconds / 1000)
        assert await call.code() in (grpc.StatusCode.OK, grpc.StatusCode.DEADLINE_EXCEEDED)

        profile = await create(channel, seeker, request)

        owned = rows.execute("select id::text from profile where owner_subject = %s", (seeker.subject,)).fetchall()
        assert [f"profiles/{row[0]}" for row in owned] == [profile.name]
        events = "select count(*) from outbox where aggregate_id = %s"
        assert rows.execute(events, (profile.name.removeprefix("profiles/"),)).fetchone() == (1,)


async def test_too_many_calls_are_turned_away(
    channel: grpc.aio.Channel, caller: NewCaller, rows: Rows, profiles: ProfilesProcess
) -> None:
    """Of 500 calls at once some are served whole and the rest get RESOURCE_EXHAUSTED; then all is well (row 17)."""
    before = rows.execute("select count(*) from profile").fetchall()[0][0]
    stub = ProfileServiceStub(channel)
    with psycopg.connect(profiles.database.owner_dsn) as blocker:
        blocker.execute("lock table profile in exclusive mode")
        calls = [stub.CreateProfile(creation(), metadata=caller("seeker").metadata, timeout=20) for _ in range(500)]
        deadline = asyncio.get_running_loop().time() + 10
        while not any(call.done() for call in calls):
            # While nothing can be stored, only those that are turned away end.
            assert asyncio.get_running_loop().time() < deadline, "no call was turned away"
            await asyncio.sleep(0.01)
        blocker.rollback()

    outcomes = [(await call.code()).name for call in calls]

    assert set(outcomes) == {"OK", "RESOURCE_EXHAUSTED"}
    assert rows.execute("select count(*) from profile").fetchone() == (int(str(before)) + outcomes.count("OK"),)
    await create(channel, caller("seeker"))


async def test_absent_and_forbidden_are_the_same_bytes(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """Code, text and details of the refusal do not tell whether a profile exists (row 26)."""
    profile = await create(channel, caller("seeker"))
    absent = f"profiles/{new_id()}"
    answers = set()
    for stranger in (caller("seeker"), caller("counsellor"), caller("publisher"), caller("operator")):
        for name in (profile.name, absent):
            wanted = profile_pb2.Profile(name=name)
            for call in (
                get(channel, stranger, name, JOB_MATCHING),
                update(channel, stranger, change(wanted, "work")),
                accesses(channel, stranger, name),
            ):
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await call
                trailers = tuple(refused.value.trailing_metadata() or ())
                answers.add((refused.value.code(), refused.value.details(), trailers))

    assert len(answers) == 1
    assert answers.pop()[0] is grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize("path", ["id", "name", "owner", "owner_subject", "verified_skills", "protected", "version"])
async def test_fields_of_the_service_are_not_for_masks(channel: grpc.aio.Channel, caller: NewCaller, path: str) -> None:
    """A mask that names what the service gives, or what does not exist, is refused and changes nothing (row 27)."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)
    wanted = profile_pb2.Profile(name=profile.name, preferred_language="en")

    code, error = await refusal(update(channel, seeker, change(wanted, "preferred_language", path)))

    assert (code, error.reason) == ("INVALID_ARGUMENT", "UPDATE_MASK_INVALID")
    assert await get(channel, seeker, profile.name) == profile


async def test_an_empty_mask_is_refused(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """A mask without paths is refused (row 27)."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)

    code, error = await refusal(update(channel, seeker, change(profile)))

    assert (code, error.reason) == ("INVALID_ARGUMENT", "UPDATE_MASK_EMPTY")


async def test_page_tokens_are_for_one_caller_and_list(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """A token that is altered, of another caller or of another list is refused (row 37)."""
    seeker, auditor = caller("seeker"), caller("auditor")
    first, second = await create(channel, seeker), await create(channel, caller("seeker"))
    for _ in range(2):
        await get(channel, seeker, first.name)
    token = (await accesses(channel, seeker, first.name, size=1)).next_page_token
    assert token

    for call in (
        accesses(channel, seeker, first.name, token=token[:-1] + ("A" if token[-1] != "A" else "B")),
        accesses(channel, seeker, first.name, token=token + "A"),
        accesses(channel, seeker, first.name, token="x"),
        accesses(channel, auditor, first.name, token=token),
        accesses(channel, auditor, second.name, token=token),
    ):
        code, error = await refusal(call)
        assert (code, error.reason) == ("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID")
    assert (await accesses(channel, seeker, first.name, token=token)).accesses


@pytest.mark.parametrize("size", [-1, 101, 2**31 - 1])
async def test_page_sizes_have_limits(channel: grpc.aio.Channel, caller: NewCaller, size: int) -> None:
    """A page has 1 to 100 entries (row 33)."""
    request = pb.ListCaseloadRequest(page_size=size)
    stub = ProfileServiceStub(channel)

    code, error = await refusal(stub.ListCaseload(request, metadata=caller("counsellor").metadata, timeout=10))

    assert (code, error.reason) == ("INVALID_ARGUMENT", "PAGE_SIZE_OUT_OF_RANGE")


@pytest.mark.parametrize(
    ("method", "request_message"),
    [
        ("GetProfile", pb.GetProfileRequest(name=f"profiles/{new_id()}")),
        ("GetProfile", pb.GetProfileRequest(name="profiles/1", purpose=JOB_MATCHING)),
        ("GetProfile", pb.GetProfileRequest(name=f"profiles/{uuid4()}", purpose=JOB_MATCHING)),
        ("CreateProfile", pb.CreateProfileRequest(profile=profile_pb2.Profile(), request_id="1")),
        ("CreateProfile", pb.CreateProfileRequest(request_id=str(uuid4()))),
        ("AssignCounsellor", pb.AssignCounsellorRequest(name=f"profiles/{new_id()}", request_id=str(uuid4()))),
    ],
    ids=["no purpose", "no id", "uuid4", "no uuid", "no profile", "no counsellor"],
)
async def test_requests_need_all_their_parts(
    channel: grpc.aio.Channel, caller: NewCaller, method: str, request_message: Message
) -> None:
    """Missing and malformed parts are INVALID_ARGUMENT with a violation."""
    payload = request_message.SerializeToString()
    call = raw(channel, f"{PROFILE_SERVICE}/{method}")(payload, metadata=caller("seeker").metadata, timeout=10)

    code, error = await refusal(call)

    assert code == "INVALID_ARGUMENT"
    assert error.violations
