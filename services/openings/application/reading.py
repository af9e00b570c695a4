"""Reading openings. What is not public is seen by its publisher and by operators alone, and so are contacts."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.openings.application.ports import Page, Position, Selection, UnitOfWork
from services.openings.domain.codes import CodeList, Codes, unknown_code
from services.openings.domain.content import Kind
from services.openings.domain.faults import refuse
from services.openings.domain.opening import Opening, State
from shared.kernel.errors import PermissionDenied
from shared.kernel.principal import Principal, Role


@dataclass(frozen=True, slots=True)
class GetOpening:
    """Read an opening."""

    caller: Principal
    opening_id: str


@dataclass(frozen=True, slots=True)
class ListOpenings:
    """List openings behind a position; `limit` is the size of the page."""

    caller: Principal
    limit: int
    kind: Kind | None = None
    municipality: str = ""
    publisher: str = ""
    after: Position | None = None


async def get_opening(query: GetOpening, uow: UnitOfWork, now: datetime) -> Opening:
    """Read an opening. Raises the same PermissionDenied where it is absent and where it is not the caller's to see."""
    async with uow:
        opening = await uow.openings.get(query.opening_id)
        await uow.commit()
    if opening is None or not _may_see(query.caller, opening):
        raise PermissionDenied()
    return _as_seen_by(query.caller, opening)


async def list_openings(query: ListOpenings, uow: UnitOfWork, codes: Codes, now: datetime) -> Page[Opening]:
    """List what the caller may see, newest change first.

    Raises PermissionDenied without a caller, InvalidArgument MUNICIPALITY_UNKNOWN.
    """
    if query.caller.role is Role.ANONYMOUS:
        raise PermissionDenied()
    if query.municipality and not codes.knows(CodeList.MUNICIPALITY, query.municipality):
        refuse([unknown_code(CodeList.MUNICIPALITY, query.municipality, "municipality", codes)], "filter")
    own = query.caller.role is Role.OPERATOR or (bool(query.publisher) and _acts_for(query.caller, query.publisher))
    selection = Selection(query.kind, query.municipality, query.publisher, published_only=not own)
    async with uow:
        page = await uow.openings.select(selection, query.after, query.limit)
        await uow.commit()
    return replace(page, entries=tuple(_as_seen_by(query.caller, opening) for opening in page.entries))


def _acts_for(caller: Principal, publisher: str) -> bool:
    return caller.role is Role.PUBLISHER and caller.publisher == publisher


def _is_insider(caller: Principal, opening: Opening) -> bool:
    return caller.role is Role.OPERATOR or _acts_for(caller, opening.publisher)


def _may_see(caller: Principal, opening: Opening) -> bool:
    if caller.role is Role.ANONYMOUS:
        return False
    return opening.state is State.PUBLISHED or _is_insider(caller, opening)


def _as_seen_by(caller: Principal, opening: Opening) -> Opening:
    return opening if _is_insider(caller, opening) else replace(opening, contacts=())
