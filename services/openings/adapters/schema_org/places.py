"""Place, PostalAddress and GeoCoordinates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from polku.type.v1.types_pb2 import GeoPoint, Place

from services.openings.adapters.schema_org.quantities import number
from services.openings.adapters.schema_org.reading import Node
from services.openings.adapters.schema_org.texts import is_text
from shared.vocabulary import Vocabulary

_POSTAL_CODE = re.compile(r"(?:FI-?)?(\d{5})", re.IGNORECASE)
_FINLAND = frozenset(("", "fi", "fin", "finland", "suomi"))
_VIRTUAL = "VirtualLocation"


class Places:
    """Reads places with the names of Finnish municipalities, districts and service centres of the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        towns = vocabulary.tables.municipalities.values()
        self._names = {label.casefold(): town.code for town in towns for label in town.labels.values()}

    def read(self, nodes: Iterable[Node]) -> list[Place]:
        """The places of the nodes, each once. A VirtualLocation is none."""
        found: dict[bytes, Place] = {}
        for node in nodes:
            place = self._place(node) if _VIRTUAL not in node.types() else None
            if place is not None and place != Place():
                found.setdefault(place.SerializeToString(deterministic=True), place)
        return list(found.values())

    def one(self, node: Node) -> Place | None:
        """The place of a node, if it is one."""
        return next(iter(self.read([node])), None)

    def _place(self, node: Node) -> Place:
        if is_text(node):
            return self._located(node, node.text())
        address = node.one("address") or (node if "PostalAddress" in node.types() else None)
        place = self._address(address) if address is not None else Place()
        name = node.one("name")
        if name is not None and name.text():
            place.district = name.text()
            if not place.municipality:
                place.municipality = self._known(place.district)
        point = self._point(node.one("geo"))
        if point is not None:
            place.point.CopyFrom(point)
        return place

    def _address(self, node: Node) -> Place:
        if is_text(node):
            return Place(street_address=node.text())
        country = node.one("addressCountry")
        written = (country.one("name") or country).text() if country is not None else ""
        if country is not None and written.lower() not in _FINLAND:
            country.fault("COUNTRY_UNSUPPORTED", "Give a place in Finland.", value=written, nearest="FI")
            return Place()
        locality = node.one("addressLocality")
        place = self._located(locality, locality.text()) if locality is not None else Place()
        street = node.one("streetAddress")
        place.street_address = street.text() if street is not None else ""
        place.postal_code = _postal_code(node.one("postalCode"))
        return place

    def _located(self, node: Node, name: str) -> Place:
        """The municipality that a locality names, or in which the district or service centre lies that it names."""
        known = self._vocabulary.place(name)
        if known is not None:
            district = name if known.kind != "municipality" else ""
            return Place(municipality=known.municipality, district=district)
        code = name if self._vocabulary.municipality(name) is not None else self._names.get(name.casefold(), "")
        if not code:
            near = self._vocabulary.nearest("municipality", name) if node.faults.hints_left else ""
            label = self._vocabulary.label_in("municipality", near, "fi") if near else ""
            node.fault("MUNICIPALITY_UNKNOWN", "Name a Finnish municipality.", value=name, nearest=label)
        return Place(municipality=code)

    def _known(self, name: str) -> str:
        known = self._vocabulary.place(name)
        return known.municipality if known is not None else ""

    @staticmethod
    def _point(node: Node | None) -> GeoPoint | None:
        if node is None:
            return None
        # Finland lies north of the equator and east of Greenwich: a negative number is a mistake.
        latitude = number(node.one("latitude"), highest=90)
        longitude = number(node.one("longitude"), highest=180)
        if latitude is None or longitude is None:
            return None
        return GeoPoint(latitude=latitude, longitude=longitude)


def is_virtual(node: Node | None) -> bool:
    """Whether the node says that something is held online."""
    return node is not None and _VIRTUAL in node.types()


def _postal_code(node: Node | None) -> str:
    if node is None:
        return ""
    written = node.text()
    found = _POSTAL_CODE.fullmatch(written)
    if found is None:
        node.fault("POSTAL_CODE_INVALID", "Give a Finnish postal code of five digits.", value=written)
        return ""
    return found[1]
