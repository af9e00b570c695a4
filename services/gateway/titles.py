"""Titles of openings by name, for pages about what was said to them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from polku.openings.v1.opening_pb2 import Opening
from polku.openings.v1.opening_service_pb2 import GetOpeningRequest

from services.gateway.clients import Backends
from services.gateway.pages import Visit
from shared.kernel.errors import NotFound, PermissionDenied, PolkuError


@dataclass(frozen=True, slots=True)
class Title:
    """A title and its language; both empty where the opening is not published any more."""

    text: str = ""
    language: str = ""


async def title_of(backends: Backends, visit: Visit, opening: str) -> Title:
    """Return the title of one opening ("openings/<id>"), in the reader's language where it has one."""
    return title_in(await _opening_of(backends, visit, opening), visit.language)


def title_in(opening: Opening, language: str) -> Title:
    """Return an opening's title in a language, where it has one in it, else in its first."""
    titles = {title.language: title.text for title in opening.titles}
    found = language if language in titles else next(iter(titles), "")
    return Title(titles.get(found, ""), found)


async def titles_of(backends: Backends, visit: Visit, openings: Iterable[str]) -> dict[str, Title]:
    """Return the titles of some openings; one that cannot be read just now has none."""
    found = await openings_of(backends, visit, openings)
    return {name: title_in(opening, visit.language) for name, opening in found.items()}


async def openings_of(backends: Backends, visit: Visit, openings: Iterable[str]) -> dict[str, Opening]:
    """Return some openings by name; one that is gone, or cannot be read just now, is empty."""
    names = list(dict.fromkeys(openings))
    found = await asyncio.gather(*(_opening_of(backends, visit, name) for name in names), return_exceptions=True)
    for answer in found:
        if isinstance(answer, BaseException) and not isinstance(answer, PolkuError):
            raise answer
    return {
        name: answer if isinstance(answer, Opening) else Opening() for name, answer in zip(names, found, strict=True)
    }


async def _opening_of(backends: Backends, visit: Visit, name: str) -> Opening:
    try:
        answer = await backends.call(backends.openings.GetOpening, GetOpeningRequest(name=name), visit.caller)
    except (NotFound, PermissionDenied):
        return Opening()
    found: Opening = answer.opening
    return found
