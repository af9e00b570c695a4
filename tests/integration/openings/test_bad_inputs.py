"""Bad inputs to PublishOpening, by the numbers of the list that every interface is tested against."""

import asyncio
import time

import grpc
import psycopg
import pytest
from polku.openings.v1 import opening_pb2
from polku.openings.v1 import opening_service_pb2 as pb
from polku.openings.v1 import publisher_service_pb2 as publisher_pb
from polku.openings.v1.opening_service_pb2_grpc import OpeningServiceStub
from polku.openings.v1.publisher_service_pb2_grpc import PublisherServiceStub

from tests.integration.openings.calls import (
    SECONDS,
    Partner,
    Rows,
    a_vacancy,
    announced,
    events_of,
    eventually,
    get,
    new_partner,
    publication,
    publish,
    refusal,
    refused_credentials,
    refused_fields,
    send_bytes,
    stored,
    withdraw,
)
from tests.integration.openings.process import OpeningsProcess

KNOWN_OCCUPATION = "http://data.europa.eu/esco/occupation/d38c2107-98f2-47b7-8bb4-f69750d51082"


async def test_row_1_truncated_bytes(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess, rows: Rows
) -> None:
    """A truncated message is "malformed request"; it leaves no row, and its payload is in no log."""
    payload = publication(a_vacancy(partner, title="Katkennutsana")).SerializeToString()
    code, error = await refusal(send_bytes(channel, partner, payload[:-40]))
    assert (code, error.message) == ("INVALID_ARGUMENT", "malformed request")
    assert stored(rows, partner) == 0
    assert "Katkennutsana" not in openings.log


async def test_row_2_invalid_utf8(channel: grpc.aio.Channel, partner: Partner, rows: Rows) -> None:
    """Bytes that are no UTF-8, and a lone surrogate, in a title are "malformed request"."""
    payload = publication(a_vacancy(partner, title="XXX")).SerializeToString()
    for wrong in (b"\xff\xfe\xfd", b"\xed\xa0\x80"):
        code, error = await refusal(send_bytes(channel, partner, payload.replace(b"XXX", wrong)))
        assert (code, error.message) == ("INVALID_ARGUMENT", "malformed request")
    assert stored(rows, partner) == 0


async def test_row_3_no_credentials(channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess) -> None:
    """No credentials, an unknown key, a wrong secret and a revoked key are UNAUTHENTICATED; the last three alike."""
    request = publication(a_vacancy(partner))
    assert (await refused_credentials(channel, request, ()))[:2] == ("UNAUTHENTICATED", "CREDENTIALS_MISSING")
    secret = partner.metadata[0][1].partition(".")[2]
    answers = {
        await refused_credentials(channel, request, (("authorization", f"PolkuKey ffffffffffffffff.{secret}"),)),
        await refused_credentials(channel, request, (("authorization", f"PolkuKey {partner.kid}.{secret[::-1]}"),)),
    }
    await PublisherServiceStub(channel).RevokePublisherKey(
        publisher_pb.RevokePublisherKeyRequest(publisher=partner.publisher, kid=partner.kid),
        metadata=openings.user("operator-1", "operator"),
        timeout=SECONDS,
    )
    answers.add(await refused_credentials(channel, request, partner.metadata))
    ((code, reason, _),) = answers
    assert (code, reason) == ("UNAUTHENTICATED", "TOKEN_INVALID")
    assert secret not in openings.log


async def test_row_4_key_of_another_publisher(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess, rows: Rows
) -> None:
    """A key of A is PERMISSION_DENIED for openings of B, the same for those that are there and those that are not."""
    other = await new_partner(channel, openings)
    await publish(channel, partner, a_vacancy(partner))
    refusals = []
    for external_id in ("job-1", "absent"):
        foreign = a_vacancy(partner, external_id, title="Kaapattu")
        refusals.append(await refusal(publish(channel, other, foreign)))
        withdrawal = withdraw(channel, Partner(partner.publisher, other.kid, other.metadata), external_id)
        refusals.append(await refusal(withdrawal))
    seen = {(code, error.reason, error.message, len(error.violations)) for code, error in refusals}
    assert seen == {("PERMISSION_DENIED", "ACCESS_DENIED", refusals[0][1].message, 0)}
    assert (stored(rows, partner), stored(rows, other)) == (1, 0)


async def test_row_5_same_request_id_same_body(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess
) -> None:
    """Two calls, at once and after each other, give one opening and the same answer: "created", not "unchanged"."""
    request = publication(a_vacancy(partner))
    answers = await asyncio.gather(*(publish(channel, partner, request) for _ in range(5)))
    answers.append(await publish(channel, partner, request))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].outcome == pb.PublishOpeningResponse.OUTCOME_CREATED
    assert answers[0].opening.version == 1

    async def event_arrived() -> bool:
        return len(await events_of(openings, answers[0].opening.name)) >= 1

    await eventually(event_arrived, "the event")
    assert len(await events_of(openings, answers[0].opening.name)) == 1


async def test_row_6_same_request_id_other_body(channel: grpc.aio.Channel, partner: Partner, rows: Rows) -> None:
    """Other content under a used request_id is REQUEST_ID_REUSED, and the first opening stays as it was."""
    first = publication(a_vacancy(partner))
    kept = (await publish(channel, partner, first)).opening
    for other in (a_vacancy(partner, title="Kokki"), a_vacancy(partner, "job-2")):
        code, error = await refusal(publish(channel, partner, publication(other, request_id=first.request_id)))
        assert (code, error.reason) == ("INVALID_ARGUMENT", "REQUEST_ID_REUSED")
    assert await get(channel, partner.metadata, kept.name) == kept
    assert stored(rows, partner) == 1


async def test_row_7_stale_etag(channel: grpc.aio.Channel, partner: Partner) -> None:
    """A stale etag is ABORTED with the current one, and the update of the other writer is not lost."""
    first = (await publish(channel, partner, a_vacancy(partner))).opening
    second = (await publish(channel, partner, a_vacancy(partner, title="Kokki"))).opening
    late = a_vacancy(partner, title="Leipuri")
    late.etag = first.etag
    code, error = await refusal(publish(channel, partner, late))
    assert (code, error.reason, error.metadata["etag"]) == ("ABORTED", "ETAG_STALE", second.etag)
    assert (await get(channel, partner.metadata, first.name)).titles[0].text == "Kokki"
    late.etag = second.etag
    assert (await publish(channel, partner, late)).opening.version == 3


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("", "STRING_MIN_LEN"),
        ("x" * 301, "TITLE_TOO_LONG"),
        ("x" * 10_001, "TITLE_TOO_LONG"),
        ("Siivooja\x00", "TITLE_CONTROL_CHARACTER"),
        ("\u200b", "TITLE_INVISIBLE"),
    ],
)
async def test_row_8_bad_titles(
    channel: grpc.aio.Channel, partner: Partner, rows: Rows, title: str, reason: str
) -> None:
    """An empty, a too long, an invisible title and one with NUL are refused with the path of the field."""
    fields = await refused_fields(channel, partner, a_vacancy(partner, title=title))
    assert fields == [("opening.titles[0].text", reason)]
    assert stored(rows, partner) == 0


async def test_row_9_markup_is_cleaned(channel: grpc.aio.Channel, partner: Partner, rows: Rows) -> None:
    """Script, handlers and script addresses are accepted, cleaned and said to be so; nothing of them is stored."""
    opening = a_vacancy(partner)
    opening.descriptions[0].text = (
        "<p>Siivoat <a href='javascript:alert(1)'>toimistoja</a></p><script>alert(1)</script>"
        "<img src=x onerror=alert(1)><ul><li>iltaisin</li></ul>&lt;script&gt;alert(1)&lt;/script&gt;"
    )
    answer = await publish(channel, partner, opening)
    assert answer.sanitised
    seen = await get(channel, partner.metadata, answer.opening.name)
    assert seen.descriptions[0].text == "Siivoat toimistoja\n\n- iltaisin"
    row = rows.execute("select content from opening where publisher = %s", (partner.publisher,)).fetchone()
    assert row is not None
    assert not any(word in bytes(row[0]) for word in (b"script", b"onerror", b"alert", b"<"))  # type: ignore[call-overload]
    assert not (await publish(channel, partner, a_vacancy(partner, "job-2"))).sanitised


async def test_row_10_deep_and_large_markup(channel: grpc.aio.Channel, partner: Partner, rows: Rows) -> None:
    """128 kB are RESOURCE_EXHAUSTED, 20 kB of nested lists INVALID_ARGUMENT, and both are answered quickly."""
    opening = a_vacancy(partner)
    opening.descriptions[0].text = "<ul><li>" * 16_384
    code, _ = await refusal(publish(channel, partner, opening))
    assert code == "RESOURCE_EXHAUSTED"
    opening.descriptions[0].text = "<ul><li>" * 2_500
    begin = time.monotonic()
    assert await refused_fields(channel, partner, opening) == [("opening.descriptions[0].text", "DESCRIPTION_TOO_DEEP")]
    assert time.monotonic() - begin < 1
    opening.descriptions[0].text = "ä" * 10_001
    assert await refused_fields(channel, partner, opening) == [("opening.descriptions[0].text", "DESCRIPTION_TOO_LONG")]
    for language in ("sv", "en", "uk"):
        opening.descriptions.add(language=language, text="x" * 16_000)
    opening.descriptions[0].text = "x"
    assert await refused_fields(channel, partner, opening) == [("opening", "TEXTS_TOO_LONG")]
    assert stored(rows, partner) == 0


@pytest.mark.parametrize(
    ("start", "end", "field", "reason"),
    [
        ("2027-02-01", "2027-01-31", "end_date", "DATES_CONTRADICTORY"),
        ("9999-01-01", "", "start_date", "DATE_OUT_OF_RANGE"),
        ("2027-02-31", "", "start_date", "DATE_INVALID"),
        ("", "31.2.2027", "end_date", "STRING_PATTERN"),
    ],
)
async def test_row_11_impossible_dates(
    channel: grpc.aio.Channel, partner: Partner, rows: Rows, start: str, end: str, field: str, reason: str
) -> None:
    """An end before the start, the year 9999 and the 31st of February are refused with the path of the field."""
    opening = a_vacancy(partner)
    opening.vacancy.start_date, opening.vacancy.end_date = start, end
    assert await refused_fields(channel, partner, opening) == [(f"opening.vacancy.{field}", reason)]
    assert stored(rows, partner) == 0


@pytest.mark.parametrize(
    ("low", "high", "field"),
    [(-1.0, None, "minimum"), (float("nan"), None, "minimum"), (None, 1e308, "maximum"), (15.0, 14.0, "minimum")],
)
async def test_row_12_impossible_pay(
    channel: grpc.aio.Channel, partner: Partner, rows: Rows, low: float | None, high: float | None, field: str
) -> None:
    """Negative, not-a-number, absurd and contradictory pay is refused with the path of the field."""
    opening = a_vacancy(partner)
    opening.vacancy.pay.CopyFrom(opening_pb2.Pay(minimum=low, maximum=high))
    fields = {path for path, _ in await refused_fields(channel, partner, opening)}
    assert fields == {f"opening.vacancy.pay.{field}"}
    assert stored(rows, partner) == 0


async def test_row_13_unknown_codes(channel: grpc.aio.Channel, partner: Partner, rows: Rows) -> None:
    """Unknown ISCO, municipality, licence, language and malformed ESCO codes are refused with the nearest known one."""
    opening = a_vacancy(partner)
    opening.vacancy.isco_code = "9113"
    opening.places[0].municipality = "048"
    opening.vacancy.licences.add(code="hygiene-pasport")
    opening.vacancy.language_demand.statement = opening_pb2.LanguageDemand.STATEMENT_LISTED
    opening.vacancy.language_demand.languages.add(language="fin")
    opening.vacancy.occupation.uri = KNOWN_OCCUPATION[:-1]
    _, error = await refusal(publish(channel, partner, opening))
    found = {violation.field: violation for violation in error.violations}
    assert {field: violation.reason for field, violation in found.items()} == {
        "opening.vacancy.isco_code": "ISCO_UNKNOWN",
        "opening.places[0].municipality": "MUNICIPALITY_UNKNOWN",
        "opening.vacancy.licences[0].code": "LICENCE_UNKNOWN",
        "opening.vacancy.language_demand.languages[0].language": "LANGUAGE_UNKNOWN",
        "opening.vacancy.occupation.uri": "OCCUPATION_UNKNOWN",
    }
    licence = found["opening.vacancy.licences[0].code"]
    assert (licence.value, licence.nearest) == ("hygiene-pasport", "hygiene-passport")
    assert found["opening.vacancy.occupation.uri"].nearest == KNOWN_OCCUPATION
    assert stored(rows, partner) == 0


async def test_row_13_esco_uri_that_is_not_loaded(channel: grpc.aio.Channel, partner: Partner) -> None:
    """A URI of ESCO's form that is not loaded here is accepted with a warning; a known one without."""
    opening = a_vacancy(partner)
    opening.vacancy.occupation.uri = "http://data.europa.eu/esco/occupation/ffffffff-98f2-47b7-8bb4-f69750d51082"
    (warning,) = (await publish(channel, partner, opening)).warnings
    assert (warning.reason, warning.field) == ("ESCO_URI_NOT_LOADED", "vacancy.occupation.uri")
    opening.vacancy.occupation.uri = KNOWN_OCCUPATION
    assert not (await publish(channel, partner, opening)).warnings


async def test_row_16_deadlines(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess, rows: Rows
) -> None:
    """No deadline is INVALID_ARGUMENT; one that passes is DEADLINE_EXCEEDED, and the key tells what became of it."""
    stub = OpeningServiceStub(channel)
    for timeout in (None, 60.0):
        request = publication(a_vacancy(partner))
        code, error = await refusal(stub.PublishOpening(request, metadata=partner.metadata, timeout=timeout))
        assert (code, error.reason) == ("INVALID_ARGUMENT", "DEADLINE_REQUIRED")
    assert stored(rows, partner) == 0
    late = [publication(a_vacancy(partner, f"late-{number}")) for number in range(8)]
    # While a writer holds the table, no call can be done in time.
    with psycopg.connect(openings.database.owner_dsn) as holder:
        holder.execute("lock table opening in exclusive mode")
        for number, request in enumerate(late):
            timeout = 0.001 * 2**number
            code, _ = await refusal(stub.PublishOpening(request, metadata=partner.metadata, timeout=timeout))
            assert code == "DEADLINE_EXCEEDED"
    for request in late:
        answer = await publish(channel, partner, request)
        assert (answer.outcome, answer.opening.version) == (pb.PublishOpeningResponse.OUTCOME_CREATED, 1)
    assert (stored(rows, partner), announced(rows, partner)) == (8, 8)


async def test_row_17_500_parallel_calls(
    channel: grpc.aio.Channel, partner: Partner, openings: OpeningsProcess
) -> None:
    """64 calls are served, the rest refused at once with RESOURCE_EXHAUSTED, and the next one finds room."""
    await publish(channel, partner, a_vacancy(partner))
    # While a writer holds the opening, the calls that were let in wait for it, and room is for no more.
    with psycopg.connect(openings.database.owner_dsn) as holder:
        holder.execute("select 1 from opening where publisher = %s for update", (partner.publisher,))
        calls = [asyncio.create_task(publish(channel, partner, a_vacancy(partner))) for _ in range(500)]
        finished = asyncio.as_completed(calls, timeout=SECONDS)
        for _ in range(500 - 64):
            assert (await refusal(next(finished)))[0] == "RESOURCE_EXHAUSTED"
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, pb.PublishOpeningResponse) for outcome in outcomes) == 64
    assert (await publish(channel, partner, a_vacancy(partner))).opening.version == 1
