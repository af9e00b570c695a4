"""Publishing, withdrawing and deleting openings under the publisher's own key."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.openings.application.ports import Outcome, Published, RequestKey, UnitOfWork
from services.openings.domain import opening as transitions
from services.openings.domain.codes import Codes
from services.openings.domain.content import Draft
from services.openings.domain.markup import Markup
from services.openings.domain.opening import Change, Move, Opening, State
from services.openings.domain.rules import admit
from shared.kernel.errors import NotFound, PermissionDenied
from shared.kernel.etags import check_etag
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class PublishOpening:
    """Publish an item; `etag` "" means whatever the version is. `validate_only` answers as if and stores nothing."""

    caller: Principal
    request: RequestKey
    draft: Draft
    etag: str = ""
    validate_only: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawOpening:
    """Take an opening back; publishing it again reopens it."""

    caller: Principal
    request: RequestKey
    publisher: str
    external_id: str
    etag: str = ""


@dataclass(frozen=True, slots=True)
class DeleteOpening:
    """Delete an opening for good; its key cannot be used again."""

    caller: Principal
    request: RequestKey
    publisher: str
    external_id: str
    etag: str = ""


async def publish_opening(
    cmd: PublishOpening, uow: UnitOfWork, codes: Codes, markup: Markup, now: datetime
) -> Published:
    """Create the opening or replace its content; the same content again makes no version and no event.

    Raises PermissionDenied for another publisher's key, InvalidArgument with all violations, Aborted ETAG_STALE,
    FailedPrecondition OPENING_DELETED.
    """
    draft = cmd.draft if cmd.draft.publisher else replace(cmd.draft, publisher=cmd.caller.publisher)
    check_owner(cmd.caller, draft.publisher)
    async with uow:
        stored = None if cmd.validate_only else await uow.answers.find(cmd.request, Published)
        if stored is not None:
            answer = replace(stored, opening=await _with_contacts(stored.opening, uow))
            await uow.commit()
            return answer
        admitted = admit(draft, codes, markup, now)
        current = await uow.openings.lock(draft.publisher, draft.external_id)
        check_etag(cmd.etag, current.version if current else 0, "opening")
        opening, change = transitions.publish(current, admitted.draft, new_id(), now)
        answer = Published(opening, _outcome(change), admitted.warnings, admitted.sanitised)
        if cmd.validate_only:
            return answer
        if change is not None:
            await uow.openings.keep(change, cmd.caller.subject)
        await uow.answers.keep(cmd.request, answer)
        await uow.commit()
    return answer


async def withdraw_opening(cmd: WithdrawOpening, uow: UnitOfWork, now: datetime) -> Opening:
    """Take an opening back; one that is withdrawn already stays as it is.

    Raises PermissionDenied, NotFound OPENING_NOT_FOUND, Aborted ETAG_STALE, FailedPrecondition OPENING_DELETED.
    """
    return await _end(cmd, uow, now)


async def delete_opening(cmd: DeleteOpening, uow: UnitOfWork, now: datetime) -> Opening:
    """Delete an opening for good; one that is deleted already stays as it is.

    Raises PermissionDenied, NotFound OPENING_NOT_FOUND, Aborted ETAG_STALE.
    """
    return await _end(cmd, uow, now)


def check_owner(caller: Principal, publisher: str) -> None:
    """Raise PermissionDenied unless the caller acts for this publisher."""
    if caller.role is not Role.PUBLISHER or not publisher or caller.publisher != publisher:
        raise PermissionDenied()


async def _end(cmd: WithdrawOpening | DeleteOpening, uow: UnitOfWork, now: datetime) -> Opening:
    check_owner(cmd.caller, cmd.publisher)
    async with uow:
        stored = await uow.answers.find(cmd.request, Opening)
        if stored is not None:
            answer = await _with_contacts(stored, uow)
            await uow.commit()
            return answer
        current = await uow.openings.lock(cmd.publisher, cmd.external_id)
        if current is None:
            raise NotFound("OPENING_NOT_FOUND", "You have published nothing under this external id.")
        check_etag(cmd.etag, current.version, "opening")
        end = transitions.withdraw if isinstance(cmd, WithdrawOpening) else transitions.delete
        answer, change = end(current, now)
        if change is not None:
            await uow.openings.keep(change, cmd.caller.subject)
        await uow.answers.keep(cmd.request, answer)
        await uow.commit()
    return answer


def _outcome(change: Change | None) -> Outcome:
    if change is None or change.move is not Move.PUBLISH:
        return Outcome.UNCHANGED
    if change.opening.state is State.HELD_FOR_REVIEW:
        return Outcome.HELD_FOR_REVIEW
    return Outcome.CREATED if change.before is None else Outcome.UPDATED


async def _with_contacts(stored: Opening, uow: UnitOfWork) -> Opening:
    """Contact persons are in no stored answer: erasing them from the opening is enough to forget them."""
    current = await uow.openings.get(stored.id)
    return replace(stored, contacts=current.contacts if current is not None else ())
