"""JSON bodies into messages."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polku.openings.v1.opening_pb2 import Opening
from polku.profiles.v1.profile_pb2 import Profile

from services.gateway import examples, wire
from shared.kernel.errors import FieldViolation, InvalidArgument


def faults(value: dict[str, Any], kind: Any = Opening) -> list[FieldViolation]:
    """The violations of a body that does not fit."""
    with pytest.raises(InvalidArgument) as caught:
        wire.to_message(value, kind)
    assert caught.value.reason == "BODY_INVALID"
    return list(caught.value.violations)


@pytest.mark.parametrize("example", [examples.VACANCY, examples.TRAINING, examples.SERVICE])
def test_a_message_survives_the_way_there_and_back(example: dict[str, Any]) -> None:
    """Canonical JSON read into a message and written again is the same JSON, defaults aside."""
    message = wire.to_message(example, Opening)
    assert wire.to_message(wire.to_json(message), Opening) == message


def test_both_spellings_of_a_name_are_read() -> None:
    """lowerCamelCase and proto names are one field (proto3 JSON mapping)."""
    camel = wire.to_message({"closingDate": "2026-12-01"}, Opening)
    assert camel == wire.to_message({"closing_date": "2026-12-01"}, Opening)


def test_an_unknown_field_is_named_with_its_nearest() -> None:
    """A misspelt field is refused with its path and the name that was meant."""
    found = faults({"titles": [{"langauge": "fi"}]})
    assert found == [
        FieldViolation("titles[0].langauge", "FIELD_UNKNOWN", "is not a field of LocalizedText.", nearest="language")
    ]


@pytest.mark.parametrize(
    ("value", "field", "reason"),
    [
        ({"titles": "no list"}, "titles", "TYPE_WRONG"),
        ({"titles": ["no object"]}, "titles[0]", "TYPE_WRONG"),
        ({"url": 7}, "url", "TYPE_WRONG"),
        ({"version": "1.5"}, "version", "TYPE_WRONG"),
        ({"vacancy": {"positions": 2**31}}, "vacancy.positions", "TYPE_WRONG"),
        ({"vacancy": {"positions": True}}, "vacancy.positions", "TYPE_WRONG"),
        ({"vacancy": {"pay": {"minimum": "NaN"}}}, "vacancy.pay.minimum", "TYPE_WRONG"),
        ({"vacancy": {"pay": {"minimum": 1e308}}}, "vacancy.pay.minimum", "TYPE_WRONG"),
        ({"vacancy": {"contract": "CONTRACT_PERMANENTT"}}, "vacancy.contract", "ENUM_UNKNOWN"),
        ({"vacancy": {"contract": 2.5}}, "vacancy.contract", "TYPE_WRONG"),
        ({"url": "\ud800"}, "url", "TYPE_WRONG"),
        ({"publishTime": "2026-02-31T00:00:00Z"}, "publishTime", "VALUE_INVALID"),
        ({"vacancy": {}, "training": {}}, "", "ONEOF_TWICE"),
    ],
)
def test_each_kind_of_fault_is_located(value: dict[str, Any], field: str, reason: str) -> None:
    """What does not fit its field is refused with the path of the field and a code."""
    assert [(found.field, found.reason) for found in faults(value)] == [(field, reason)]


def test_all_faults_are_listed_at_once_up_to_twenty() -> None:
    """A partner sees every fault of an item in one answer, not one by one."""
    found = faults({f"wrong{number}": 1 for number in range(30)})
    assert [violation.field for violation in found] == [f"wrong{number}" for number in range(20)]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"1", b"{", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1, "a": 2}', b"\xff\xfe", b"[" * 60_000],
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    """Broken JSON, other encodings, NaN, twin keys and bottomless nesting give JSON_INVALID, never an error of ours."""
    with pytest.raises(InvalidArgument) as caught:
        wire.read_object(body)
    assert caught.value.reason == "JSON_INVALID"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
        max_leaves=12,
    ),
    st.sampled_from(sorted(Opening.DESCRIPTOR.fields_by_camelcase_name)),
)
def test_any_value_in_any_field_is_read_or_refused(value: Any, name: str) -> None:
    """No JSON value in any field makes anything but a message or an InvalidArgument."""
    with contextlib.suppress(InvalidArgument):
        assert isinstance(wire.to_message({name: value}, Opening), Opening)


def test_a_mask_names_what_the_body_sets() -> None:
    """Parts are entered three names deep; lists, values and deeper parts are taken whole; empty parts count."""
    body = json.loads(
        '{"name": "x", "work": {"skills": [], "goals": {"weights": {"pay": 2}}, "limits": {}}, "caseReference": "K-1"}'
    )
    paths = wire.present_paths(body, Profile.DESCRIPTOR, skip=frozenset({"name"}))
    assert paths == ["work.skills", "work.goals.weights", "work.limits", "case_reference"]


def test_a_mask_may_have_the_names_of_json() -> None:
    """Paths of a mask become proto names; what is unknown stays, so that the service can name it."""
    assert wire.proto_path("work.rightToWork.isco_sectors", Profile.DESCRIPTOR) == "work.right_to_work.isco_sectors"
    assert wire.proto_path("work.nothing.atAll", Profile.DESCRIPTOR) == "work.nothing.atAll"
