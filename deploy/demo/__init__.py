"""Demo data of a fictional Espoo: what six partner systems publish, and eight people who look for work.

The files hold the protos' canonical JSON, with dates written as `today+21` or `today-60`, so that the demo never grows
old. `openings` and `people` put real dates in.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

Kind = Literal["vacancies", "trainings", "services"]

_FOLDER = Path(__file__).parent
_RELATIVE_DATE = re.compile(r"^today([+-]\d{1,5})$")


@dataclass(frozen=True, slots=True)
class DemoPublisher:
    """A partner system: its id on the wire and its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoOpening:
    """An opening for PUT /v1/publishers/{publisher}/{kind}/{external_id}.

    `body` is polku.openings.v1.Opening in canonical JSON.
    """

    publisher: str
    kind: Kind
    external_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A profile for POST /v1/profiles; `body` is polku.profiles.v1.Profile in canonical JSON.

    `fits` are external ids of vacancies that fit the person in truth, `does_not_fit` of near ones that do not, with
    the reason in English.
    """

    key: str
    note: str
    fits: tuple[str, ...]
    does_not_fit: dict[str, str]
    body: dict[str, Any]


def publishers() -> list[DemoPublisher]:
    """The partner systems whose openings the demo holds."""
    return [DemoPublisher(row["id"], row["name"]) for row in _read("openings.json")["publishers"]]


def openings(today: date) -> list[DemoOpening]:
    """All vacancies, trainings and services, in this order, with dates counted from `today`."""
    return [
        DemoOpening(row["publisher"], row["kind"], row["external_id"], _dated(row["opening"], today))
        for row in _read("openings.json")["openings"]
    ]


def people(today: date) -> list[DemoPerson]:
    """The eight people, with dates counted from `today`."""
    return [
        DemoPerson(row["key"], row["note"], tuple(row["fits"]), row["does_not_fit"], _dated(row["profile"], today))
        for row in _read("people.json")["people"]
    ]


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return content


def _dated(value: Any, today: date) -> Any:
    """The value with every relative date in it as an ISO 8601 date."""
    if isinstance(value, dict):
        return {key: _dated(item, today) for key, item in value.items()}
    if isinstance(value, list):
        return [_dated(item, today) for item in value]
    relative = _RELATIVE_DATE.match(value) if isinstance(value, str) else None
    return (today + timedelta(days=int(relative.group(1)))).isoformat() if relative else value
