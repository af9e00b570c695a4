"""Sealing: what a person's key opens, and what it does not."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.adapters.sealing import KeyRing, WrappedKey, key_ring_file
from shared.kernel.errors import Internal
from tests.builders.person_keys import RING

KEY = "A" * 43
GOOD = {"current": "2", "keys": {"1": KEY, "2": "B" * 42 + "A"}, "index": "C" * 42 + "A"}


@given(value=st.binary(max_size=200), version=st.integers(0, 2**62))
def test_what_is_sealed_opens_in_its_place(value: bytes, version: int) -> None:
    """The same cipher, and one made anew from the wrapped key, open it; two sealings of one value differ."""
    key = RING.new_key()
    cipher = RING.cipher("p1", key)
    sealed = cipher.seal(value, "profile.work", version)
    assert cipher.open(sealed, "profile.work", version) == value
    assert RING.cipher("p1", key).open(sealed, "profile.work", version) == value
    assert cipher.seal(value, "profile.work", version) != sealed
    assert len(sealed) == len(value) + 28


def test_it_opens_nowhere_else() -> None:
    """Another column, version, person or key, one flipped bit and a shortened value are refused alike."""
    key = RING.new_key()
    cipher = RING.cipher("p1", key)
    sealed = cipher.seal(b"value", "profile.work", 3)
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    tries: list[Callable[[], bytes]] = [
        lambda: cipher.open(sealed, "profile.choices", 3),
        lambda: cipher.open(sealed, "profile.work", 4),
        lambda: RING.cipher("p2", key).open(sealed, "profile.work", 3),
        lambda: RING.cipher("p1", RING.new_key()).open(sealed, "profile.work", 3),
        lambda: cipher.open(flipped, "profile.work", 3),
        lambda: cipher.open(sealed[:20], "profile.work", 3),
        lambda: cipher.open(b"", "profile.work", 3),
    ]
    for attempt in tries:
        with pytest.raises(Internal) as refused:
            attempt()
        assert refused.value.reason == "SEAL_BROKEN"


def test_a_key_is_wrapped_anew_without_sealing_anew() -> None:
    """After the current key has changed, the rewrapped key opens what the old one sealed, without the old one."""
    key = RING.new_key()
    sealed = RING.cipher("p1", key).seal(b"value", "t.c")
    both = KeyRing("2", {**RING.keys, "2": bytes(32)}, RING.index)
    rewrapped = both.rewrapped(key)
    assert rewrapped.kek_id == "2"
    new_only = KeyRing("2", {"2": bytes(32)}, RING.index)
    assert new_only.cipher("p1", rewrapped).open(sealed, "t.c") == b"value"


def test_a_missing_and_a_wrong_key_are_told_apart() -> None:
    """A key id that the file lacks, and a key of that id that is another one, are named as what they are."""
    key = RING.new_key()
    with pytest.raises(Internal) as unknown:
        RING.cipher("p1", replace(key, kek_id="9"))
    with pytest.raises(Internal) as wrong:
        RING.cipher("p1", WrappedKey("1", bytes(40)))
    assert (unknown.value.reason, wrong.value.reason) == ("PERSON_KEY_UNKNOWN", "PERSON_KEY_UNREADABLE")


def test_the_index_needs_its_key() -> None:
    """The same text gives the same entry; another kind, text or index key gives another one."""
    other = KeyRing("1", RING.keys, bytes(32))
    digests = {RING.digest("name", "aino"), RING.digest("person-id", "aino"), RING.digest("name", "aina")}
    assert RING.digest("name", "aino") in digests
    assert len(digests) == 3
    assert other.digest("name", "aino") not in digests


def test_the_file_of_keys(tmp_path: Path) -> None:
    """A whole file gives the ring; its repr shows no key."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(GOOD))
    ring = key_ring_file(str(path))
    assert (ring.current, set(ring.keys)) == ("2", {"1", "2"})
    assert ring.keys["1"] == bytes(32)
    assert repr(ring) == "KeyRing(current='2')"


@pytest.mark.parametrize(
    "text",
    [
        "not JSON",
        "[]",
        json.dumps({**GOOD, "current": "3"}),
        json.dumps({**GOOD, "keys": {"2": "too-short"}}),
        json.dumps({**GOOD, "keys": {"2": "ä" * 43}}),
        json.dumps({**GOOD, "keys": [KEY]}),
        json.dumps({**GOOD, "index": 5}),
        json.dumps({name: value for name, value in GOOD.items() if name != "index"}),
    ],
)
def test_a_file_that_is_no_ring_is_refused(tmp_path: Path, text: str) -> None:
    """What is expected is said; nothing of the file is quoted."""
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="32 bytes in base64url") as refused:
        key_ring_file(str(path))
    assert "too-short" not in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """It is a setting that cannot be used."""
    with pytest.raises(ValueError, match="can read"):
        key_ring_file(str(tmp_path / "nowhere.json"))
