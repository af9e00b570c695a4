"""Small schema.org items for tests."""

from typing import Any

import protovalidate
from google.protobuf import json_format

from services.openings.adapters.schema_org import Item, SchemaOrgMapper
from shared.vocabulary import load

MAPPER = SchemaOrgMapper(load())
BAKER = "http://data.europa.eu/esco/occupation/1aadb308-432a-4d01-b54b-b4f7f76dd419"
CLEANING = "http://data.europa.eu/esco/skill/4f1b6304-f54a-42f0-9604-5427a28d240f"


def extra(**values: Any) -> list[dict[str, Any]]:
    """PropertyValue nodes; a list stands for a repeated property."""
    return [
        {"@type": "PropertyValue", "propertyID": f"polku:{name}", "value": value}
        for name, given in values.items()
        for value in (given if isinstance(given, list) else [given])
    ]


def job(**parts: Any) -> dict[str, Any]:
    """A small JobPosting."""
    return {"@type": "JobPosting", "inLanguage": "fi", "title": "Leipuri", **parts}


def course(**parts: Any) -> dict[str, Any]:
    """A small Course."""
    return {"@type": "Course", "name": {"@value": "Suomen alkeet", "@language": "fi"}, **parts}


def service(**parts: Any) -> dict[str, Any]:
    """A small Service."""
    return {"@type": "Service", "name": {"fi": "Neuvonta", "uk": "Поради"}, **parts}


def mapped(value: object, language: str = "") -> dict[str, Any]:
    """The item as an opening in canonical JSON; it passes the protos' own rules."""
    opening = MAPPER.opening(Item(value, "/item", language))
    protovalidate.validate(opening)
    return json_format.MessageToDict(opening)
