"""Publishers and their keys: made by operators, two live at a time, ended at once."""

from datetime import timedelta

import pytest

from services.openings.application.ports import NewSecret
from services.openings.application.publishers import (
    CreatePublisher,
    CreatePublisherKey,
    RevokePublisherKey,
    create_publisher,
    create_publisher_key,
    revoke_publisher_key,
    verify_key,
)
from services.openings.domain.publisher import Publisher, PublisherKey
from shared.kernel.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    Unauthenticated,
)
from shared.kernel.principal import ANONYMOUS, Principal, Role
from tests.builders.openings import COUNSELLOR, MATCHING, NOW, OPERATOR, PUBLISHER, SEEKER, a_request
from tests.fakes.openings import FakeMarkup, FakeSecrets, FakeUnitOfWork, OpeningStore

YEAR = timedelta(days=365)


@pytest.fixture
def secrets() -> FakeSecrets:
    """Secrets that can be foretold."""
    return FakeSecrets()


async def create(store: OpeningStore, name: str = "Kielo", caller: Principal = OPERATOR) -> Publisher:
    """The publisher kielo-jobs."""
    cmd = CreatePublisher(caller, a_request(caller), "kielo-jobs", name)
    return await create_publisher(cmd, FakeUnitOfWork(store), FakeMarkup(), NOW)


async def make_key(
    store: OpeningStore, secrets: FakeSecrets, *, caller: Principal = OPERATOR, later: timedelta = timedelta()
) -> tuple[PublisherKey, NewSecret]:
    """A key of kielo-jobs, made some time after NOW."""
    cmd = CreatePublisherKey(caller, "kielo-jobs")
    return await create_publisher_key(cmd, FakeUnitOfWork(store), secrets, NOW + later)


async def revoke(
    store: OpeningStore, kid: str, publisher: str = "kielo-jobs", caller: Principal = OPERATOR
) -> PublisherKey:
    """The ended key."""
    return await revoke_publisher_key(RevokePublisherKey(caller, publisher, kid), FakeUnitOfWork(store), NOW)


async def verified(
    store: OpeningStore, secrets: FakeSecrets, fresh: NewSecret, later: timedelta = timedelta()
) -> Principal:
    """Who calls with a key, some time after NOW."""
    return await verify_key(fresh.kid, fresh.secret, FakeUnitOfWork(store), secrets, NOW + later)


async def test_a_key_says_for_which_publisher_it_acts(store: OpeningStore, secrets: FakeSecrets) -> None:
    """A call with the key is one of the publisher's; no secret is in what is written of it."""
    await create(store)
    key, fresh = await make_key(store, secrets)
    principal = await verified(store, secrets, fresh)
    assert (principal.role, principal.publisher, principal.subject) == (Role.PUBLISHER, "kielo-jobs", key.kid)
    assert store.keys[key.kid].secret_hash == fresh.secret_hash
    assert fresh.secret not in repr(fresh) + repr(key)
    assert key.expire_time == NOW + YEAR


async def test_wrong_unknown_and_ended_keys_are_all_refused_alike(store: OpeningStore, secrets: FakeSecrets) -> None:
    """A wrong secret, an unknown id, an expired and a revoked key give one answer."""
    await create(store)
    key, fresh = await make_key(store, secrets)
    refusals = []
    for wrong, later in (
        (NewSecret(fresh.kid, "other", ""), timedelta()),
        (NewSecret("nobody", fresh.secret, ""), timedelta()),
        (fresh, YEAR),
    ):
        with pytest.raises(Unauthenticated) as refused:
            await verified(store, secrets, wrong, later)
        refusals.append((refused.value.reason, refused.value.message))
    await verified(store, secrets, fresh, YEAR - timedelta(seconds=1))
    await revoke(store, key.kid)
    with pytest.raises(Unauthenticated) as refused:
        await verified(store, secrets, fresh)
    refusals.append((refused.value.reason, refused.value.message))
    assert set(refusals) == {refusals[0]}


async def test_two_keys_live_at_a_time(store: OpeningStore, secrets: FakeSecrets) -> None:
    """A third key needs one of the two to have been revoked or to have expired."""
    await create(store)
    first, _ = await make_key(store, secrets)
    await make_key(store, secrets, later=timedelta(days=1))
    with pytest.raises(FailedPrecondition, match="PUBLISHER_KEYS_FULL"):
        await make_key(store, secrets)
    await revoke(store, first.kid)
    await make_key(store, secrets)
    with pytest.raises(FailedPrecondition, match="PUBLISHER_KEYS_FULL"):
        await make_key(store, secrets)
    await make_key(store, secrets, later=YEAR + timedelta(days=2))


async def test_revoking_is_for_the_publishers_own_keys_and_may_be_repeated(
    store: OpeningStore, secrets: FakeSecrets
) -> None:
    """An unknown key and one of another publisher are not found; revoking twice keeps the first instant."""
    await create(store)
    key, _ = await make_key(store, secrets)
    with pytest.raises(NotFound, match="PUBLISHER_KEY_NOT_FOUND"):
        await revoke(store, "nobody")
    with pytest.raises(NotFound, match="PUBLISHER_KEY_NOT_FOUND"):
        await revoke(store, key.kid, "aalto-courses")
    assert await revoke(store, key.kid) == await revoke(store, key.kid)
    with pytest.raises(NotFound, match="PUBLISHER_NOT_FOUND"):
        await create_publisher_key(CreatePublisherKey(OPERATOR, "nobody"), FakeUnitOfWork(store), secrets, NOW)


async def test_a_publisher_is_created_once(store: OpeningStore) -> None:
    """The id is taken for ever; a repeated request gets the stored answer."""
    cmd = CreatePublisher(OPERATOR, a_request(OPERATOR), "kielo-jobs", "  <b>Kielo</b> Oy ")
    first = await create_publisher(cmd, FakeUnitOfWork(store), FakeMarkup(), NOW)
    assert first == Publisher("kielo-jobs", "Kielo Oy", NOW)
    assert await create_publisher(cmd, FakeUnitOfWork(store), FakeMarkup(), NOW + YEAR) == first
    with pytest.raises(AlreadyExists, match="PUBLISHER_EXISTS"):
        await create(store)
    for name, reason in (("\x00", "TEXT_CONTROL_CHARACTER"), (" ", "TEXT_EMPTY")):
        with pytest.raises(InvalidArgument, match=reason):
            await create(store, name)


@pytest.mark.parametrize("caller", [PUBLISHER, SEEKER, COUNSELLOR, MATCHING, ANONYMOUS])
async def test_publishers_are_for_operators_alone(store: OpeningStore, secrets: FakeSecrets, caller: Principal) -> None:
    """Nobody else creates publishers or keys or ends them, not even the publisher itself."""
    await create(store)
    key, _ = await make_key(store, secrets)
    for attempt in (
        create(store, caller=caller),
        make_key(store, secrets, caller=caller),
        revoke(store, key.kid, caller=caller),
    ):
        with pytest.raises(PermissionDenied):
            await attempt
