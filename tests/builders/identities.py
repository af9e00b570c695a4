"""Identities of invented people. Their person ids end in a number from 900 up, which is given to nobody."""

from services.profiles.application.identities import UpdateIdentity, update_identity
from services.profiles.domain.identity import Identity, IdentityRecord, PostalAddress
from services.profiles.domain.profile import Profile
from shared.kernel.principal import Principal
from tests.builders.profiles import COUNSELLOR, NOW, a_request
from tests.fakes.profiles import FakeUnitOfWork, ProfileStore

AINO = Identity(
    given_names="Aino Maria",
    family_name="Mäkelä-Ö'Brien",
    person_id="010190-900P",
    emails=("aino@example.fi",),
    phones=("+358 40 000 0000",),
    address=PostalAddress("Keksittykuja 1 A 2", "02600", "Espoo", "FI"),
)
WHOLE = ("given_names", "family_name", "person_id", "emails", "phones", "address")


async def identified(
    store: ProfileStore, profile: Profile, identity: Identity = AINO, caller: Principal = COUNSELLOR, *more: str
) -> IdentityRecord:
    """The identity, stored by the caller."""
    cmd = UpdateIdentity(caller, a_request(caller), profile.id, identity, (*WHOLE, *more))
    return await update_identity(cmd, FakeUnitOfWork(store), NOW)
