"""The next steps of a person: which small changes would open openings, and the ways to them."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from services.matching.application.comparing import compare
from services.matching.application.engine import Engine
from services.matching.application.people import Ask, admitted, bound, load_person
from services.matching.application.ports import UnitOfWork
from services.matching.domain.matches import NO_FILTER, NextStep
from services.matching.domain.next_steps import StepKey, next_steps, shown
from services.matching.domain.values import Purpose
from shared.kernel.paging import Cursor, page_size
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class ListNextSteps:
    """Ask for a page of a person's next steps. `language` is BCP 47."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    language: str = "en"
    page_size: int = 0
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class NextStepPage:
    """A page of steps, in order."""

    steps: tuple[NextStep, ...]
    next_page_token: str


async def list_next_steps(cmd: ListNextSteps, uow: UnitOfWork, engine: Engine, now: datetime) -> NextStepPage:
    """The changes that would open openings. Raises as `list_matches` does."""
    size = page_size(cmd.page_size)
    bound_to = bound("ListNextSteps", cmd.caller, cmd.profile_id, cmd.purpose.name, cmd.language)
    cursor = engine.tokens.decode(cmd.page_token, bound_to)
    engine.check_ready()
    ask = Ask(cmd.caller, cmd.profile_id, cmd.purpose, "ListNextSteps")
    steps, last = await admitted(engine, ask, _page(cmd, uow, engine, now, _after(cursor), size))
    return NextStepPage(steps, engine.tokens.encode(_cursor(last), bound_to) if last is not None else "")


async def _page(
    cmd: ListNextSteps, uow: UnitOfWork, engine: Engine, now: datetime, after: StepKey | None, size: int
) -> tuple[tuple[NextStep, ...], StepKey | None]:
    """The steps behind a place, and the place of the last of them where more follow."""
    person = await load_person(engine, uow, cmd.profile_id)
    if person.paused:
        return (), None
    query = person.query(engine, now, NO_FILTER, cmd.language)

    def work() -> tuple[tuple[NextStep, ...], StepKey | None]:
        compared = compare(query, engine, person.hidden)
        found = next_steps(compared.person, compared.found, engine.efforts)
        rest = [step for step in found if after is None or step.key > after]
        beside = (compared.person, compared.found, compared.live.candidate, cmd.language)
        return tuple(shown(step, *beside) for step in rest[:size]), rest[size - 1].key if len(rest) > size else None

    return await asyncio.to_thread(work)


def _cursor(key: StepKey) -> Cursor:
    beyond, effort, start, name = key
    return {"beyond": -beyond, "effort": effort, "start": start, "name": name}


def _after(cursor: Cursor) -> StepKey | None:
    if not cursor:
        return None
    return -int(cursor["beyond"]), float(cursor["effort"]), int(cursor["start"]), str(cursor["name"])
