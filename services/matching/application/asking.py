"""Asking somebody who was listed for a vacancy, without a name, whether they may be shown there.

Who asks knows a handle, and learns nothing more: every handle of their own lists gets the same answer. Whether the
person is asked, and what they say, is the profiles service's matter; who says yes is named in the next list.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from services.matching.application.candidates import Showing, reader_of, vacancy_of
from services.matching.application.engine import Engine
from services.matching.application.willing import CandidateAsk, CandidateUnitOfWork
from services.matching.domain.anonymity import Handles
from services.matching.domain.query import end_of_day
from services.matching.domain.values import Purpose
from shared.kernel.errors import FieldViolation, InvalidArgument, ResourceExhausted
from shared.kernel.principal import Principal

ANSWER_WITHIN = timedelta(days=7)
"""A request can be answered for so long, but not after the vacancy has closed: a weekend lies in it."""
HANDLE_GOOD_FOR = timedelta(days=7)
"""After the last list that has it; a new list gives the same handle again."""
MOST_ASKED_A_DAY = 50
"""Requests of one counsellor or publisher: as many as somebody can read the answers of."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AskCandidate:
    """Ask the candidate with a handle; `request_id` is a UUID of the caller's."""

    caller: Principal
    opening_id: str
    handle: str
    purpose: Purpose
    request_id: str


async def ask_candidate(
    cmd: AskCandidate, uow: CandidateUnitOfWork, engine: Engine, showing: Showing, now: datetime
) -> datetime:
    """Until when an answer counts. The request is counted before it is sent; the same again is sent, not counted.

    Raises as `list_candidates`, and InvalidArgument HANDLE_UNKNOWN for a handle that is in no list of the last days of
    this caller and vacancy, or REQUEST_ID_REUSED; ResourceExhausted REQUESTS_EXHAUSTED.
    """
    engine.check_ready()
    vacancy = vacancy_of(cmd.caller, cmd.opening_id, cmd.purpose, engine.live.view())
    reader = reader_of(cmd.caller)
    closes = vacancy.candidate.snapshot.closing_date
    until = min(now + ANSWER_WITHIN, end_of_day(closes).astimezone(UTC)) if closes else now + ANSWER_WITHIN
    ask = CandidateAsk(reader, cmd.request_id, cmd.opening_id, cmd.handle, now, until)
    async with uow:
        profile_id = await _behind(cmd, reader, uow, showing.handles, now)
        kept = await uow.candidate_asks.take(ask, now - _DAY, MOST_ASKED_A_DAY)
        if kept is None:
            message = f"Nobody asks more than {MOST_ASKED_A_DAY} people a day. Ask again tomorrow."
            raise ResourceExhausted("REQUESTS_EXHAUSTED", message)
        if (kept.opening_id, kept.handle) != (cmd.opening_id, cmd.handle):
            raise _refused("request_id", "REQUEST_ID_REUSED", "Use a new request_id for another request.")
        await uow.commit()
    await showing.consents.ask(cmd.caller, kept, profile_id, cmd.purpose)
    return kept.answer_by


async def _behind(cmd: AskCandidate, reader: str, uow: CandidateUnitOfWork, handles: Handles, now: datetime) -> str:
    """Id of the person behind the handle. One refusal, whatever is wrong with it."""
    for profile_id in await uow.candidate_lists.people_of(reader, cmd.opening_id, now - HANDLE_GOOD_FOR):
        if compare_digest(handles.of(reader, cmd.opening_id, profile_id), cmd.handle):
            return profile_id
    rule = "List the vacancy's candidates anew, and use a handle of that list."
    raise _refused("handle", "HANDLE_UNKNOWN", rule)


def _refused(field: str, reason: str, rule: str) -> InvalidArgument:
    what = {"handle": "None of your lists of this vacancy has this handle", "request_id": "This request_id was used"}
    violation = FieldViolation(field, reason, rule)
    return InvalidArgument(reason, f"{what[field]}. {rule}", violations=(violation,))
