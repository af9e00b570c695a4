"""What people say to openings, what they contest, and what a human answers."""

from dataclasses import dataclass
from datetime import datetime

from services.matching.application.engine import Engine
from services.matching.application.people import SERVICE, bound
from services.matching.application.ports import UnitOfWork
from services.matching.application.records import RequestKey
from services.matching.domain.feedback import (
    Contest,
    ContestAnswer,
    Feedback,
    FeedbackKind,
    FeedbackReason,
    Withdrawn,
    check_reason,
    open_contest,
    resolve_contest,
)
from services.matching.domain.values import Purpose
from shared.kernel.errors import FieldViolation, InvalidArgument, NotFound, PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.paging import Cursor, page_size
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class GiveFeedback:
    """Say something to an opening. `decision_id` "" where it is not said beside a list."""

    caller: Principal
    request: RequestKey
    profile_id: str
    purpose: Purpose
    opening_id: str
    kind: FeedbackKind
    reason: FeedbackReason = FeedbackReason.NONE
    decision_id: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawFeedback:
    """Take back what was said about an opening."""

    caller: Principal
    request: RequestKey
    profile_id: str
    purpose: Purpose
    opening_id: str


@dataclass(frozen=True, slots=True)
class ListFeedback:
    """Ask what a person has said."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    page_size: int = 0
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class ContestMatch:
    """Say that something about a match is wrong. See `Contest`."""

    caller: Principal
    request: RequestKey
    profile_id: str
    purpose: Purpose
    opening_id: str
    decision_id: str = ""
    about: str = ""
    value: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class ListContests:
    """Ask what a person has contested."""

    caller: Principal
    profile_id: str
    purpose: Purpose
    open_only: bool = False
    page_size: int = 0
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class ResolveContest:
    """Answer a contest."""

    caller: Principal
    request: RequestKey
    contest_id: str
    purpose: Purpose
    answer: ContestAnswer
    words: str = ""


async def give_feedback(cmd: GiveFeedback, uow: UnitOfWork, engine: Engine, now: datetime) -> Feedback:
    """Keep the word; it holds for the person's next list.

    Raises InvalidArgument FEEDBACK_REASON, REQUEST_ID_REUSED or DECISION_UNKNOWN, NotFound OPENING_NOT_FOUND where the
    opening is neither published nor in the list named, PermissionDenied, Unavailable.
    """
    check_reason(cmd.kind, cmd.reason)
    await _admit(engine, cmd.caller, cmd.profile_id, cmd.purpose, "GiveFeedback")
    async with uow:
        stored = await uow.answers.find(cmd.request, Feedback)
        if stored is not None:
            return stored
        await _check_opening(uow, engine, cmd.profile_id, cmd.opening_id, cmd.decision_id)
        said = Feedback(new_id(), cmd.profile_id, cmd.opening_id, cmd.kind, cmd.reason, cmd.decision_id, now)
        await uow.profiles.hold(cmd.profile_id)
        await uow.feedback.say(said)
        await uow.answers.keep(cmd.request, said)
        await uow.commit()
    return said


async def withdraw_feedback(cmd: WithdrawFeedback, uow: UnitOfWork, engine: Engine, now: datetime) -> Withdrawn:
    """Let no word on the opening hold from now on. Raises InvalidArgument, PermissionDenied, Unavailable."""
    await _admit(engine, cmd.caller, cmd.profile_id, cmd.purpose, "WithdrawFeedback")
    async with uow:
        stored = await uow.answers.find(cmd.request, Withdrawn)
        if stored is not None:
            return stored
        await uow.profiles.hold(cmd.profile_id)
        said = await uow.feedback.withdraw(cmd.profile_id, cmd.opening_id, new_id(), now)
        withdrawn = Withdrawn(cmd.profile_id, said)
        await uow.answers.keep(cmd.request, withdrawn)
        await uow.commit()
    return withdrawn


async def list_feedback(cmd: ListFeedback, uow: UnitOfWork, engine: Engine) -> tuple[tuple[Feedback, ...], str]:
    """What holds now, newest first, and the token of the next page. Raises as `withdraw_feedback` does."""
    size = page_size(cmd.page_size)
    bound_to = bound("ListFeedback", cmd.caller, cmd.profile_id, cmd.purpose.name)
    before = str(engine.tokens.decode(cmd.page_token, bound_to).get("id", ""))
    await _admit(engine, cmd.caller, cmd.profile_id, cmd.purpose, "ListFeedback")
    async with uow:
        words = await uow.feedback.current(cmd.profile_id)
    rest = [word for word in words if not before or word.id < before]
    following: Cursor = {"id": rest[size - 1].id} if len(rest) > size else {}
    return tuple(rest[:size]), engine.tokens.encode(following, bound_to) if following else ""


async def contest_match(cmd: ContestMatch, uow: UnitOfWork, engine: Engine, now: datetime) -> Contest:
    """Keep the contest and tell that it is there.

    Raises InvalidArgument CONTEST_ABOUT_UNKNOWN, REQUEST_ID_REUSED or DECISION_UNKNOWN, NotFound OPENING_NOT_FOUND,
    PermissionDenied, Unavailable.
    """
    await _admit(engine, cmd.caller, cmd.profile_id, cmd.purpose, "ContestMatch")
    made = Contest(
        new_id(), cmd.profile_id, cmd.opening_id, cmd.decision_id, cmd.about, cmd.value, cmd.words, create_time=now
    )
    contest, event = open_contest(made)
    async with uow:
        stored = await uow.answers.find(cmd.request, Contest)
        if stored is not None:
            return stored
        await _check_opening(uow, engine, cmd.profile_id, cmd.opening_id, cmd.decision_id)
        await uow.profiles.hold(cmd.profile_id)
        await uow.contests.add(contest)
        await uow.events.append(event)
        await uow.answers.keep(cmd.request, contest)
        await uow.commit()
    return contest


async def list_contests(cmd: ListContests, uow: UnitOfWork, engine: Engine) -> tuple[tuple[Contest, ...], str]:
    """The person's contests, newest first, and the token of the next page. Raises as `withdraw_feedback` does."""
    size = page_size(cmd.page_size)
    bound_to = bound("ListContests", cmd.caller, cmd.profile_id, cmd.purpose.name, str(cmd.open_only))
    before = str(engine.tokens.decode(cmd.page_token, bound_to).get("id", ""))
    await _admit(engine, cmd.caller, cmd.profile_id, cmd.purpose, "ListContests")
    async with uow:
        found = await uow.contests.of(cmd.profile_id, open_only=cmd.open_only, before=before, limit=size + 1)
    following: Cursor = {"id": found[size - 1].id} if len(found) > size else {}
    return found[:size], engine.tokens.encode(following, bound_to) if following else ""


async def resolve(cmd: ResolveContest, uow: UnitOfWork, engine: Engine, now: datetime) -> Contest:
    """Answer a contest; profiles lets counsellors do this, and nobody their own.

    Raises FailedPrecondition CONTEST_RESOLVED, InvalidArgument, the same PermissionDenied for an absent contest and a
    forbidden one, Unavailable.
    """
    async with uow:
        found = await uow.contests.get(cmd.contest_id)
    if found is None:
        raise PermissionDenied()
    try:
        await _admit(engine, cmd.caller, found.profile_id, cmd.purpose, "ResolveContest")
    except PermissionDenied:
        raise PermissionDenied() from None
    async with uow:
        stored = await uow.answers.find(cmd.request, Contest)
        if stored is not None:
            return stored
        found = await uow.contests.get(cmd.contest_id)
        if found is None:
            raise PermissionDenied()
        resolved, event = resolve_contest(found, cmd.answer, cmd.words, now)
        await uow.contests.answer(resolved)
        await uow.events.append(event)
        await uow.answers.keep(cmd.request, resolved)
        await uow.commit()
    return resolved


async def _admit(engine: Engine, caller: Principal, profile_id: str, purpose: Purpose, method: str) -> None:
    await engine.gate.authorize(caller, profile_id, purpose, f"{SERVICE}/{method}")


async def _check_opening(uow: UnitOfWork, engine: Engine, profile_id: str, opening_id: str, decision_id: str) -> None:
    """The opening must be published or in the list named, and that list this person's."""
    listed = False
    if decision_id:
        decision = await uow.decisions.get(decision_id)
        if decision is None or decision.profile_id != profile_id:
            rule = "Name a list of this person that is still kept, or none."
            violation = FieldViolation("decision", "DECISION_UNKNOWN", rule)
            raise InvalidArgument("DECISION_UNKNOWN", rule, violations=(violation,))
        listed = any(place.opening_id == opening_id for place in decision.shortlist)
    if not listed and engine.live.view().row(opening_id) is None:
        raise NotFound("OPENING_NOT_FOUND", "No such opening is published. It may have been withdrawn.")
