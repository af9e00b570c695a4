"""The profiles service over real gRPC, PostgreSQL and NATS: what it answers and what it keeps."""

import re
from collections.abc import Callable
from uuid import uuid4

import grpc
import nats
import psycopg
import pytest
from nats.aio.msg import Msg
from polku.profiles.v1 import access_service_pb2 as access_pb
from polku.profiles.v1 import profile_events_pb2, profile_pb2
from polku.profiles.v1 import profile_service_pb2 as pb
from polku.profiles.v1.access_service_pb2_grpc import AccessServiceStub
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceStub
from polku.type.v1 import types_pb2

from shared.kernel.ids import new_id
from tests.integration.profiles.calls import (
    JOB_MATCHING,
    SECRET_WORDS,
    a_profile,
    accesses,
    change,
    create,
    creation,
    get,
    refusal,
    update,
)
from tests.integration.profiles.conftest import NewCaller
from tests.integration.profiles.process import Caller, ProfilesProcess
from tests.servers import NatsServer

Rows = psycopg.Connection[tuple[object, ...]]
METHOD = "polku.matching.v1.MatchingService/ListMatches"


async def test_a_profile_is_created_read_and_changed(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """What a seeker sends comes back with name, etag and times, and changes as masked."""
    seeker = caller("seeker")

    profile = await create(channel, seeker)
    assert profile.name.startswith("profiles/")
    assert (profile.version, profile.etag) == (1, '"1"')
    assert profile.work == a_profile().work
    assert await get(channel, seeker, profile.name) == profile

    wanted = profile_pb2.Profile(name=profile.name, preferred_language="en")
    wanted.choices.ranking_opt_out = True
    changed = await update(channel, seeker, change(wanted, "preferred_language", "choices", etag=profile.etag))

    assert (changed.version, changed.etag, changed.preferred_language) == (2, '"2"', "en")
    assert changed.choices.ranking_opt_out
    assert changed.work == profile.work
    assert changed.update_time.ToNanoseconds() > profile.update_time.ToNanoseconds()
    assert await get(channel, seeker, profile.name) == changed


async def test_a_request_id_is_answered_once(channel: grpc.aio.Channel, caller: NewCaller, rows: Rows) -> None:
    """The same request again gives the same bytes, one row and one event; another content is refused (rows 5, 6)."""
    seeker, request = caller("seeker"), creation()
    first = await create(channel, seeker, request)
    await update(channel, seeker, change(profile_pb2.Profile(name=first.name), "case_reference"))

    assert (await create(channel, seeker, request)).SerializeToString() == first.SerializeToString()

    request.profile.case_reference = "K-18"
    code, error = await refusal(create(channel, seeker, request))
    assert (code, error.reason) == ("INVALID_ARGUMENT", "REQUEST_ID_REUSED")
    found = rows.execute("select count(*) from profile where owner_subject = %s", (seeker.subject,)).fetchone()
    assert found == (1,)


async def test_a_stale_etag_is_aborted(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """A change of an old copy is ABORTED with the current etag; nothing is lost (row 7)."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)
    wanted = profile_pb2.Profile(name=profile.name, preferred_language="en")
    await update(channel, seeker, change(wanted, "preferred_language", etag=profile.etag))
    wanted.preferred_language = "sv"

    code, error = await refusal(update(channel, seeker, change(wanted, "preferred_language", etag=profile.etag)))

    assert (code, error.reason, error.metadata["etag"]) == ("ABORTED", "ETAG_STALE", '"2"')
    assert (await get(channel, seeker, profile.name)).preferred_language == "en"


async def test_every_change_is_in_the_stream(
    channel: grpc.aio.Channel, caller: NewCaller, nats_server: NatsServer
) -> None:
    """Each version is one event with id, version and changed paths, in order, and without any personal data."""
    counsellor = caller("counsellor")
    connection = await nats.connect(nats_server.owner_url)
    try:
        subscription = await connection.jetstream().subscribe("polku.profiles.>", ordered_consumer=True)
        profile = await create(channel, counsellor, creation(owner=f"seeker-{new_id()}"))
        wanted = a_profile()
        wanted.name, wanted.work.limits.home.municipality = profile.name, "091"
        await update(channel, counsellor, change(wanted, "work.limits"))
        profile_id = profile.name.removeprefix("profiles/")
        messages: list[Msg] = []
        while len(messages) < 3:
            message = await subscription.next_msg(timeout=10)
            if message.subject.endswith(profile_id):
                messages.append(message)
    finally:
        await connection.close()

    assert [message.subject.rsplit(".", 1)[0] for message in messages] == [
        "polku.profiles.profile.created.v1",
        "polku.profiles.profile.assigned.v1",
        "polku.profiles.profile.updated.v1",
    ]
    headers = [message.headers or {} for message in messages]
    assert [header["ce-sequence"] for header in headers] == ["1", "2", "3"]
    assert {header["ce-subject"] for header in headers} == {profile_id}
    assert headers[2]["ce-type"] == "polku.profiles.v1.ProfileUpdated"
    assert headers[2]["Nats-Msg-Id"] == headers[2]["ce-id"]
    updated = profile_events_pb2.ProfileUpdated.FromString(messages[2].data)
    assert (updated.profile, updated.version, list(updated.changed_paths)) == (profile.name, 3, ["work.limits.home"])
    sent = b"".join(message.data + str(message.headers).encode() for message in messages).decode(errors="replace")
    # Ids and times hold any three digits by chance.
    sent = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|traceparent[^,}]*", "", sent)
    for word in ("049", "091", "K-17", "seeker", "counsellor", "keitti", SECRET_WORDS):
        assert word not in sent


async def test_a_reading_is_recorded_before_its_answer(
    channel: grpc.aio.Channel, caller: NewCaller, rows: Rows
) -> None:
    """When an answer has arrived, its access row is committed: there are as many rows as readings."""
    counsellor = caller("counsellor")
    profile = await create(channel, counsellor)
    profile_id = profile.name.removeprefix("profiles/")

    for readings in range(1, 21):
        await get(channel, counsellor, profile.name, JOB_MATCHING)
        found = rows.execute("select count(*), min(reader) from access where profile_id = %s", (profile_id,)).fetchone()
        assert found == (readings, counsellor.subject)


async def test_accesses_cannot_be_changed_by_the_serving_role(profiles: ProfilesProcess) -> None:
    """The role that serves may add and read accesses, and neither change nor delete them."""
    with psycopg.connect(profiles.database.runtime_dsn, autocommit=True) as connection:
        connection.execute("select count(*) from access")
        for statement in ("update access set reader = ''", "delete from access", "truncate access"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


async def test_matching_asks_for_the_user_and_reads_for_itself(
    channel: grpc.aio.Channel,
    caller: NewCaller,
    service: Callable[[str], Caller],
    profiles: ProfilesProcess,
) -> None:
    """For the user matching learns the relation; for itself it reads work and choices; both are recorded."""
    seeker, matching = caller("seeker"), service("matching")
    profile = await create(channel, seeker)
    request = access_pb.AuthorizeAccessRequest(profile=profile.name, purpose=JOB_MATCHING, method=METHOD)
    forwarded = seeker.through(profiles.issuer.service("matching"))

    answer = await AccessServiceStub(channel).AuthorizeAccess(request, metadata=forwarded.metadata, timeout=10)
    read = await ProfileServiceStub(channel).GetMatchingProfile(
        pb.GetMatchingProfileRequest(name=profile.name), metadata=matching.metadata, timeout=10
    )

    assert answer.relation == access_pb.Relation.KIND_SELF
    assert (read.name, read.version, read.work, read.choices) == (profile.name, 1, profile.work, profile.choices)
    page = await accesses(channel, seeker, profile.name)
    assert [(row.method, row.role, row.relation) for row in page.accesses] == [
        ("polku.profiles.v1.ProfileService/GetMatchingProfile", "service", access_pb.Relation.KIND_SERVICE),
        (METHOD, "seeker", access_pb.Relation.KIND_SELF),
    ]


async def test_forwarding_needs_both_tokens(
    channel: grpc.aio.Channel, caller: NewCaller, service: Callable[[str], Caller], profiles: ProfilesProcess
) -> None:
    """A user alone, a service alone and another service are refused."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)
    request = access_pb.AuthorizeAccessRequest(profile=profile.name, purpose=JOB_MATCHING, method=METHOD)
    for asking in (seeker, service("matching"), seeker.through(profiles.issuer.service("openings"))):
        call = AccessServiceStub(channel).AuthorizeAccess(request, metadata=asking.metadata, timeout=10)
        code, error = await refusal(call)
        assert (code, error.reason) == ("PERMISSION_DENIED", "SERVICE_NOT_ALLOWED")


async def test_a_handover_over_the_wire(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """After a handover the person is in the new counsellor's caseload, and the old one is refused."""
    old, new = caller("counsellor"), caller("counsellor", "unit-2")
    profile = await create(channel, old)
    request = pb.AssignCounsellorRequest(
        name=profile.name, counsellor=new.subject, unit="unit-2", request_id=str(uuid4())
    )
    stub = ProfileServiceStub(channel)

    assigned = await stub.AssignCounsellor(request, metadata=old.metadata, timeout=10)

    assert (assigned.assignment.counsellor, assigned.assignment.HasField("end_time")) == (new.subject, False)
    caseload = await stub.ListCaseload(pb.ListCaseloadRequest(), metadata=new.metadata, timeout=10)
    assert [(entry.profile, entry.case_reference) for entry in caseload.entries] == [(profile.name, "K-17")]
    assert not (await stub.ListCaseload(pb.ListCaseloadRequest(), metadata=old.metadata, timeout=10)).entries
    code, _ = await refusal(get(channel, old, profile.name, JOB_MATCHING))
    assert code == "PERMISSION_DENIED"


async def test_pages_go_on_where_they_ended(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """Pages of the caseload hold each person once, and the last has no token."""
    counsellor, stub = caller("counsellor"), ProfileServiceStub(channel)
    created = [(await create(channel, counsellor)).name for _ in range(5)]
    found: list[str] = []
    token = ""
    while token or not found:
        request = pb.ListCaseloadRequest(page_size=2, page_token=token)
        page = await stub.ListCaseload(request, metadata=counsellor.metadata, timeout=10)
        found += [entry.profile for entry in page.entries]
        token = page.next_page_token

    assert found == created[::-1]


async def test_an_auditor_sees_roles_and_purposes(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """Supervision sees who read in which role; the auditor's own look is recorded under its purpose."""
    counsellor, auditor = caller("counsellor"), caller("auditor")
    profile = await create(channel, counsellor)
    await get(channel, counsellor, profile.name, JOB_MATCHING)

    await accesses(channel, auditor, profile.name)
    page = await accesses(channel, auditor, profile.name)

    assert [(row.role, row.purpose, row.unit) for row in page.accesses] == [
        ("auditor", types_pb2.Purpose.KIND_AUDIT, ""),
        ("counsellor", JOB_MATCHING, "unit-1"),
    ]
