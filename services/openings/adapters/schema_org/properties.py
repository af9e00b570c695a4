"""`additionalProperty`: what schema.org has no term for, by the ids of Polku's own list.

`PROPERTIES` is that list: what each id means, how its value is written, and where it may stand. A PropertyValue whose
`propertyID` does not begin with "polku:" is the publisher's own business and is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from services.openings.adapters.schema_org.reading import Node

PREFIX = "polku:"
JOB, COURSE, INSTANCE, SERVICE, TERM = "JobPosting", "Course", "CourseInstance", "Service", "DefinedTerm"
_OPENINGS = frozenset((JOB, COURSE, SERVICE))


@dataclass(frozen=True, slots=True)
class Property:
    """`value` says how the value is written, `on` the schema.org types on which it may stand, `many` if repeated."""

    value: str
    on: frozenset[str]
    many: bool = False


def _of(value: str, *on: str, many: bool = False) -> Property:
    return Property(value, frozenset(on) or _OPENINGS, many)


PROPERTIES: Mapping[str, Property] = MappingProxyType(
    {
        "polku:workingLanguage": _of(
            'none, or: tag [activity] level … [necessity] [basis], such as "fi speaking B1 reading A2 required"; '
            "a level without an activity counts for all four",
            many=True,
        ),
        "polku:remote": _of("on-site, partly or fully", JOB, COURSE, SERVICE, INSTANCE),
        "polku:howToApply": _of("text, in languages"),
        "polku:licence": _of('code [necessity] [basis], such as "hygiene-passport required"', JOB, many=True),
        "polku:shift": _of("day, evening, night or weekend", JOB, many=True),
        "polku:weeklyTimes": _of('openingHours text, such as "Mo-Fr 08:00-16:00"', JOB, INSTANCE, many=True),
        "polku:hoursPerWeek": _of('number or "20-30", or minValue and maxValue', JOB, INSTANCE),
        "polku:endDate": _of("date on which the work ends", JOB),
        "polku:paySubsidy": _of("true or false", JOB),
        "polku:workTrial": _of("true or false", JOB),
        "polku:educationNecessity": _of("required, preferred or learn-on-the-job", JOB, COURSE),
        "polku:recognitionRequired": _of("true where a foreign qualification must be recognised", JOB, COURSE),
        "polku:necessity": _of("required, preferred or learn-on-the-job; of a skill", TERM),
        "polku:weight": _of("number from 0 to 10; of a skill among those of the same necessity", TERM),
        "polku:trainingKind": _of(
            "labour-market, language-course, integration, vocational, upper-secondary or short-course", COURSE
        ),
        "polku:leadsTo": _of("ESCO occupation as a URI, words or a DefinedTerm", COURSE, many=True),
        "polku:givesLicence": _of("licence code", COURSE, SERVICE, many=True),
        "polku:givesLanguage": _of('tag [activity] level …, such as "fi A2"', COURSE, SERVICE),
        "polku:childcareOnSite": _of("true or false", COURSE),
        "polku:seatsConfirmedOn": _of("date on which remainingAttendeeCapacity was true", INSTANCE),
        "polku:theme": _of(
            "employment, integration, language, family, wellbeing, money, housing, education-guidance or "
            "entrepreneurship",
            SERVICE,
            many=True,
        ),
        "polku:participation": _of("voluntary, if-agreed-in-plan or obligatory", SERVICE),
        "polku:accessibility": _of("text, in languages", SERVICE),
        "polku:howToGetIn": _of("text, in languages", SERVICE),
        "polku:benefitEffect": _of("text, in languages", SERVICE),
        "polku:consentNeeded": _of("true where the person must agree before data go to the provider", SERVICE),
        "polku:helpsWith": _of("ESCO skill as a URI, words or a DefinedTerm", SERVICE, many=True),
    }
)


class Properties:
    """The Polku properties of one node; wrong ones are faults."""

    def __init__(self, node: Node, schema_type: str) -> None:
        self._allowed = [name for name, rule in PROPERTIES.items() if schema_type in rule.on]
        self._type = schema_type
        self._found: dict[str, list[Node]] = {}
        for item in node.all("additionalProperty"):
            self._take(item)

    def all(self, name: str) -> list[Node]:
        """The values of a property that may be repeated."""
        return self._found.get(name, [])

    def one(self, name: str) -> Node | None:
        """The value of a property; the PropertyValue itself where it has minValue or maxValue."""
        return next(iter(self.all(name)), None)

    def _take(self, item: Node) -> None:
        named = item.one("propertyID")
        name = named.text() if named is not None else ""
        if named is None or not name.startswith(PREFIX):
            return
        rule = PROPERTIES.get(name)
        if rule is None or self._type not in rule.on:
            near = _nearest(name, self._allowed)
            text = f"There is no such Polku property of a {self._type}: use one of {', '.join(self._allowed)}."
            named.fault("PROPERTY_UNKNOWN", text, value=name, nearest=near)
            return
        values = _values(item)
        if not values:
            item.fault("PROPERTY_EMPTY", f"Give `value`: {rule.value}.", value=name)
        elif not rule.many and name in self._found:
            named.fault("PROPERTY_REPEATED", "Give this property once.", value=name)
        else:
            self._found.setdefault(name, []).extend(values)


def _nearest(name: str, allowed: list[str]) -> str:
    """The id spelt most like this one: what all ids begin with says nothing about likeness."""
    words = {each.removeprefix(PREFIX).lower(): each for each in allowed}
    close = get_close_matches(name.removeprefix(PREFIX).lower()[:100], list(words), n=1, cutoff=0.6)
    return words[close[0]] if close else ""


def _values(item: Node) -> list[Node]:
    if item.one("minValue") is not None or item.one("maxValue") is not None:
        return [item]
    return item.all("value") or item.all("valueReference")
