"""The kernel: ids, names, etags, pages, errors."""

import threading
import uuid
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import BY_CODE, Aborted, FieldViolation, InvalidArgument, PermissionDenied, PolkuError
from shared.kernel.etags import check_etag, etag_of
from shared.kernel.ids import is_id, new_id
from shared.kernel.names import parse_name, resource_name
from shared.kernel.paging import PageTokens, page_size
from shared.kernel.principal import ANONYMOUS, Principal, Role

TOKENS = PageTokens(b"0123456789abcdef")
CURSORS = st.dictionaries(
    st.text(max_size=5),
    st.text(max_size=10) | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    max_size=4,
)


def test_ids_are_uuid_version_7_and_strictly_rising() -> None:
    """20,000 ids made in a row rise strictly, and each is an RFC 9562 UUID of version 7."""
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(set(ids))
    parsed = uuid.UUID(ids[0])
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert all(map(is_id, ids))


def test_ids_of_several_threads_are_distinct() -> None:
    """Threads never get the same id."""
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend(new_id() for _ in range(2_000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        str(uuid.uuid4()),
        "01A20BDF-C693-76BA-9CCA-9D8503A5A95F",
        "01a20bdfc69376ba9cca9d8503a5a95f",
        "01a20bdf-c693-76ba-9cca-9d8503a5a95f\n",
        "{01a20bdf-c693-76ba-9cca-9d8503a5a95f}",
        "01a20bdf-c693-76ba-0cca-9d8503a5a95f",
    ],
)
def test_other_forms_are_no_ids(text: str) -> None:
    """Only the one canonical form of a version 7 UUID is an id."""
    assert not is_id(text)


def test_name_round_trip() -> None:
    """A resource name gives back its id."""
    made = new_id()
    assert parse_name("profiles", resource_name("profiles", made)) == made


@given(st.text(max_size=60))
def test_any_other_text_is_no_name(text: str) -> None:
    """Any text that is not collection/id is refused with the violated field, and is not quoted back."""
    with pytest.raises(InvalidArgument) as caught:
        parse_name("profiles", "x" + text, field="profile")
    assert caught.value.reason == "NAME_INVALID"
    assert caught.value.violations[0].field == "profile"


def test_name_of_another_collection_is_refused() -> None:
    """openings/<id> is no name of a profile."""
    with pytest.raises(InvalidArgument):
        parse_name("profiles", resource_name("openings", new_id()))


def test_fresh_or_empty_etag_passes() -> None:
    """The etag of the current version passes, and an empty one asks for no check."""
    check_etag(etag_of(7), 7, "profile")
    check_etag("", 7, "profile")


@given(st.integers(1, 2**62), st.integers(1, 2**62))
def test_stale_etag_aborts_with_the_current_one(given_version: int, current: int) -> None:
    """An etag of another version aborts, and the error carries the current etag."""
    if given_version == current:
        check_etag(etag_of(given_version), current, "profile")
        return
    with pytest.raises(Aborted) as caught:
        check_etag(etag_of(given_version), current, "profile")
    assert caught.value.reason == "ETAG_STALE"
    assert caught.value.metadata == {"etag": etag_of(current)}


@pytest.mark.parametrize("text", ["7", '"0"', '"-1"', '"7', 'W/"7"', '"٧"', '"7"\n', '"' + "9" * 30 + '"', "*"])
def test_malformed_etag_is_an_invalid_argument(text: str) -> None:
    """What `etag_of` never gives is malformed, not stale."""
    with pytest.raises(InvalidArgument) as caught:
        check_etag(text, 7, "profile")
    assert caught.value.reason == "ETAG_INVALID"


@given(CURSORS, st.text(max_size=30))
def test_page_token_round_trip(cursor: dict[str, str | int | float], bound_to: str) -> None:
    """A token gives back its cursor to the same caller and list."""
    assert TOKENS.decode(TOKENS.encode(cursor, bound_to), bound_to) == cursor


@given(CURSORS, st.data())
def test_altered_page_token_is_refused(cursor: dict[str, str | int | float], data: st.DataObject) -> None:
    """A token with any one character replaced by another one of the alphabet is refused or means the same bytes."""
    token = TOKENS.encode(cursor, "caller")
    place = data.draw(st.integers(0, len(token) - 2))  # the last character may hold unused bits
    letter = data.draw(st.sampled_from("ABab01-_").filter(lambda found: found != token[place]))
    with pytest.raises(InvalidArgument) as caught:
        TOKENS.decode(token[:place] + letter + token[place + 1 :], "caller")
    assert caught.value.reason == "PAGE_TOKEN_INVALID"


@given(st.text(max_size=80))
def test_any_text_as_page_token_is_refused_cleanly(text: str) -> None:
    """No text crashes the decoder: it is refused, the empty text starts at the first page."""
    if text == "":
        assert TOKENS.decode(text, "caller") == {}
        return
    with pytest.raises(InvalidArgument):
        TOKENS.decode(text, "caller")


def test_page_token_of_another_caller_or_secret_is_refused() -> None:
    """A token is bound to caller and list, and to the secret."""
    token = TOKENS.encode({"after": "x"}, "caller-a")
    with pytest.raises(InvalidArgument):
        TOKENS.decode(token, "caller-b")
    with pytest.raises(InvalidArgument):
        PageTokens(b"another secret, 16+").decode(token, "caller-a")


def test_cursor_that_is_too_large_is_refused_when_made() -> None:
    """A token that would be refused when it comes back is not given out."""
    with pytest.raises(ValueError, match="too large"):
        TOKENS.encode({"after": "x" * 2000}, "caller")


def test_short_secret_is_refused() -> None:
    """A secret below 16 bytes is refused at the start."""
    with pytest.raises(ValueError, match="16"):
        PageTokens(b"short")


def test_page_size_bounds() -> None:
    """0 means the default, 1 to the maximum are taken."""
    assert [page_size(0), page_size(1), page_size(100), page_size(0, default=7)] == [20, 1, 100, 7]


@pytest.mark.parametrize("requested", [-1, 101, 10**9, -(2**31)])
def test_page_size_out_of_range(requested: int) -> None:
    """A negative size or one above the maximum is refused, never clipped."""
    with pytest.raises(InvalidArgument) as caught:
        page_size(requested)
    assert caught.value.violations[0].field == "page_size"


def test_missing_and_forbidden_are_the_same_error() -> None:
    """PermissionDenied has one text for missing and forbidden, so neither can be told from the other."""
    first, second = PermissionDenied(), PermissionDenied()
    assert (first.reason, first.message, dict(first.metadata)) == (second.reason, second.message, {})


def test_every_error_has_its_own_code() -> None:
    """Each kind of error stands for exactly one gRPC code."""
    kinds = PolkuError.__subclasses__()
    assert {kind.code: kind for kind in kinds} == dict(BY_CODE)
    assert len(BY_CODE) == len(kinds) == 11


def test_metadata_of_an_error_cannot_be_changed() -> None:
    """An error is not altered on its way out."""
    source = {"etag": "1"}
    error = InvalidArgument("X", "x", metadata=source)
    source["etag"] = "2"
    assert error.metadata == {"etag": "1"}
    with pytest.raises(TypeError):
        error.metadata["etag"] = "3"  # type: ignore[index]


def test_principal_hides_its_token_and_is_frozen() -> None:
    """The token is not in repr, and nobody changes a principal."""
    principal = Principal(Role.SEEKER, "s", token="very-secret")
    assert "very-secret" not in repr(principal)
    with pytest.raises(FrozenInstanceError):
        principal.role = Role.OPERATOR  # type: ignore[misc]
    assert ANONYMOUS.role is Role.ANONYMOUS


def test_violation_values_default_to_nothing() -> None:
    """A violation quotes no value unless it is given one on purpose."""
    assert FieldViolation("a", "B", "c").value == ""
