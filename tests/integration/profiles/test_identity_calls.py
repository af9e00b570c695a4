"""Who a person is, over gRPC and PostgreSQL: exact, sealed, apart, and its history append-only."""

from uuid import uuid4

import grpc
import psycopg
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from polku.profiles.v1 import identity_service_pb2 as pb
from polku.profiles.v1 import profile_service_pb2 as profile_pb
from polku.profiles.v1.identity_service_pb2_grpc import IdentityServiceStub
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceStub
from polku.type.v1 import types_pb2

from tests.integration.profiles.calls import change, create, creation, refusal, update
from tests.integration.profiles.conftest import NewCaller
from tests.integration.profiles.process import Caller, ProfilesProcess

PLAN = types_pb2.Purpose.KIND_INTEGRATION_PLAN
ODD_NAMES = ["Robert'); DROP TABLE profile;--", "\u202eolleH", "\U0001f600 \U00020bb7", "e\u0301" * 100, "أحمد"]


async def identify(channel: grpc.aio.Channel, caller: Caller, identity: pb.Identity, *paths: str) -> pb.Identity:
    """The identity as stored."""
    request = pb.UpdateIdentityRequest(identity=identity, update_mask=FieldMask(paths=paths), request_id=str(uuid4()))
    answer = await IdentityServiceStub(channel).UpdateIdentity(request, metadata=caller.metadata, timeout=10)
    return answer.identity


async def read(channel: grpc.aio.Channel, caller: Caller, profile: str) -> pb.Identity:
    """The identity as read."""
    request = pb.GetIdentityRequest(profile=profile, purpose=PLAN)
    return (await IdentityServiceStub(channel).GetIdentity(request, metadata=caller.metadata, timeout=10)).identity


async def find(channel: grpc.aio.Channel, caller: Caller, request: pb.FindPeopleRequest) -> list[str]:
    """Names of the profiles that are found."""
    answer = await IdentityServiceStub(channel).FindPeople(request, metadata=caller.metadata, timeout=10)
    return [each.profile for each in answer.people]


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_odd_names_are_stored_exactly(channel: grpc.aio.Channel, caller: NewCaller, name: str) -> None:
    """In NFC, otherwise as written, and they are found where they have words (row 31)."""
    counsellor = caller("counsellor")
    profile = await create(channel, counsellor)
    stored = await identify(channel, counsellor, pb.Identity(profile=profile.name, family_name=name), "family_name")
    kept = await read(channel, counsellor, profile.name)
    assert stored.family_name == kept.family_name == name.replace("e\u0301", "é")
    assert (kept.etag, kept.version) == ('"1"', 1)


@pytest.mark.parametrize("name", ["b" * 101, "a" + "\u0301" * 300, "a\0b", "\u200b"])
async def test_bad_names_are_refused(channel: grpc.aio.Channel, caller: NewCaller, name: str) -> None:
    """Too long, with a NUL byte, invisible: INVALID_ARGUMENT, and nothing is stored (rows 8, 31)."""
    counsellor = caller("counsellor")
    profile = await create(channel, counsellor)
    wanted = pb.Identity(profile=profile.name, given_names=name)
    code, error = await refusal(identify(channel, counsellor, wanted, "given_names"))
    assert (code, error.reason) == ("INVALID_ARGUMENT", "IDENTITY_INVALID")
    assert (await read(channel, counsellor, profile.name)).version == 0


async def test_finding_goes_over_the_blind_index(
    channel: grpc.aio.Channel,
    caller: NewCaller,
    rows: "psycopg.Connection[tuple[object, ...]]",
    profiles: ProfilesProcess,
) -> None:
    """By name and by person id; no word of either is in the tables, in the log or in an event."""
    counsellor, other = caller("counsellor"), caller("counsellor", "unit-elsewhere")
    profile = await create(channel, counsellor)
    identity = pb.Identity(profile=profile.name, family_name="Salasukunimi", person_id="010190-900P")
    await identify(channel, counsellor, identity, "family_name", "person_id")
    assert await find(channel, counsellor, pb.FindPeopleRequest(name="SALASUKUNIMI")) == [profile.name]
    assert await find(channel, counsellor, pb.FindPeopleRequest(person_id="010190-900p")) == [profile.name]
    assert await find(channel, other, pb.FindPeopleRequest(name="salasukunimi")) == []
    assert await find(channel, counsellor, pb.FindPeopleRequest(name="salasuku")) == []
    tables = rows.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    kept = b""
    for (table,) in tables:
        statement = psycopg.sql.SQL("copy {} to stdout (format binary)").format(psycopg.sql.Identifier(str(table)))
        with rows.cursor().copy(statement) as copy:
            kept += b"".join(bytes(part) for part in copy)
    for word in (b"alasuku", b"ALASUKU", b"010190", b"900P"):
        assert word not in kept
        assert word not in profiles.log.encode()


async def test_history_can_only_grow(channel: grpc.aio.Channel, caller: NewCaller, profiles: ProfilesProcess) -> None:
    """The serving role adds to it and changes nothing in it; the list shows who changed what, page by page."""
    counsellor, seeker = caller("counsellor"), caller("seeker")
    profile = await create(channel, counsellor, creation(owner=seeker.subject))
    profile.preferred_language = "en"
    await update(channel, seeker, change(profile, "preferred_language"))
    with psycopg.connect(profiles.database.runtime_dsn, autocommit=True) as connection:
        for statement in ("update profile_change set path = 'x'", "truncate profile_change"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    paths, token = [], ""
    while token or not paths:
        request = profile_pb.ListChangesRequest(profile=profile.name, purpose=PLAN, page_size=2, page_token=token)
        page = await ProfileServiceStub(channel).ListChanges(request, metadata=counsellor.metadata, timeout=10)
        paths += [(each.path, each.role, each.old_value[:5], each.subject) for each in page.changes]
        token = page.next_page_token
    assert paths[0] == ("preferred_language", "seeker", '"so"', "")
    assert {path for path, *_ in paths[1:]} == {
        "case_reference", "preferred_language", "work.experiences", "work.languages", "work.limits.home",
    }  # fmt: skip
    assert {(role, old) for _, role, old, _ in paths[1:]} == {("counsellor", "null")}


async def test_a_query_is_needed(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """A search for nothing is refused by the protos' own rules."""
    code, _ = await refusal(find(channel, caller("counsellor"), pb.FindPeopleRequest()))
    assert code == "INVALID_ARGUMENT"
