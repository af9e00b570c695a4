"""Which profile is a seeker's own: profiles knows it by the subject of their token."""

from polku.profiles.v1.profile_service_pb2 import FindOwnProfileRequest

from services.gateway.clients import Backends, Caller


async def own_profile(backends: Backends, caller: Caller) -> str:
    """The id of the caller's own profile, "" while there is none. Raises the PolkuError that profiles answered."""
    answer = await backends.call(backends.profiles.FindOwnProfile, FindOwnProfileRequest(), caller)
    return str(answer.profile).removeprefix("profiles/")
