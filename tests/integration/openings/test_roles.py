"""Every method of openings, by every role, beside the lines of the policy table about them."""

from collections.abc import Callable, Mapping
from uuid import uuid4

import grpc
import pytest
from google.protobuf.message import Message
from polku.openings.v1 import opening_service_pb2 as pb
from polku.openings.v1 import publisher_service_pb2 as publisher_pb

from services.profiles.domain.policy import ABOUT_NOBODY
from shared.kernel.principal import Role
from tests.integration.openings.calls import SECONDS, Partner, a_vacancy, new_partner, publication, publish, refusal
from tests.integration.openings.process import Metadata, OpeningsProcess

OPENINGS, PUBLISHERS = "polku.openings.v1.OpeningService", "polku.openings.v1.PublisherService"
METHODS = sorted(
    f"{service.full_name}/{method.name}"
    for module in (pb, publisher_pb)
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
)
ROLES = sorted(set(Role) - {Role.ANONYMOUS})


def requests(partner: Partner, name: str) -> Mapping[str, Callable[[], Message]]:
    """A request of each method that the right caller would be granted."""
    own = {"publisher": partner.publisher, "external_id": "job-1"}
    account = publisher_pb.Publisher(id=f"p-{uuid4()}", display_name="Kielo Oy")
    return {
        f"{OPENINGS}/PublishOpening": lambda: publication(a_vacancy(partner)),
        f"{OPENINGS}/WithdrawOpening": lambda: pb.WithdrawOpeningRequest(**own, request_id=str(uuid4())),
        f"{OPENINGS}/DeleteOpening": lambda: pb.DeleteOpeningRequest(**own, request_id=str(uuid4())),
        f"{OPENINGS}/GetOpening": lambda: pb.GetOpeningRequest(name=name),
        f"{OPENINGS}/ListOpenings": pb.ListOpeningsRequest,
        f"{PUBLISHERS}/CreatePublisher": lambda: publisher_pb.CreatePublisherRequest(
            publisher=account, request_id=str(uuid4())
        ),
        f"{PUBLISHERS}/CreatePublisherKey": lambda: publisher_pb.CreatePublisherKeyRequest(publisher=partner.publisher),
        f"{PUBLISHERS}/RevokePublisherKey": lambda: publisher_pb.RevokePublisherKeyRequest(
            publisher=partner.publisher, kid=partner.kid
        ),
    }


def credentials(openings: OpeningsProcess, partner: Partner, role: Role) -> Metadata:
    """Metadata of a caller of a role; of the publisher the one whose opening it is."""
    match role:
        case Role.PUBLISHER:
            return partner.metadata
        case Role.SERVICE:
            return openings.matching()
    return openings.user(f"{role}-1", role)


@pytest.mark.parametrize("method", METHODS)
async def test_each_method_is_for_the_roles_of_its_line(
    channel: grpc.aio.Channel, openings: OpeningsProcess, method: str
) -> None:
    """The roles of the line are answered, all others refused, and nobody without credentials gets an answer."""
    for role in ROLES:
        partner = await new_partner(channel, openings)
        name = (await publish(channel, partner, a_vacancy(partner))).opening.name
        payload = requests(partner, name)[method]().SerializeToString()
        call = channel.unary_unary(f"/{method}")
        if role in ABOUT_NOBODY[method]:
            await call(payload, metadata=credentials(openings, partner, role), timeout=SECONDS)
        else:
            code, _ = await refusal(call(payload, metadata=credentials(openings, partner, role), timeout=SECONDS))
            assert code == "PERMISSION_DENIED", f"{method}, {role}: {code}"
        code, _ = await refusal(call(payload, timeout=SECONDS))
        assert code == "UNAUTHENTICATED", method
