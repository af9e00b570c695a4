"""Callers, profiles and strategies for tests of the profiles service."""

import datetime
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC
from enum import IntEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from services.profiles.application.assignments import AssignCounsellor
from services.profiles.application.ports import RequestKey
from services.profiles.application.profiles import CreateProfile, UpdateProfile, create_profile
from services.profiles.domain.profile import Profile, ProfileContent
from services.profiles.domain.values import (
    Answer,
    CefrLevel,
    CefrProfile,
    Concept,
    GeoPoint,
    LocalizedText,
    Place,
    Weekday,
    WeeklyWindow,
)
from services.profiles.domain.work import (
    Choices,
    Education,
    EverydayLimits,
    Goals,
    LanguageSkill,
    Licence,
    RightStatus,
    RightToWork,
    Skill,
    WorkExperience,
    WorkProfile,
)
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from tests.fakes.profiles import FakeCodes, FakeUnitOfWork, ProfileStore

NOW = datetime.datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SEEKER = Principal(Role.SEEKER, "seeker-1")
OTHER_SEEKER = Principal(Role.SEEKER, "seeker-2")
COUNSELLOR = Principal(Role.COUNSELLOR, "counsellor-1", unit="unit-1")
OTHER_COUNSELLOR = Principal(Role.COUNSELLOR, "counsellor-2", unit="unit-2")
OPERATOR = Principal(Role.OPERATOR, "operator-1")
AUDITOR = Principal(Role.AUDITOR, "auditor-1")
PUBLISHER = Principal(Role.PUBLISHER, "publisher-1", publisher="publisher-1")
MATCHING = Principal(Role.SERVICE, "service:matching", service="matching")
OPENINGS = Principal(Role.SERVICE, "service:openings", service="openings")


def a_request(caller: Principal, *, content: bytes = b"1", method: str = "m", request_id: str = "") -> RequestKey:
    """A request with an id of its own."""
    return RequestKey(caller.subject, request_id or new_id(), method, content)


def a_content(**parts: Any) -> ProfileContent:
    """A small content of a cleaner who lives in Espoo; `parts` replace fields of the work profile."""
    work: dict[str, Any] = {
        "experiences": (WorkExperience(Concept(text="siivooja", language="fi"), months=24, country="FI"),),
        "languages": (LanguageSkill("fi", CefrProfile(speaking=CefrLevel.A2)), LanguageSkill("so")),
        "limits": EverydayLimits(home=Place(municipality="049")),
    }
    return ProfileContent(case_reference="K-17", preferred_language="so", work=WorkProfile(**{**work, **parts}))


def a_full_content() -> ProfileContent:
    """A content in which every field that has a kind of data is filled."""
    work = WorkProfile(
        summaries=(LocalizedText("en", "I cook for many."),),
        experiences=(WorkExperience(Concept(text="cook"), months=12),),
        skills=(Skill(Concept(text="baking")),),
        educations=(Education(isced_level=3, title="vocational qualification"),),
        licences=(Licence("hygiene-passport", Answer.YES),),
        languages=(LanguageSkill("fi"),),
        right_to_work=RightToWork(RightStatus.UNLIMITED),
        limits=EverydayLimits(max_hours_per_week=20, home=Place(municipality="049")),
        goals=Goals(text="a kitchen of my own"),
    )
    return ProfileContent("K-17", "so", work, Choices(matching=Answer.YES))


def trees(cls: type, special: Mapping[type, st.SearchStrategy[Any]] | None = None) -> st.SearchStrategy[Any]:
    """Instances of a domain dataclass with every field drawn, of any form that the protos can hold."""
    known = {WeeklyWindow: _WINDOWS, GeoPoint: _POINTS, **(special or {})}
    if cls in known:
        return known[cls]
    hints = get_type_hints(cls)
    return st.builds(cls, **{field.name: _values(hints[field.name], known) for field in fields(cls)})


def _values(hint: Any, known: Mapping[type, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        return st.none() | _values(inside[0], known)
    if origin is tuple:
        return st.lists(_values(inside[0], known), max_size=2).map(tuple)
    if isinstance(hint, type) and is_dataclass(hint):
        return trees(hint, known)
    if issubclass(hint, IntEnum):
        return st.sampled_from(list(hint))
    return _SIMPLE[hint]


_WINDOWS = st.builds(WeeklyWindow, st.sampled_from(list(Weekday)), st.integers(0, 1439), st.integers(0, 1440))
_POINTS = st.builds(GeoPoint, st.floats(-90, 90), st.floats(-180, 180))
_SIMPLE: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    bool: st.booleans(),
    int: st.integers(0, 900),
    float: st.floats(0, 168),
    datetime.date: st.dates(datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)),
}


async def created(store: ProfileStore, caller: Principal = SEEKER, owner: str = "") -> Profile:
    """A profile that `caller` created."""
    cmd = CreateProfile(caller, a_request(caller), a_content(), owner)
    return await create_profile(cmd, FakeUnitOfWork(store), FakeCodes(), NOW)


def update_of(
    profile: Profile, caller: Principal = SEEKER, *, request: RequestKey | None = None, etag: str = ""
) -> UpdateProfile:
    """A change of the preferred language to English."""
    content = ProfileContent(preferred_language="en")
    key = request or a_request(caller)
    return UpdateProfile(caller, key, profile.id, content, ("preferred_language",), etag)


def handover(profile: Profile, caller: Principal = COUNSELLOR) -> AssignCounsellor:
    """Handing the person over to the other counsellor."""
    return AssignCounsellor(caller, a_request(caller), profile.id, OTHER_COUNSELLOR.subject, OTHER_COUNSELLOR.unit)
