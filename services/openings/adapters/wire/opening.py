"""Mapping of openings, drafts and the answers to publishing them."""

from polku.openings.v1 import opening_pb2 as pb
from polku.openings.v1 import opening_service_pb2 as service_pb

from services.openings.adapters.wire import offers, values
from services.openings.application.ports import Outcome, Published
from services.openings.domain.codes import ItemWarning
from services.openings.domain.content import Contact, Content, Draft
from services.openings.domain.offers import Detail, ServiceOffer, Training, Vacancy
from services.openings.domain.opening import Opening, State
from services.openings.domain.values import Remote
from shared.kernel.etags import etag_of
from shared.kernel.names import parse_name, resource_name

COLLECTION = "openings"


def opening_to_wire(opening: Opening) -> pb.Opening:
    """An opening with all that it holds: whoever must not see the contacts gets an opening without them."""
    wire = content_to_wire(opening.content)
    wire.name = resource_name(COLLECTION, opening.id)
    wire.publisher = opening.publisher
    wire.external_id = opening.external_id
    wire.etag = etag_of(opening.version)
    wire.version = opening.version
    wire.state = pb.Opening.State.ValueType(opening.state)
    wire.create_time.FromDatetime(opening.create_time)
    wire.update_time.FromDatetime(opening.update_time)
    wire.publish_time.FromDatetime(opening.publish_time)
    wire.contacts.extend(contact_to_wire(contact) for contact in opening.contacts)
    return wire


def opening_from_wire(opening: pb.Opening) -> Opening:
    """An opening that `opening_to_wire` made."""
    return Opening(
        id=parse_name(COLLECTION, opening.name),
        publisher=opening.publisher,
        external_id=opening.external_id,
        version=opening.version,
        state=State(opening.state),
        content=content_from_wire(opening),
        contacts=tuple(contact_from_wire(contact) for contact in opening.contacts),
        create_time=values.timestamp_from_wire(opening.create_time),
        update_time=values.timestamp_from_wire(opening.update_time),
        publish_time=values.timestamp_from_wire(opening.publish_time),
    )


def draft_from_wire(opening: pb.Opening) -> Draft:
    """What a publisher gives; fields that the service gives are left aside."""
    return Draft(
        publisher=opening.publisher,
        external_id=opening.external_id,
        content=content_from_wire(opening),
        contacts=tuple(contact_from_wire(contact) for contact in opening.contacts),
        publish_time=values.timestamp_from_wire(opening.publish_time) if opening.HasField("publish_time") else None,
    )


def content_to_wire(content: Content) -> pb.Opening:
    """An Opening with its content alone."""
    detail = content.detail
    return pb.Opening(
        titles=[values.text_to_wire(text) for text in content.titles],
        descriptions=[values.text_to_wire(text) for text in content.descriptions],
        places=[values.place_to_wire(place) for place in content.places],
        remote=pb.Remote.Kind.ValueType(content.remote),
        closing_date=values.date_to_wire(content.closing_date),
        url=content.url,
        how_to_apply=[values.text_to_wire(text) for text in content.how_to_apply],
        vacancy=offers.vacancy_to_wire(detail) if isinstance(detail, Vacancy) else None,
        training=offers.training_to_wire(detail) if isinstance(detail, Training) else None,
        service=offers.service_to_wire(detail) if isinstance(detail, ServiceOffer) else None,
    )


def content_from_wire(opening: pb.Opening) -> Content:
    """The content of an Opening. The protos' rules have made sure that it has a detail."""
    return Content(
        titles=tuple(values.text_from_wire(text) for text in opening.titles),
        detail=_detail_from_wire(opening),
        descriptions=tuple(values.text_from_wire(text) for text in opening.descriptions),
        places=tuple(values.place_from_wire(place) for place in opening.places),
        remote=Remote(opening.remote),
        closing_date=values.date_from_wire(opening.closing_date),
        url=opening.url,
        how_to_apply=tuple(values.text_from_wire(text) for text in opening.how_to_apply),
    )


def contact_to_wire(contact: Contact) -> pb.Contact:
    """A contact person."""
    return pb.Contact(name=contact.name, email=contact.email, phone=contact.phone)


def contact_from_wire(contact: pb.Contact) -> Contact:
    """A contact person."""
    return Contact(name=contact.name, email=contact.email, phone=contact.phone)


def published_to_wire(published: Published) -> service_pb.PublishOpeningResponse:
    """The answer to publishing."""
    return service_pb.PublishOpeningResponse(
        opening=opening_to_wire(published.opening),
        outcome=service_pb.PublishOpeningResponse.Outcome.ValueType(published.outcome),
        warnings=[
            service_pb.Warning(reason=each.reason, field=each.field, description=each.description)
            for each in published.warnings
        ],
        sanitised=published.sanitised,
    )


def published_from_wire(published: service_pb.PublishOpeningResponse) -> Published:
    """The answer to publishing."""
    return Published(
        opening=opening_from_wire(published.opening),
        outcome=Outcome(published.outcome),
        warnings=tuple(ItemWarning(each.reason, each.field, each.description) for each in published.warnings),
        sanitised=published.sanitised,
    )


def _detail_from_wire(opening: pb.Opening) -> Detail:
    kind = opening.WhichOneof("detail")
    if kind == "training":
        return offers.training_from_wire(opening.training)
    if kind == "service":
        return offers.service_from_wire(opening.service)
    return offers.vacancy_from_wire(opening.vacancy)
