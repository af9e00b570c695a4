"""The access log of the running service: refusals, supervision, and the command that checks the seal."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import psycopg
import pytest
from google.protobuf.json_format import MessageToJson
from google.protobuf.timestamp_pb2 import Timestamp
from polku.profiles.v1 import access_service_pb2 as pb
from polku.profiles.v1.access_service_pb2_grpc import AccessServiceStub

from shared.kernel.ids import new_id
from tests.integration.profiles.calls import JOB_MATCHING, accesses, create, get, refusal
from tests.integration.profiles.conftest import NewCaller
from tests.integration.profiles.process import Caller, ProfilesProcess
from tests.servers import until

Rows = psycopg.Connection[tuple[Any, ...]]


async def search(channel: grpc.aio.Channel, caller: Caller, **wanted: Any) -> pb.SearchAccessesResponse:
    """A page of the whole log."""
    request = pb.SearchAccessesRequest(**wanted)
    return await AccessServiceStub(channel).SearchAccesses(request, metadata=caller.metadata, timeout=10)


async def heads(channel: grpc.aio.Channel, caller: Caller) -> pb.ListAccessHeadsResponse:
    """The heads."""
    request = pb.ListAccessHeadsRequest()
    return await AccessServiceStub(channel).ListAccessHeads(request, metadata=caller.metadata, timeout=10)


def wait_for_seals(rows: Rows) -> None:
    """Wait until every entry has its seal."""
    query = "select count(*) from access where not exists (select from access_seal where access_id = access.id)"
    until(lambda: rows.execute(query).fetchone() == (0,), "the sealing of all entries")


@pytest.fixture
def unbroken(rows: Rows) -> Iterator[None]:
    """Put back what a test breaks: the module's tests share a service."""
    before = rows.execute("select id, unit from access").fetchall()
    yield
    for access_id, unit in before:
        rows.execute("update access set unit = %s where id = %s and unit <> %s", (unit, access_id, unit))


async def test_a_refused_reading_is_on_record_and_the_caller_cannot_tell(
    channel: grpc.aio.Channel, caller: NewCaller, rows: Rows
) -> None:
    """Another's id and an absent one get the same bytes, and each leaves a row that says denied (row 26)."""
    owner, stranger = caller("seeker"), caller("seeker")
    profile = await create(channel, owner)
    answers = []
    for name in (profile.name, f"profiles/{new_id()}"):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await get(channel, stranger, name)
        status = dict(error.value.trailing_metadata() or ()).get("grpc-status-details-bin")
        answers.append((error.value.code(), error.value.details(), status))
        row = rows.execute(
            "select refused, data, role, method from access where profile_id = %s and reader = %s",
            (name.removeprefix("profiles/"), stranger.subject),
        ).fetchall()
        assert row == [(True, [], "seeker", "polku.profiles.v1.ProfileService/GetProfile")]

    assert answers[0] == answers[1]
    assert [each.role for each in (await accesses(channel, owner, profile.name)).accesses] == []


async def test_supervision_sees_who_read_and_who_tried(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """An auditor finds readers and refusals by person and by reader; nobody else may search."""
    counsellor, stranger, auditor = caller("counsellor"), caller("counsellor", "unit-2"), caller("auditor")
    profile = await create(channel, counsellor)
    await get(channel, counsellor, profile.name, JOB_MATCHING)
    await refusal(get(channel, stranger, profile.name, JOB_MATCHING))

    by_person = await search(channel, auditor, profile=profile.name)
    by_reader = await search(channel, auditor, reader=stranger.subject, refused_only=True)
    first = await search(channel, auditor, profile=profile.name, page_size=1)
    following = await search(channel, auditor, profile=profile.name, page_size=1, page_token=first.next_page_token)

    assert [(each.reader, each.refused, each.unit) for each in by_person.accesses] == [
        (stranger.subject, True, "unit-2"), (counsellor.subject, False, "unit-1"),
    ]  # fmt: skip
    assert [(each.profile, each.refused) for each in by_reader.accesses] == [(profile.name, True)]
    assert first.accesses[0].reader == auditor.subject  # the search before it is in the log, too
    assert following.accesses[0] == by_person.accesses[0]
    for other in (counsellor, caller("seeker"), caller("operator"), caller("publisher")):
        code, error = await refusal(search(channel, other, profile=profile.name))
        assert (code, error.reason) == ("PERMISSION_DENIED", "ROLE_NOT_ALLOWED")


async def test_a_search_is_bound_to_what_was_asked(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """A token of another search, a period that ends before it begins and impossible instants are refused by name."""
    counsellor, auditor = caller("counsellor"), caller("auditor")
    profile = await create(channel, counsellor)
    for _ in range(2):
        await get(channel, counsellor, profile.name, JOB_MATCHING)
    token = (await search(channel, auditor, profile=profile.name, page_size=1)).next_page_token

    for wanted, reason in (
        ({"profile": profile.name, "refused_only": True, "page_token": token}, "PAGE_TOKEN_INVALID"),
        ({"begin_time": Timestamp(seconds=20), "end_time": Timestamp(seconds=10)}, "PERIOD_INVALID"),
        ({"begin_time": Timestamp(seconds=2**60)}, "TIME_INVALID"),
    ):
        code, error = await refusal(search(channel, auditor, **wanted))
        assert (code, error.reason) == ("INVALID_ARGUMENT", reason)


async def test_the_seal_is_checked_by_a_command(
    channel: grpc.aio.Channel,
    caller: NewCaller,
    profiles: ProfilesProcess,
    rows: Rows,
    unbroken: None,
    folder: Path,
) -> None:
    """Whole: code 0 and the count; one changed letter: code 1 and the entry by its id, here and by kept heads."""
    counsellor, auditor = caller("counsellor"), caller("auditor")
    profile = await create(channel, counsellor)
    for _ in range(5):
        await get(channel, counsellor, profile.name, JOB_MATCHING)
    wait_for_seals(rows)
    until(lambda: rows.execute("select count(*) from access_seal_head").fetchone() != (0,), "the first head")
    kept = folder / "heads.json"
    kept.write_text(MessageToJson(await heads(channel, auditor)))
    environment = {**profiles.environment(), "POLKU_ACCESS_HEADS_FILE": str(kept)}

    whole = profiles.run("verify-log", environment)
    row = rows.execute("select id::text from access where profile_id = %s", (profile.name[9:],)).fetchone()
    assert row is not None
    rows.execute("update access set unit = 'unit-9' where id = %s", row)
    broken = profiles.run("verify-log", environment)

    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert "whole" in whole.stdout
    assert "heads: 2 signed and in the chain" in whole.stdout
    assert broken.returncode == 1
    assert f"access {row[0]}: the entry, or the digest kept for it, is not what was sealed" in broken.stdout
    assert "ACCESS_LOG_BROKEN" in broken.stdout + broken.stderr


async def test_heads_are_for_auditors_and_operators(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """They hold a digest and a signature, and nobody else gets them."""
    head = (await heads(channel, caller("operator"))).heads[0]

    assert len(bytes.fromhex(head.digest)) == 32
    assert head.signature.count(".") == 2
    code, _ = await refusal(heads(channel, caller("counsellor")))
    assert code == "PERMISSION_DENIED"


def test_heads_of_another_form_are_refused(profiles: ProfilesProcess, folder: Path) -> None:
    """A file that holds no heads is a setting that cannot be used: code 2, named with what is expected."""
    kept = folder / "heads.json"
    kept.write_text(json.dumps({"heads": [{"position": "1"}]}))

    done = profiles.run("verify-log", {**profiles.environment(), "POLKU_ACCESS_HEADS_FILE": str(kept)})

    assert done.returncode == 2
    assert "POLKU_ACCESS_HEADS_FILE" in done.stderr
    assert "a file of heads" in done.stderr
