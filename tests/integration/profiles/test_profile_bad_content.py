"""Bad content sent to the running profiles service. Row numbers are those of the table of bad inputs."""

import math
from collections.abc import Callable

import grpc
import psycopg
import pytest
from polku.profiles.v1 import profile_pb2

from shared.runtime.rpc import from_rpc_error
from tests.integration.profiles.calls import (
    SECRET_WORDS,
    a_profile,
    create,
    creation,
    get,
    refusal,
)
from tests.integration.profiles.conftest import NewCaller
from tests.integration.profiles.process import ProfilesProcess

Rows = psycopg.Connection[tuple[object, ...]]


def count(rows: Rows) -> object:
    """How many profiles, events and answers there are."""
    query = "select (select count(*) from profile), (select count(*) from outbox), (select count(*) from stored_answer)"
    return rows.execute(query).fetchone()


def big(profile: profile_pb2.Profile) -> None:
    """128 kB of text."""
    for _ in range(8):
        profile.work.summaries.add(language="fi", text="x" * 16_000)


def with_text(text: str) -> Callable[[profile_pb2.Profile], None]:
    """A summary of this text."""
    return lambda profile: profile.work.summaries.add(language="fi", text=text) and None


def with_hours(low: float, high: float) -> Callable[[profile_pb2.Profile], None]:
    """Hours a week."""

    def change_hours(profile: profile_pb2.Profile) -> None:
        profile.work.limits.min_hours_per_week, profile.work.limits.max_hours_per_week = low, high

    return change_hours


def with_field(**values: str) -> Callable[[profile_pb2.Profile], None]:
    """Fields of the home."""

    def change_home(profile: profile_pb2.Profile) -> None:
        for name, value in values.items():
            setattr(profile.work.limits.home, name, value)

    return change_home


def with_date(text: str) -> Callable[[profile_pb2.Profile], None]:
    """A date from which the person is available."""
    return lambda profile: setattr(profile.work.limits, "available_from", text)


@pytest.mark.parametrize(
    ("spoil", "code", "field"),
    [
        (with_text(""), "INVALID_ARGUMENT", "profile.work.summaries[0].text"),
        (with_text("x" * 20_001), "INVALID_ARGUMENT", "profile.work.summaries[0].text"),
        (with_text("a\x00b"), "INVALID_ARGUMENT", "profile.work.summaries[0].text"),
        (with_text("\u200b\u200b"), "INVALID_ARGUMENT", "profile.work.summaries[0].text"),
        (big, "RESOURCE_EXHAUSTED", ""),
        (with_date("2026-02-31"), "INVALID_ARGUMENT", "profile.work.limits.available_from"),
        (with_date("9999-01-01"), "INVALID_ARGUMENT", "profile.work.limits.available_from"),
        (with_date("31.2.2026"), "INVALID_ARGUMENT", "profile.work.limits.available_from"),
        (with_hours(-1, 20), "INVALID_ARGUMENT", "profile.work.limits.min_hours_per_week"),
        (with_hours(math.nan, 20), "INVALID_ARGUMENT", "profile.work.limits.min_hours_per_week"),
        (with_hours(1e308, 20), "INVALID_ARGUMENT", "profile.work.limits.min_hours_per_week"),
        (with_hours(30, 20), "INVALID_ARGUMENT", "profile.work.limits.min_hours_per_week"),
        (with_field(municipality="999"), "INVALID_ARGUMENT", "profile.work.limits.home.municipality"),
        (with_field(street_address="Kotikatu 1"), "INVALID_ARGUMENT", "profile.work.limits.home.street_address"),
    ],
    ids=[
        f"row{row}"
        for row in ("8a", "8b", "8c", "8d", "10", "11a", "11b", "11c", "12a", "12b", "12c", "12d", "13", "P4")
    ],
)
async def test_bad_fields_are_named(
    channel: grpc.aio.Channel,
    caller: NewCaller,
    rows: Rows,
    spoil: Callable[[profile_pb2.Profile], None],
    code: str,
    field: str,
) -> None:
    """Bad values are refused with the path of the field, and nothing is written (rows 8, 10–13)."""
    profile, before = a_profile(), count(rows)
    spoil(profile)

    found, error = await refusal(create(channel, caller("seeker"), creation(profile)))

    assert found == code
    assert [violation.field for violation in error.violations][:1] == ([field] if field else [])
    assert count(rows) == before


async def test_an_unknown_municipality_comes_with_the_nearest(channel: grpc.aio.Channel, caller: NewCaller) -> None:
    """The refusal of a municipality code names a valid one (row 13)."""
    profile = a_profile()
    profile.work.limits.home.municipality = "048"

    _, error = await refusal(create(channel, caller("seeker"), creation(profile)))

    assert error.violations[0].reason == "MUNICIPALITY_UNKNOWN"
    assert len(error.violations[0].nearest) == 3


@pytest.mark.parametrize(
    "text",
    [
        "Robert'); DROP TABLE profile;--",
        "\u202eoikealta\u202c",
        "😀👩\u200d👩\u200d👧",
        "e" + "\u0301" * 300,
        "<script>",
    ],
)
async def test_odd_texts_are_stored_exactly(channel: grpc.aio.Channel, caller: NewCaller, text: str) -> None:
    """Quotes, direction marks, emoji, combining marks and markup are stored as sent, in NFC (row 31)."""
    seeker, profile = caller("seeker"), a_profile()
    profile.work.summaries.add(language="fi", text=text)

    created = await create(channel, seeker, creation(profile))

    read = (await get(channel, seeker, created.name)).work.summaries[0].text
    assert read == text.replace("e\u0301", "é", 1)


async def test_errors_and_logs_hold_no_personal_data(
    channel: grpc.aio.Channel, caller: NewCaller, profiles: ProfilesProcess
) -> None:
    """Neither a refusal nor anything that the service has logged repeats what a person said or who they are."""
    seeker, profile = caller("seeker"), a_profile()
    profile.work.goals.text = f"{SECRET_WORDS}\x00"
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await create(channel, seeker, creation(profile))
    assert SECRET_WORDS not in str(from_rpc_error(refused.value).violations) + str(refused.value)
    await create(channel, seeker)

    assert "rpc.completed" in profiles.log
    token = seeker.metadata[0][1].removeprefix("Bearer ")
    for secret in (SECRET_WORDS, "keittiöapulainen", "keitti\\u00f6", "K-17", seeker.subject, token):
        assert secret not in profiles.log
