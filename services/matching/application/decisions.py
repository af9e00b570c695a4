"""Lists that were served: as they were, and worked out again."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from services.matching.application.engine import Engine
from services.matching.application.people import Ask, admitted
from services.matching.application.ports import UnitOfWork
from services.matching.domain.matches import Decision
from services.matching.domain.replay import Inputs, Replayed, replay
from services.matching.domain.retention import Kept, over_before
from services.matching.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition, PermissionDenied
from shared.kernel.ids import is_id, made_at
from shared.kernel.principal import Principal, Role

ACCOUNTANTS = (Role.AUDITOR, Role.OPERATOR)
"""Who may know that a list was erased: it says that its person is gone, which nobody else has to learn from an id."""


@dataclass(frozen=True, slots=True)
class GetDecision:
    """Ask for a list that was served."""

    caller: Principal
    decision_id: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class ReplayDecision:
    """Ask for a list that was served to be worked out again."""

    caller: Principal
    decision_id: str
    purpose: Purpose


async def get_decision(cmd: GetDecision, uow: UnitOfWork, engine: Engine, now: datetime) -> Decision:
    """A list as it was served.

    Raises FailedPrecondition DECISION_EXPIRED for one that is too old to be kept, whosever it was (its id tells its
    age), DECISION_ERASED for one that went with its person, where the caller may know; else the same PermissionDenied
    for an absent and for a forbidden one; Unavailable.
    """
    async with uow:
        decision = await _kept(uow, cmd.decision_id, cmd.caller, now)
    await _admit(engine, Ask(cmd.caller, decision.profile_id, cmd.purpose, "GetDecision"))
    return decision


async def replay_decision(
    cmd: ReplayDecision, uow: UnitOfWork, engine: Engine, now: datetime
) -> tuple[Decision, Replayed]:
    """A list as it was served, and as it comes out now from what it was made with. Raises as `get_decision` does."""
    async with uow:
        decision = await _kept(uow, cmd.decision_id, cmd.caller, now)
        inputs = await uow.decisions.inputs(decision, range(len(decision.shortlist)))
    await _admit(engine, Ask(cmd.caller, decision.profile_id, cmd.purpose, "ReplayDecision"))
    return decision, await asyncio.to_thread(_replay, decision, inputs, engine)


def _replay(decision: Decision, inputs: Inputs | None, engine: Engine) -> Replayed:
    return replay(decision, inputs, engine.vocabulary)


async def _kept(uow: UnitOfWork, decision_id: str, caller: Principal, now: datetime) -> Decision:
    oldest = over_before(Kept.DECISIONS, now)
    decision = await uow.decisions.get(decision_id)
    made = decision.create_time if decision is not None else made_at(decision_id) if is_id(decision_id) else now
    if made < oldest:
        raise FailedPrecondition("DECISION_EXPIRED", "Lists of that age are kept no longer. Ask for a new list.")
    if decision is not None:
        return decision
    if caller.role in ACCOUNTANTS and await uow.decisions.erased(decision_id):
        raise FailedPrecondition("DECISION_ERASED", "The list was erased together with the person's data.")
    raise PermissionDenied()


async def _admit(engine: Engine, ask: Ask) -> None:
    """Let the caller in, or refuse with the words that an absent decision gets."""
    try:
        await admitted(engine, ask, asyncio.sleep(0))
    except PermissionDenied:
        raise PermissionDenied() from None
