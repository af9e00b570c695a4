"""Mapping of publishers and of a fresh key."""

from polku.openings.v1 import publisher_service_pb2 as pb

from services.openings.adapters.wire import values
from services.openings.application.ports import NewSecret
from services.openings.domain.publisher import Publisher, PublisherKey


def publisher_to_wire(publisher: Publisher) -> pb.Publisher:
    """A publisher."""
    return pb.Publisher(
        id=publisher.id,
        display_name=publisher.display_name,
        create_time=values.timestamp_to_wire(publisher.create_time),
    )


def publisher_from_wire(publisher: pb.Publisher) -> Publisher:
    """A publisher that `publisher_to_wire` made."""
    return Publisher(publisher.id, publisher.display_name, values.timestamp_from_wire(publisher.create_time))


def new_key_to_wire(key: PublisherKey, fresh: NewSecret) -> pb.CreatePublisherKeyResponse:
    """The only answer that ever holds a secret."""
    return pb.CreatePublisherKeyResponse(
        kid=key.kid, key=f"{fresh.kid}.{fresh.secret}", expire_time=values.timestamp_to_wire(key.expire_time)
    )
