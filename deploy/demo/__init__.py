"""Demo data of a fictional Espoo: what six partner systems publish, and people who look for work.

What partners send lies in `publishers/<id>/` as schema.org JSON-LD, and becomes openings by the same mapping that reads
partners' own files. The people are the protos' canonical JSON. Dates are written as `today+21` or `today-60`, so that
the demo never grows old; `openings` and `people` put real dates in.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from google.protobuf import json_format
from polku.openings.v1.opening_pb2 import Opening

from services.openings.adapters.schema_org import SchemaOrgMapper, items_of
from shared.vocabulary import load

Kind = Literal["vacancies", "trainings", "services"]

FOLDER = Path(__file__).parent
PUBLISHERS = FOLDER / "publishers"
KINDS: tuple[Kind, ...] = ("vacancies", "trainings", "services")
_RELATIVE_DATE = re.compile(r"^today([+-]\d{1,5})$")


@dataclass(frozen=True, slots=True)
class DemoPublisher:
    """A partner system: its id on the wire and its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoOpening:
    """An opening for PUT /v1/publishers/{publisher}/{kind}/{external_id}.

    `body` is polku.openings.v1.Opening in canonical JSON, without publisher and external_id.
    """

    publisher: str
    kind: Kind
    external_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A profile for POST /v1/profiles; `body` is polku.profiles.v1.Profile in canonical JSON.

    `fits` are external ids of vacancies that fit the person in truth, `does_not_fit` of near ones that do not, with
    the reason in English. `identity` is polku.profiles.v1.Identity for PATCH /v1/profiles/{profile}/identity: an
    invented name, and a person id with a number from 900 up, such as is given to nobody.
    """

    key: str
    note: str
    fits: tuple[str, ...]
    does_not_fit: dict[str, str]
    body: dict[str, Any]
    identity: dict[str, Any]


def publishers() -> list[DemoPublisher]:
    """The partner systems whose openings the demo holds, by id."""
    rows = [_read(path) for path in sorted(PUBLISHERS.glob("*/publisher.jsonld"))]
    return [DemoPublisher(row["identifier"], row["name"]) for row in rows]


def openings(today: date) -> list[DemoOpening]:
    """All vacancies, trainings and services, in this order, with dates counted from `today`.

    Raises InvalidArgument where a file holds something that the mapping of partners' files refuses.
    """
    return [
        opening for kind in KINDS for publisher in publishers() for opening in _published(publisher.id, kind, today)
    ]


def people(today: date) -> list[DemoPerson]:
    """The people, with dates counted from `today`."""
    identities = _read(FOLDER / "identities.json")
    return [
        DemoPerson(
            row["key"],
            row["note"],
            tuple(row["fits"]),
            row["does_not_fit"],
            _dated(row["profile"], today),
            identities[row["key"]],
        )
        for row in _read(FOLDER / "people.json")["people"]
    ]


def _published(publisher: str, kind: Kind, today: date) -> list[DemoOpening]:
    path = PUBLISHERS / publisher / f"{kind}.jsonld"
    if not path.exists():
        return []
    document = _dated(_read(path), today)
    return [_opening(publisher, kind, _mapper().opening(item)) for item in items_of(document)]


def _opening(publisher: str, kind: Kind, opening: Opening) -> DemoOpening:
    external_id = opening.external_id
    opening.ClearField("external_id")
    return DemoOpening(publisher, kind, external_id, json_format.MessageToDict(opening))


@cache
def _mapper() -> SchemaOrgMapper:
    return SchemaOrgMapper(load())


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _dated(value: Any, today: date) -> Any:
    """The value with every relative date in it as an ISO 8601 date."""
    if isinstance(value, dict):
        return {key: _dated(item, today) for key, item in value.items()}
    if isinstance(value, list):
        return [_dated(item, today) for item in value]
    relative = _RELATIVE_DATE.match(value) if isinstance(value, str) else None
    return (today + timedelta(days=int(relative.group(1)))).isoformat() if relative else value
