"""Service → ServiceOffer."""

from __future__ import annotations

from polku.openings.v1 import opening_pb2 as pb
from polku.type.v1.types_pb2 import LocalizedText

from services.openings.adapters.schema_org import demands, quantities, times
from services.openings.adapters.schema_org.places import Places
from services.openings.adapters.schema_org.properties import Properties
from services.openings.adapters.schema_org.reading import Node, choose, folded
from services.openings.adapters.schema_org.texts import is_text, localized, paragraphs
from services.openings.adapters.schema_org.words import PARTICIPATIONS, THEMES

_AREAS = ("City", "AdministrativeArea", "Place")


def fill_service(node: Node, opening: pb.Opening, rules: Properties, places: Places) -> None:
    """Writes a Service into the opening. Without a place of its own it is where it serves."""
    channels = node.all("availableChannel")
    types = [item for item in node.all("serviceType") if is_text(item) and folded(item.text()) not in THEMES]
    opening.descriptions.extend(paragraphs([*node.all("description"), *types]))
    located = [place for channel in channels for place in channel.all("serviceLocation")]
    opening.places.extend(places.read(located or _area(node)))
    for channel in channels:
        address = channel.one("serviceUrl")
        if address is not None and not opening.url:
            opening.url = address.text()
    opening.service.CopyFrom(_service(node, rules, channels))


def _service(node: Node, rules: Properties, channels: list[Node]) -> pb.ServiceOffer:
    spoken = node.all("availableLanguage") or [item for each in channels for item in each.all("availableLanguage")]
    participation = choose(rules.one("polku:participation"), PARTICIPATIONS, "PARTICIPATION_UNKNOWN", "a word")
    codes = [demands.licence_code(item, item.text().split()) for item in rules.all("polku:givesLicence")]
    demand = demands.language_demand(rules.all("polku:workingLanguage"), spoken)
    return pb.ServiceOffer(
        provider=organisation(node.one("provider")),
        themes=_themes(node, rules),
        audiences=_audiences(node),
        language_demand=demand if demand.statement else None,
        accessibility=localized(rules.all("polku:accessibility")),
        opening_hours=times.weekly_times(node.all("hoursAvailable")),
        how_to_get_in=localized(rules.all("polku:howToGetIn")),
        participation=participation or pb.ServiceOffer.PARTICIPATION_UNSPECIFIED,
        benefit_effect=localized(rules.all("polku:benefitEffect")),
        consent_needed=quantities.answer(rules.one("polku:consentNeeded")),
        helps_with=demands.concepts(rules.all("polku:helpsWith")),
        gives_licences=list(dict.fromkeys(filter(None, codes))),
        gives_language=demands.given_language(rules.one("polku:givesLanguage")),
    )


def organisation(node: Node | None) -> str:
    """The name of an Organization, or of one that is given as a text."""
    if node is None:
        return ""
    name = node if is_text(node) else node.first("name", "legalName")
    return name.text() if name is not None else ""


def _themes(node: Node, rules: Properties) -> list[pb.ServiceOffer.Theme.ValueType]:
    """polku:theme; and a serviceType that happens to be the word of a theme (other words are part of the text)."""
    stated = [choose(item, THEMES, "THEME_UNKNOWN", "a theme") for item in rules.all("polku:theme")]
    named = [THEMES.get(folded(item.text())) for item in node.all("serviceType") if is_text(item)]
    return list(dict.fromkeys(theme for theme in (*stated, *named) if theme))


def _audiences(node: Node) -> list[LocalizedText]:
    found = []
    for item in node.all("audience"):
        found += [item] if is_text(item) else item.all("audienceType") or item.all("name")
    return paragraphs(found)


def _area(node: Node) -> list[Node]:
    """Cities served, as places: a text, or a node with a name."""
    found = []
    for item in node.all("areaServed"):
        name = item if is_text(item) else item.one("name") if item.types() & set(_AREAS) else None
        found += [name] if name is not None else []
    return found
