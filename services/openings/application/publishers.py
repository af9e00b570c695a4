"""Publishers and their keys, for operators; and telling who calls with a key."""

from dataclasses import dataclass
from datetime import datetime

from services.openings.application.ports import NewSecret, RequestKey, Secrets, UnitOfWork
from services.openings.domain import publisher as rules
from services.openings.domain.faults import refuse
from services.openings.domain.markup import Markup
from services.openings.domain.publisher import Publisher, PublisherKey
from services.openings.domain.texts import Settling
from shared.kernel.errors import FieldViolation, NotFound, PermissionDenied, Unauthenticated
from shared.kernel.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class CreatePublisher:
    """Create a publisher."""

    caller: Principal
    request: RequestKey
    publisher_id: str
    display_name: str


@dataclass(frozen=True, slots=True)
class CreatePublisherKey:
    """Make an API key for a publisher."""

    caller: Principal
    publisher_id: str


@dataclass(frozen=True, slots=True)
class RevokePublisherKey:
    """End a key at once."""

    caller: Principal
    publisher_id: str
    kid: str


async def create_publisher(cmd: CreatePublisher, uow: UnitOfWork, markup: Markup, now: datetime) -> Publisher:
    """Create a publisher. Raises PermissionDenied, InvalidArgument, AlreadyExists PUBLISHER_EXISTS."""
    _check_operator(cmd.caller)
    async with uow:
        stored = await uow.answers.find(cmd.request, Publisher)
        if stored is not None:
            await uow.commit()
            return stored
        publisher = _admitted(Publisher(cmd.publisher_id, cmd.display_name, now), markup)
        await uow.publishers.add(publisher)
        await uow.answers.keep(cmd.request, publisher)
        await uow.commit()
    return publisher


async def create_publisher_key(
    cmd: CreatePublisherKey, uow: UnitOfWork, secrets: Secrets, now: datetime
) -> tuple[PublisherKey, NewSecret]:
    """Make a key. Its secret is in this answer and nowhere else.

    Raises PermissionDenied, NotFound PUBLISHER_NOT_FOUND, FailedPrecondition PUBLISHER_KEYS_FULL.
    """
    _check_operator(cmd.caller)
    async with uow:
        if await uow.publishers.lock(cmd.publisher_id) is None:
            raise NotFound("PUBLISHER_NOT_FOUND", "There is no such publisher. Create it first.")
        fresh = secrets.new()
        keys = await uow.publishers.keys(cmd.publisher_id)
        key = rules.new_key(cmd.publisher_id, fresh.kid, fresh.secret_hash, keys, now)
        await uow.publishers.add_key(key)
        await uow.commit()
    return key, fresh


async def revoke_publisher_key(cmd: RevokePublisherKey, uow: UnitOfWork, now: datetime) -> PublisherKey:
    """End a key: the next call with it is refused. Raises PermissionDenied, NotFound PUBLISHER_KEY_NOT_FOUND."""
    _check_operator(cmd.caller)
    async with uow:
        await uow.publishers.lock(cmd.publisher_id)
        key = await uow.publishers.key(cmd.kid)
        if key is None or key.publisher != cmd.publisher_id:
            raise NotFound("PUBLISHER_KEY_NOT_FOUND", "This publisher has no such key.")
        ended = rules.revoked(key, now)
        await uow.publishers.end_key(ended)
        await uow.commit()
    return ended


async def verify_key(kid: str, secret: str, uow: UnitOfWork, secrets: Secrets, now: datetime) -> Principal:
    """Return the publisher that calls with this key.

    Raises Unauthenticated TOKEN_INVALID, without saying what is wrong: an unknown, a revoked and a wrong key take
    the same time.
    """
    async with uow:
        key = await uow.publishers.key(kid)
        await uow.commit()
    fits = secrets.fits(secret, key.secret_hash if key is not None else "")
    if key is None or not fits or not key.is_live(now):
        raise Unauthenticated("TOKEN_INVALID", "The API key is not valid, has expired or was revoked. Use another one.")
    return Principal(role=Role.PUBLISHER, subject=key.kid, publisher=key.publisher)


def _check_operator(caller: Principal) -> None:
    if caller.role is not Role.OPERATOR:
        raise PermissionDenied()


def _admitted(publisher: Publisher, markup: Markup) -> Publisher:
    settling = Settling(markup)
    settled = settling.settle(publisher, "publisher")
    if not settled.display_name:
        rule = "Give the name of the organisation."
        settling.violations.append(FieldViolation("publisher.display_name", "TEXT_EMPTY", rule))
    refuse(settling.violations, "publisher")
    return settled
