"""What an identity must hold true, and in which forms names are found."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polku.profiles.v1 import identity_service_pb2 as pb

from services.profiles.adapters.wire.identity import content_from_wire, content_to_wire
from services.profiles.domain.finding import entries, wanted_name, wanted_person_id
from services.profiles.domain.graphemes import grapheme_count
from services.profiles.domain.identity import (
    KIND_OF_PART,
    Identity,
    check_identity,
    is_person_id,
    settled_identity,
)
from shared.kernel.errors import InvalidArgument
from tests.builders.identities import AINO
from tests.builders.profiles import trees

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
KEPT = [
    "Robert'); DROP TABLE profile;--",
    "\u202eolleH",
    "\U0001f600 \U00020bb7",
    "a" + "\u0301" * 190,
    "ä" * 100,
    FAMILY * 22,
    "محمد",
    "Олена",
]


@pytest.mark.parametrize("name", KEPT)
def test_names_are_kept_exactly_as_written(name: str) -> None:
    """Quotes, direction signs, emoji, marks and other scripts are stored as they are, in NFC (row 31)."""
    settled = settled_identity(Identity(given_names=name, family_name=name))
    check_identity(settled)
    assert settled.given_names == settled.family_name == unicodedata.normalize("NFC", name)
    assert content_from_wire(pb.Identity.FromString(content_to_wire(settled).SerializeToString())) == settled


@pytest.mark.parametrize("name", ["b" * 101, "a" + "\u0301" * 300, FAMILY * 24, "ä" * 201])
def test_names_that_are_too_long_are_refused(name: str) -> None:
    """More than 100 characters as readers see them, or more than 400 bytes (row 31); the name is in no message."""
    with pytest.raises(InvalidArgument) as refused:
        check_identity(settled_identity(Identity(family_name=name)))
    assert refused.value.reason == "IDENTITY_INVALID"
    assert [(each.field, each.reason) for each in refused.value.violations] == [
        ("identity.family_name", "NAME_TOO_LONG")
    ]
    assert name not in refused.value.message + refused.value.violations[0].description


@pytest.mark.parametrize("name", ["a\0b", "a\nb", "\x1b[31m", "\u200b", "\u3164"])
def test_control_characters_and_invisible_names_are_refused(name: str) -> None:
    """What would break a table or a page, and what cannot be seen."""
    with pytest.raises(InvalidArgument):
        check_identity(settled_identity(Identity(given_names=name)))


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("abc", 3), ("e\u0301", 1), (FAMILY, 1), ("\U0001f44d\U0001f3fd", 1), ("❤️", 1), ("\r\n", 1), ("\na", 2),
     ("\U0001f1eb\U0001f1ee\U0001f1f8\U0001f1ea", 2), ("\u1100\u1161\u11a8", 1), ("각가", 2), ("a\u202eb", 3)],
)  # fmt: skip
def test_characters_are_counted_as_readers_see_them(text: str, count: int) -> None:
    """Marks, joined emoji, modifiers, flags and syllables are one character each."""
    assert grapheme_count(text) == count


@pytest.mark.parametrize("code", ["010190-900P", "010100A9006", "010190Y900P", "311299-9872", "290200A900L"])
def test_person_ids_of_every_century_sign(code: str) -> None:
    """The check character is that of the number; the signs in use since 2023 count."""
    number = int(code[:6] + code[7:10])
    right = code[:10] + "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31]
    assert is_person_id(right)
    check_identity(Identity(person_id=right))
    others = {code[:10] + sign for sign in "0123456789ABCDEFHJKLMNPRSTUVWXY"} - {right}
    assert not any(is_person_id(other) for other in others)


@pytest.mark.parametrize(
    "code", ["320190-900X", "010190-900", "010190900P", "010190*900P", "290201A900L", "x", "٠١٠١٩٠-900P"]
)
def test_what_is_no_person_id_is_refused_without_being_shown(code: str) -> None:
    """A day that does not exist, a missing sign, other digits."""
    with pytest.raises(InvalidArgument) as refused:
        check_identity(Identity(person_id=code))
    assert refused.value.violations[0].reason == "PERSON_ID_INVALID"
    assert code not in str(refused.value.violations[0].description) + refused.value.message
    with pytest.raises(InvalidArgument):
        wanted_person_id(code)


def test_a_person_id_is_stored_in_one_form() -> None:
    """Small letters, blanks and a long dash are those of the keyboard, not of the code."""
    assert settled_identity(Identity(person_id=" 010190–900p ")).person_id == "010190-900P"


@pytest.mark.parametrize("email", ["", "aino", "aino@", "@example.fi", "a b@example.fi", "a@b", "a@b@c.fi", "a@.fi"])
def test_odd_addresses_are_refused(email: str) -> None:
    """An e-mail address has one @, a host with a dot, and no blanks."""
    with pytest.raises(InvalidArgument) as refused:
        check_identity(Identity(emails=("aino@example.fi", email)))
    assert refused.value.violations[0].field == "identity.emails[1]"


def found(identity: Identity, asked: str) -> bool:
    """Whether the person is found by this name."""
    return all(each & entries(identity) for each in wanted_name(asked))


@pytest.mark.parametrize(
    "asked",
    ["Aino", "MÄKELÄ", "makela", "obrien maria", "O’Brien", "Mäkelä-Ö'Brien, Aino", "ma\u0308kela\u0308", "aino aino"],
)
def test_whole_names_are_found_in_any_order_case_and_spelling(asked: str) -> None:
    """Each word that is asked for is one of the person's; accents and apostrophes may be left out."""
    assert found(AINO, asked)


@pytest.mark.parametrize("asked", ["Ain", "Makel", "Aino Virtanen", "Brie"])
def test_parts_of_names_find_nobody(asked: str) -> None:
    """The index holds whole words, so that nobody can be found letter by letter."""
    assert not found(AINO, asked)


@pytest.mark.parametrize(
    ("kept", "asked"),
    [("Олена", "Olena"), ("Olena", "Олена"), ("محمد", "mhmd"), ("Łukasz", "lukasz"), ("Đặng", "dang"),
     ("Weiß", "WEISS"), ("Мурашкіна", "murashkina"), ("Jürgen", "jurgen"), ("ﬁona", "Fiona")],
)  # fmt: skip
def test_other_scripts_are_found_in_latin_letters(kept: str, asked: str) -> None:
    """Cyrillic and Arabic names are found as they are heard in Latin letters, and the other way round."""
    assert found(Identity(given_names=kept), asked)


@pytest.mark.parametrize("asked", ["", " ", "123", "!?", " ".join("abcdefghi")])
def test_what_is_no_name_is_refused(asked: str) -> None:
    """One to eight words in letters."""
    with pytest.raises(InvalidArgument) as refused:
        wanted_name(asked)
    assert refused.value.reason == "NAME_NOT_SEARCHABLE"


def test_a_person_id_finds_whole_and_in_any_form() -> None:
    """The code is found as typed; it is no name."""
    (wanted,) = wanted_person_id("010190-900p")
    assert wanted & entries(AINO)
    assert not wanted & entries(replace(AINO, person_id=""))


@given(identity=trees(Identity))
def test_identity_survives_the_wire(identity: Identity) -> None:
    """Whatever it holds."""
    assert content_from_wire(pb.Identity.FromString(content_to_wire(identity).SerializeToString())) == identity


@given(name=st.text(max_size=40))
def test_everybody_is_found_by_their_own_name(name: str) -> None:
    """Whatever the name, if it has one to eight words."""
    try:
        wanted = wanted_name(name)
    except InvalidArgument:
        return
    assert all(
        each & entries(Identity(family_name=settled_identity(Identity(family_name=name)).family_name))
        for each in wanted
    )


def test_every_field_has_a_kind() -> None:
    """Each field of the message but those of the service is of a kind of data."""
    of_the_service = {"profile", "etag", "version", "create_time", "update_time"}
    assert set(KIND_OF_PART) == {field.name for field in pb.Identity.DESCRIPTOR.fields} - of_the_service


def test_nothing_of_a_person_is_in_a_repr() -> None:
    """Not even by accident in a log."""
    assert repr(AINO) == "Identity()"
