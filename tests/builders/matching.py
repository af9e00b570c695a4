"""Builders for matching: profiles and openings with defaults, and the queries and candidates made of them."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.matching.domain.candidates import Candidate, prepare
from services.matching.domain.linking import link_opening, link_profile
from services.matching.domain.matches import ListFilter
from services.matching.domain.offers import (
    LanguageDemand,
    LanguageRequirement,
    LanguageStatement,
    ServiceDetail,
    TrainingDetail,
    TrainingInstance,
)
from services.matching.domain.query import Query, query_of
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import (
    CefrLevel,
    CefrProfile,
    LocalizedText,
    Necessity,
    OpeningKind,
    Weekday,
    WeeklyWindow,
)
from services.matching.domain.weights import Weights
from services.matching.domain.work import (
    WorkProfile,
)
from shared.vocabulary import Vocabulary
from tests.builders.matching_vocabulary import small_vocabulary

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
PROFILE_ID = "01960000-0000-7000-8000-00000000aaaa"


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The small vocabulary, built once."""
    return small_vocabulary()


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The weights that ship."""
    path = Path(__file__).parents[2] / "services" / "matching" / "weights.toml"
    return Weights(**tomllib.loads(path.read_text(encoding="utf-8")))


def opening_id(number: int) -> str:
    """A valid id for the opening with a number."""
    return f"01960000-0000-7000-8000-{number:012x}"


def profile(**work: Any) -> ProfileSnapshot:
    """A profile with the given parts of its work profile."""
    return ProfileSnapshot(PROFILE_ID, 1, WorkProfile(**work))


def vacancy(number: int = 1, **fields: Any) -> OpeningSnapshot:
    """A vacancy that asks for nothing, with the given fields."""
    given: dict[str, Any] = {
        "titles": (LocalizedText("fi", "Työpaikka"), LocalizedText("en", "Job")),
        "organisation": f"Employer {number}",
        "publish_time": NOW - timedelta(days=1),
        "language_demand": LanguageDemand(LanguageStatement.NONE),
    }
    return OpeningSnapshot(opening_id(number), 1, OpeningKind.VACANCY, **(given | fields))


def training(number: int = 1, *, instances: tuple[TrainingInstance, ...] = (), **fields: Any) -> OpeningSnapshot:
    """A training with the given instances and fields."""
    given: dict[str, Any] = {"training": TrainingDetail(instances=instances)} | fields
    return replace(vacancy(number), kind=OpeningKind.TRAINING, **given)


def service(number: int = 1, **fields: Any) -> OpeningSnapshot:
    """A service with the given fields."""
    given: dict[str, Any] = {"service": ServiceDetail()} | fields
    return replace(vacancy(number), kind=OpeningKind.SERVICE, **given)


def candidate(snapshot: OpeningSnapshot) -> Candidate:
    """An opening, linked and prepared."""
    return prepare(snapshot, link_opening(snapshot, vocabulary()), vocabulary())


def query(snapshot: ProfileSnapshot, *, now: datetime = NOW, list_filter: ListFilter | None = None) -> Query:
    """A person's query."""
    signals = link_profile(snapshot, vocabulary())
    return query_of(snapshot, signals, vocabulary(), now, list_filter=list_filter or ListFilter())


def window(day: int, start: int, end: int) -> WeeklyWindow:
    """A weekly window by hours of the day."""
    return WeeklyWindow(Weekday(day), start * 60, end * 60)


def workdays(start: int, end: int) -> tuple[WeeklyWindow, ...]:
    """The same hours from Monday to Friday."""
    return tuple(window(day, start, end) for day in range(1, 6))


def levels(level: CefrLevel) -> CefrProfile:
    """One level in every activity."""
    return CefrProfile(level, level, level, level)


def asks(language: str, level: CefrLevel, necessity: Necessity = Necessity.REQUIRED) -> LanguageDemand:
    """A demand for one language at one level in every activity."""
    return LanguageDemand(LanguageStatement.LISTED, (LanguageRequirement(language, levels(level), necessity),))
