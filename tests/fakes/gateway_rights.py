"""The rights of the gateway's fake profiles service: who is erased is no longer stored."""

from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from polku.profiles.v1 import rights_service_pb2 as pb
from polku.profiles.v1.rights_service_pb2_grpc import RightsServiceServicer

from shared.kernel.errors import FailedPrecondition
from tests.fakes.gateway_calls import Fake, refuse

LAW = "Act <906/2019>, section 17"


class FakeRights(RightsServiceServicer, Fake):
    """`held` is the law that keeps everybody, empty for none."""

    held = ""

    async def ErasePerson(self, request: Any, context: Any) -> Any:
        """Say what goes and what stays; without a dry run, forget the profile."""
        await self.received("ErasePerson", request, context)
        if self.held:
            await refuse(context, FailedPrecondition("ERASURE_HELD", "It is kept.", metadata={"law": self.held}))
        stored: dict[str, Any] = self.stored  # type: ignore[attr-defined]  # of the fake that this is part of
        answer = pb.ErasePersonResponse(
            goes=[pb.KeptData(data="profile", entries=1), pb.KeptData(data="identity"), pb.KeptData(data="matches")],
            stays=[pb.KeptData(data="access_log", entries=3, reason="log_data", law=LAW, days=1826)],
        )
        if not request.dry_run:
            stored.pop(request.profile, None)
            answer.erase_time.CopyFrom(Timestamp(seconds=1_795_000_000))
        return answer
