"""Course with its CourseInstance nodes → Training."""

from __future__ import annotations

from polku.openings.v1 import opening_pb2 as pb
from polku.type.v1.types_pb2 import Answer, Place

from services.openings.adapters.schema_org import demands, quantities, times
from services.openings.adapters.schema_org.places import Places, is_virtual
from services.openings.adapters.schema_org.properties import INSTANCE, Properties
from services.openings.adapters.schema_org.reading import Node, choose
from services.openings.adapters.schema_org.service import organisation
from services.openings.adapters.schema_org.texts import is_text, paragraphs
from services.openings.adapters.schema_org.words import COURSE_MODES, REMOTE, TRAINING_KINDS

MOST_SEATS = 100_000
_CREDENTIALS = ("occupationalCredentialAwarded", "educationalCredentialAwarded")


def fill_course(node: Node, opening: pb.Opening, rules: Properties, places: Places) -> None:
    """Writes a Course into the opening. Its places are those of its instances."""
    prerequisites = node.all("coursePrerequisites")
    words = [*node.all("description"), *filter(is_text, prerequisites)]
    words += [item for name in _CREDENTIALS for item in node.all(name) if is_text(item)]
    opening.descriptions.extend(paragraphs(words))
    opening.closing_date = times.day(_in_offer(node, "validThrough"))
    posted = times.start_of_day(node.one("datePublished"))
    if posted is not None:
        opening.publish_time.CopyFrom(posted)
    training = _training(node, rules, prerequisites)
    found = [_instance(item, places) for item in node.all("hasCourseInstance")]
    training.instances.extend(instance for instance, _ in found)
    _place(opening, training, [held for _, held in found])
    opening.training.CopyFrom(training)


def _training(node: Node, rules: Properties, prerequisites: list[Node]) -> pb.Training:
    kind = choose(rules.one("polku:trainingKind"), TRAINING_KINDS, "TRAINING_KIND_UNKNOWN", "a kind of training")
    return pb.Training(
        provider=organisation(node.one("provider")),
        kind=kind or pb.Training.KIND_UNSPECIFIED,
        teaches=demands.concepts(node.all("teaches")),
        leads_to=demands.concepts(rules.all("polku:leadsTo")),
        gives_licences=_licences(node, rules),
        gives_language=demands.given_language(rules.one("polku:givesLanguage")),
        language_demand=demands.language_demand(rules.all("polku:workingLanguage"), node.all("inLanguage")),
        entry_education=demands.education(prerequisites, rules),
        isced_field=demands.isced_field_of(node.all("about")),
        cost=_cost(node),
        childcare_on_site=quantities.answer(rules.one("polku:childcareOnSite")),
    )


def _licences(node: Node, rules: Properties) -> list[str]:
    """Codes of polku:givesLicence and of the credentials that have one in `identifier`."""
    codes = [demands.licence_code(item, item.text().split()) for item in rules.all("polku:givesLicence")]
    for name in _CREDENTIALS:
        for credential in node.all(name):
            codes += [
                demands.licence_code(value, [value.text()])
                for item in credential.all("identifier")
                if (value := item.one("value") or item).text()
            ]
    return list(dict.fromkeys(code for code in codes if code))


def _cost(node: Node) -> float | None:
    offer = node.one("offers")
    free = node.one("isAccessibleForFree")
    if offer is not None and offer.one("price") is not None:
        return quantities.cost(offer)
    return 0.0 if free is not None and quantities.answer(free) == Answer.VALUE_YES else None


def _in_offer(node: Node, name: str) -> Node | None:
    offer = node.one("offers")
    return offer.one(name) if offer is not None else None


def _instance(node: Node, places: Places) -> tuple[pb.TrainingInstance, list[Place]]:
    rules = Properties(node, INSTANCE)
    identifier = node.first("identifier", "courseCode")
    inner = (identifier.one("value") or identifier) if identifier is not None else None
    hours, _ = _instance_hours(node, rules)
    instance = pb.TrainingInstance(
        id=inner.text() if inner is not None else "",
        start_date=times.day(node.one("startDate")),
        end_date=times.day(node.one("endDate")),
        weekly_times=times.weekly_times([*node.all("courseSchedule"), *rules.all("polku:weeklyTimes")]),
        hours_per_week=hours,
        remote=_mode(node, rules),
        seats=quantities.integer(node.one("maximumAttendeeCapacity"), highest=MOST_SEATS),
        seats_left=quantities.integer(node.one("remainingAttendeeCapacity"), highest=MOST_SEATS),
        seats_confirmed_on=times.day(rules.one("polku:seatsConfirmedOn")),
    )
    return instance, places.read(node.all("location"))


def _instance_hours(node: Node, rules: Properties) -> quantities.Hours:
    stated = rules.one("polku:hoursPerWeek")
    if stated is not None:
        return quantities.weekly_hours(stated)
    workload = node.one("courseWorkload")
    return (quantities.hours_in_words(workload) if workload is not None else None) or (None, None)


def _mode(node: Node, rules: Properties) -> pb.Remote.Kind.ValueType:
    stated = choose(rules.one("polku:remote"), REMOTE, "REMOTE_UNKNOWN", "a kind of remote")
    for item in node.all("courseMode"):
        # schema.org's courseMode also holds rhythms, such as "full-time": they say nothing about the place.
        stated = stated or COURSE_MODES.get(item.text().casefold())
    if not stated and is_virtual(node.one("location")):
        return pb.Remote.KIND_FULLY
    return stated or pb.Remote.KIND_UNSPECIFIED


def _place(opening: pb.Opening, training: pb.Training, held: list[list[Place]]) -> None:
    """The places and the kind of remote of the instances, on the training where they have them in common."""
    distinct: list[Place] = []
    for place in (place for places in held for place in places):
        if place not in distinct:
            distinct.append(place)
    opening.places.extend(distinct)
    if len(distinct) > 1:
        for instance, places in zip(training.instances, held, strict=True):
            if places:
                instance.place.CopyFrom(places[0])
    modes = {instance.remote for instance in training.instances}
    if opening.remote == pb.Remote.KIND_UNSPECIFIED and len(modes) == 1:
        opening.remote = modes.pop()
