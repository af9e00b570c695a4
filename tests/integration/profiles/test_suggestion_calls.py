"""Importing documents over gRPC, with the running service: sealed at rest, bounded, recorded."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import grpc
import psycopg
from polku.profiles.v1 import suggestion_service_pb2 as pb
from polku.profiles.v1.profile_service_pb2_grpc import ProfileServiceStub
from polku.profiles.v1.suggestion_service_pb2_grpc import SuggestionServiceStub
from polku.type.v1 import types_pb2

from services.profiles.adapters.postgres.suggestions import forget_suggestions
from services.profiles.adapters.suggestion_api import MOST_AT_ONCE
from services.profiles.domain.suggestions import KEPT_FOR
from shared.kernel.ids import new_id
from shared.runtime.postgres import open_pool
from tests.builders.suggestions import CLEANER, CV
from tests.integration.profiles.calls import OWN_DATA, accesses, change, create, get, refusal
from tests.integration.profiles.conftest import NewCaller
from tests.integration.profiles.process import Caller, ProfilesProcess

SECONDS = 20


def an_import(name: str, text: str = CV, *, request_id: str = "") -> pb.ImportDocumentRequest:
    """A request with the text of a CV."""
    return pb.ImportDocumentRequest(
        profile=name, document=pb.Document(text=text), purpose=OWN_DATA, request_id=request_id or str(uuid4())
    )


async def imported(channel: grpc.aio.Channel, caller: Caller, request: pb.ImportDocumentRequest) -> list[pb.Suggestion]:
    """The suggestions of a document."""
    answer = await SuggestionServiceStub(channel).ImportDocument(request, metadata=caller.metadata, timeout=SECONDS)
    return list(answer.suggestions)


async def test_a_cv_goes_from_text_to_profile(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """Suggested, listed page by page, confirmed in part; the profile says that it was imported."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)
    stub = SuggestionServiceStub(channel)

    found = await imported(channel, seeker, an_import(profile.name))
    request = pb.ListSuggestionsRequest(profile=profile.name, purpose=OWN_DATA, page_size=2)
    first = await stub.ListSuggestions(request, metadata=seeker.metadata, timeout=SECONDS)
    request.page_token = first.next_page_token
    second = await stub.ListSuggestions(request, metadata=seeker.metadata, timeout=SECONDS)
    assert [*first.suggestions, *second.suggestions] == found[:4]
    assert first.notes == ["linking_off"]

    job = next(each for each in found if each.WhichOneof("claim") == "experience")
    assert job.experience.occupation.uri == CLEANER
    verdicts = pb.ResolveSuggestionsRequest(
        profile=profile.name,
        decisions=[pb.Decision(suggestion=job.id, verdict=pb.Decision.VERDICT_CONFIRMED)],
        others=pb.Decision.VERDICT_REFUSED,
        request_id=str(uuid4()),
    )
    answer = await stub.ResolveSuggestions(verdicts, metadata=seeker.metadata, timeout=SECONDS)
    again = await stub.ResolveSuggestions(verdicts, metadata=seeker.metadata, timeout=SECONDS)

    assert answer == again
    assert answer.open == 0
    stored = await get(channel, seeker, profile.name)
    assert stored == answer.profile
    assert stored.version == profile.version + 1
    confirmed = stored.work.experiences[-1]
    assert (confirmed.occupation.text, confirmed.months) == ("Siivooja", 41)
    assert confirmed.provenance.source == types_pb2.Provenance.SOURCE_IMPORTED
    assert stored.work.languages == profile.work.languages


async def test_nothing_of_a_cv_is_readable_at_rest_or_logged(
    channel: grpc.aio.Channel,
    caller: NewCaller,
    profiles: ProfilesProcess,
    rows: "psycopg.Connection[tuple[object, ...]]",
) -> None:
    """Suggestions are sealed under the person's key; the document, its name and its contacts are kept nowhere."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)
    await imported(channel, seeker, an_import(profile.name, CV.replace("Siivooja", "Siivooja Quuxilainen")))

    kept = [
        bytes(row[0])  # type: ignore[arg-type]
        for table, column in (("suggestion_list", "content"), ("stored_answer", "answer"))
        for row in rows.execute(f"select {column} from {table}").fetchall()  # noqa: S608 - constants
    ]
    assert kept
    for word in ("Quuxilainen", "Amina", "amina@example.com", "Puhdas Piha"):
        assert not [value for value in kept if word.encode() in value]
        assert word not in profiles.log


async def test_each_call_is_on_record_with_its_kind_of_data(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """Importing, listing and deciding are readings of what the person can do."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)
    await imported(channel, seeker, an_import(profile.name))

    log = await accesses(channel, seeker, profile.name)

    assert log.accesses[0].method == "polku.profiles.v1.SuggestionService/ImportDocument"


async def test_a_page_of_a_list_that_changed_is_refused(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """Its token is of another list; it begins again from the start."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)
    stub = SuggestionServiceStub(channel)
    await imported(channel, seeker, an_import(profile.name))
    request = pb.ListSuggestionsRequest(profile=profile.name, purpose=OWN_DATA, page_size=1)
    page = await stub.ListSuggestions(request, metadata=seeker.metadata, timeout=SECONDS)
    await imported(channel, seeker, an_import(profile.name))
    request.page_token = page.next_page_token

    code, error = await refusal(stub.ListSuggestions(request, metadata=seeker.metadata, timeout=SECONDS))

    assert (code, error.reason) == ("INVALID_ARGUMENT", "LIST_CHANGED")


async def test_documents_may_be_large_and_other_requests_may_not(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """2 MB reach the reader of documents; 64 kB are the limit of every other method, and 2 MB of this one."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)
    stub = SuggestionServiceStub(channel)

    def document(size: int) -> pb.ImportDocumentRequest:
        request = an_import(profile.name)
        request.document.media_type = "application/pdf"
        request.document.content = b"x" * size
        return request

    code, error = await refusal(
        stub.ImportDocument(document(2 * 1024 * 1024), metadata=seeker.metadata, timeout=SECONDS)
    )
    assert (code, error.reason) == ("INVALID_ARGUMENT", "DOCUMENT_UNREADABLE")
    code, _ = await refusal(
        stub.ImportDocument(document(2 * 1024 * 1024 + 2048), metadata=seeker.metadata, timeout=SECONDS)
    )
    assert code == "RESOURCE_EXHAUSTED"
    profile.work.goals.text = "x" * 70_000
    code, error = await refusal(
        ProfileServiceStub(channel).UpdateProfile(
            change(profile, "work.goals"), metadata=seeker.metadata, timeout=SECONDS
        )
    )
    assert (code, error.reason) == ("RESOURCE_EXHAUSTED", "REQUEST_TOO_LARGE")


async def test_other_people_get_the_one_refusal(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """The same for a person who is there and for one who is not (row 26)."""
    profile = await create(channel, caller("seeker"))
    stranger = caller("counsellor")
    errors = []
    for name in (profile.name, f"profiles/{new_id()}"):
        request = an_import(name)
        request.purpose = types_pb2.Purpose.KIND_INTEGRATION_PLAN
        errors.append(await refusal(imported(channel, stranger, request)))
    assert {(code, error.reason, error.message) for code, error in errors} == {
        ("PERMISSION_DENIED", "PROFILE_NOT_ACCESSIBLE", errors[0][1].message)
    }


async def test_suggestions_without_an_answer_are_deleted_after_ninety_days(
    channel: grpc.aio.Channel, caller: NewCaller, profiles: ProfilesProcess
) -> None:
    """Housekeeping deletes what is due, and nothing sooner."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)
    await imported(channel, seeker, an_import(profile.name))
    listing = pb.ListSuggestionsRequest(profile=profile.name, purpose=OWN_DATA)
    stub, now = SuggestionServiceStub(channel), datetime.now(UTC)
    pool = await open_pool(profiles.database.runtime_dsn, application_name="test")
    try:
        await forget_suggestions(pool, now + KEPT_FOR - timedelta(minutes=5))
        kept = await stub.ListSuggestions(listing, metadata=seeker.metadata, timeout=SECONDS)
        forgotten = await forget_suggestions(pool, now + KEPT_FOR + timedelta(minutes=5))
        gone = await stub.ListSuggestions(listing, metadata=seeker.metadata, timeout=SECONDS)
    finally:
        await pool.close()
    assert kept.suggestions
    assert forgotten["suggestion_lists"] >= 1
    assert not gone.suggestions


async def test_many_imports_at_once_leave_room_for_other_calls(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """Those beyond eight are refused at once, with when to try again; reading a profile goes on meanwhile."""
    seeker = caller("seeker")
    profile = await create(channel, seeker)
    stub = SuggestionServiceStub(channel)
    request = an_import(profile.name)
    request.document.media_type = "application/pdf"
    request.document.content = b"no pdf"

    calls = [refusal(stub.ImportDocument(request, metadata=seeker.metadata, timeout=SECONDS)) for _ in range(40)]
    *refused, read = await asyncio.gather(*calls, get(channel, seeker, profile.name))

    assert read == profile
    reasons = Counter(error.reason for _, error in refused)
    assert set(reasons) == {"DOCUMENT_UNREADABLE", "IMPORT_BUSY"}
    assert reasons["DOCUMENT_UNREADABLE"] >= MOST_AT_ONCE
