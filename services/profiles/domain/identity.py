"""Who a person is: names, person id, contacts. Apart from the profile, which says what they can do."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.profiles.domain.graphemes import grapheme_count
from services.profiles.domain.masks import apply_mask, changed_paths
from services.profiles.domain.policy.data import Data
from services.profiles.domain.profile import Profile
from services.profiles.domain.texts import normalised, text_violations
from services.profiles.domain.values import Answer, Place
from shared.kernel.errors import FieldViolation, InvalidArgument

LONGEST_NAME = 100
"""Characters as readers see them."""
LONGEST_NAME_BYTES = 400
"""UTF-8."""
_CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
# Signs of the century. Source: Digital and Population Data Services Agency, dvv.fi, reform of personal identity codes.
_CENTURIES = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}
_PERSON_ID = re.compile(r"(\d{2})(\d{2})(\d{2})([-+A-FU-Y])(\d{3})([0-9A-Y])", re.ASCII)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """A postal address; country ISO 3166-1 alpha-2."""

    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is. Nothing of it is ever part of a repr.

    person_id  Finnish personal identity code in capitals, "" where there is none
    protected  a register forbids to give out where the person lives (turvakielto)
    """

    given_names: str = field(default="", repr=False)
    family_name: str = field(default="", repr=False)
    person_id: str = field(default="", repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    address: PostalAddress = field(default_factory=PostalAddress, repr=False)
    protected: bool = field(default=False, repr=False)


KIND_OF_PART: dict[str, Data] = {
    "given_names": Data.IDENTITY,
    "family_name": Data.IDENTITY,
    "person_id": Data.IDENTITY,
    "emails": Data.CONTACT,
    "phones": Data.CONTACT,
    "address": Data.CONTACT,
    "protected": Data.PROTECTION,
}
"""The kind of data of each field."""
_BLANK = Identity()


@dataclass(frozen=True, slots=True)
class IdentityRecord:
    """The identity that is kept of a person; version 0, without times, where nothing has been stored."""

    profile_id: str
    version: int = 0
    identity: Identity = _BLANK
    create_time: datetime | None = None
    update_time: datetime | None = None


def update(
    record: IdentityRecord, given: Identity, paths: Collection[str], now: datetime
) -> tuple[IdentityRecord, tuple[str, ...]]:
    """The record with the fields at `paths` taken from `given`, and the paths of those that differ."""
    identity = apply_mask(record.identity, given, paths)
    changed = changed_paths(record.identity, identity)
    if not changed:
        return record, ()
    version, created = record.version + 1, record.create_time or now
    return replace(record, version=version, identity=identity, create_time=created, update_time=now), changed


def cut_identity(record: IdentityRecord, allowed: Collection[Data]) -> IdentityRecord:
    """The record with the fields of other kinds blank."""
    blank = {name: getattr(_BLANK, name) for name, kind in KIND_OF_PART.items() if kind not in allowed}
    return replace(record, identity=replace(record.identity, **blank))


def for_matching(profile: Profile, protected: bool) -> Profile:
    """What matching may see. Of a protected person neither the home nor a yes to being asked or counted."""
    if not protected:
        return profile
    content = profile.content
    limits = replace(content.work.limits, home=Place())
    choices = replace(content.choices, employer_requests=Answer.NO, analytics=Answer.NO)
    return replace(profile, content=replace(content, work=replace(content.work, limits=limits), choices=choices))


def settled_identity(identity: Identity) -> Identity:
    """As it is stored: texts in NFC and without blanks around them, the person id in capitals."""
    identity = normalised(identity)
    return replace(
        identity,
        given_names=identity.given_names.strip(),
        family_name=identity.family_name.strip(),
        person_id=settled_person_id(identity.person_id),
        emails=tuple(email.strip() for email in identity.emails),
    )


def settled_person_id(text: str) -> str:
    """In capitals and without blanks; a long dash typed for the sign of the century is a hyphen."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper().replace("–", "-").replace("−", "-")


def check_identity(identity: Identity, path: str = "identity") -> None:
    """Raise InvalidArgument IDENTITY_INVALID with the violations. They name fields, never a person's values."""
    found = tuple(violations(identity, path))
    if found:
        fields = ", ".join(dict.fromkeys(violation.field for violation in found[:3]))
        raise InvalidArgument("IDENTITY_INVALID", f"This cannot be stored as it is: see {fields}.", violations=found)


def violations(identity: Identity, path: str) -> Iterator[FieldViolation]:
    """What breaks a rule."""
    yield from text_violations(identity, path)
    for name in ("given_names", "family_name"):
        text = getattr(identity, name)
        if len(text.encode()) > LONGEST_NAME_BYTES or grapheme_count(text) > LONGEST_NAME:
            rule = f"Give {LONGEST_NAME} characters and {LONGEST_NAME_BYTES} bytes (UTF-8) at most."
            yield FieldViolation(f"{path}.{name}", "NAME_TOO_LONG", rule)
    if identity.person_id and not is_person_id(identity.person_id):
        rule = "Give a Finnish personal identity code with its check character, or leave it empty."
        yield FieldViolation(f"{path}.person_id", "PERSON_ID_INVALID", rule)
    for number, email in enumerate(identity.emails):
        if not _EMAIL.fullmatch(email):
            yield FieldViolation(f"{path}.emails[{number}]", "EMAIL_INVALID", "Give an address such as name@host.fi.")


def is_person_id(text: str) -> bool:
    """Whether this is a Finnish personal identity code: a day that exists, and the check character that fits.

    Source: Digital and Population Data Services Agency, dvv.fi, personal identity code.
    """
    found = _PERSON_ID.fullmatch(text)
    if found is None:
        return False
    day, month, year, sign, number, check = found.groups()
    try:
        date(_CENTURIES[sign] + int(year), int(month), int(day))
    except ValueError:
        return False
    return _CHECK_CHARACTERS[int(day + month + year + number) % 31] == check
