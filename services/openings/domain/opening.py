"""An opening and its life: the transition table, the transitions, and the events that follow from them.

    publish ──► SCHEDULED ──fall due──► PUBLISHED ──expire──► EXPIRED
                                          │  ▲                   │
                                 withdraw ▼  │ publish           ▼ publish
                                       WITHDRAWN           (as its dates say)
    hold: SCHEDULED, PUBLISHED ──► HELD_FOR_REVIEW ──release──► as its dates say;   delete: any ──► DELETED, final

A transition returns the opening as it then is, and the change with its one event at most, or None where nothing
changed. Each change raises the version by one.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TypeAlias

from services.openings.domain.content import Contact, Content, Draft
from services.openings.domain.times import end_of_day
from shared.kernel.errors import FailedPrecondition


class State(IntEnum):
    """Where an opening is in its life; see `polku.openings.v1.Opening.State`."""

    SCHEDULED = 1
    PUBLISHED = 2
    HELD_FOR_REVIEW = 3
    WITHDRAWN = 4
    EXPIRED = 5
    DELETED = 6


class Move(StrEnum):
    """What can be done with an opening, by its publisher, by the clock or by an operator."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    DELETE = "delete"
    FALL_DUE = "fall_due"
    EXPIRE = "expire"
    HOLD = "hold"
    RELEASE = "release"


_BY_DATES = frozenset({State.SCHEDULED, State.PUBLISHED, State.EXPIRED})

TRANSITIONS: dict[tuple[State | None, Move], frozenset[State]] = {
    (None, Move.PUBLISH): _BY_DATES,
    (State.SCHEDULED, Move.PUBLISH): _BY_DATES,
    (State.PUBLISHED, Move.PUBLISH): _BY_DATES,
    (State.WITHDRAWN, Move.PUBLISH): _BY_DATES,
    (State.EXPIRED, Move.PUBLISH): _BY_DATES,
    # Only a person's review ends the hold.
    (State.HELD_FOR_REVIEW, Move.PUBLISH): frozenset({State.HELD_FOR_REVIEW}),
    (State.SCHEDULED, Move.FALL_DUE): frozenset({State.PUBLISHED}),
    (State.SCHEDULED, Move.EXPIRE): frozenset({State.EXPIRED}),
    (State.PUBLISHED, Move.EXPIRE): frozenset({State.EXPIRED}),
    (State.SCHEDULED, Move.WITHDRAW): frozenset({State.WITHDRAWN}),
    (State.PUBLISHED, Move.WITHDRAW): frozenset({State.WITHDRAWN}),
    (State.HELD_FOR_REVIEW, Move.WITHDRAW): frozenset({State.WITHDRAWN}),
    (State.EXPIRED, Move.WITHDRAW): frozenset({State.WITHDRAWN}),
    (State.SCHEDULED, Move.HOLD): frozenset({State.HELD_FOR_REVIEW}),
    (State.PUBLISHED, Move.HOLD): frozenset({State.HELD_FOR_REVIEW}),
    (State.HELD_FOR_REVIEW, Move.RELEASE): _BY_DATES,
    **{(state, Move.DELETE): frozenset({State.DELETED}) for state in State if state is not State.DELETED},
}
"""The states into which a move may lead. What is not in the table is refused."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening. `publish_time` is when it was or will be published; `contacts` are personal data."""

    id: str
    publisher: str
    external_id: str
    version: int
    state: State
    content: Content
    contacts: tuple[Contact, ...]
    create_time: datetime
    update_time: datetime
    publish_time: datetime

    @property
    def due_time(self) -> datetime | None:
        """The next instant at which the clock changes its state, None where it does not."""
        if self.state is State.SCHEDULED:
            return self.publish_time
        return close_time(self.content) if self.state is State.PUBLISHED else None


@dataclass(frozen=True, slots=True)
class OpeningPublished:
    """An opening is open to the public with this content: new, changed, or again. Its contacts are left out."""

    opening: Opening

    @property
    def opening_id(self) -> str:
        """Id of the opening."""
        return self.opening.id

    @property
    def version(self) -> int:
        """The version that this event is about."""
        return self.opening.version


@dataclass(frozen=True, slots=True)
class OpeningClosed:
    """An opening is not open to the public any more; `state` says why."""

    opening_id: str
    version: int
    state: State


Event = OpeningPublished | OpeningClosed


@dataclass(frozen=True, slots=True)
class Change:
    """A transition that took place: `before` is None for a new opening."""

    move: Move
    before: State | None
    opening: Opening
    events: tuple[Event, ...]


Result: TypeAlias = tuple[Opening, Change | None]


def close_time(content: Content) -> datetime | None:
    """The end of the closing date, None where there is none."""
    return end_of_day(content.closing_date) if content.closing_date is not None else None


def state_by_dates(content: Content, publish_time: datetime, now: datetime) -> State:
    """What an opening is that nobody holds or has taken back."""
    closes = close_time(content)
    if closes is not None and closes <= now:
        return State.EXPIRED
    return State.SCHEDULED if publish_time > now else State.PUBLISHED


def publish(current: Opening | None, draft: Draft, new_id: str, now: datetime) -> Result:
    """Create the opening or replace its content, if anything differs. `new_id` is used for a new one.

    Where nothing differs but the clock has not been followed yet, that is done: the move is then the clock's.
    Raises FailedPrecondition OPENING_DELETED.
    """
    if current is None:
        return _created(draft, new_id, now)
    if current.state is State.DELETED:
        raise _refused(current, Move.PUBLISH)
    publish_time = _publish_time(current, draft, now)
    same = (draft.content, draft.contacts, publish_time) == (current.content, current.contacts, current.publish_time)
    if same and current.state in (State.SCHEDULED, State.PUBLISHED):
        return follow_clock(current, now)
    state = _state_after(current, draft, publish_time, now)
    changed = replace(current, content=draft.content, contacts=draft.contacts, publish_time=publish_time, state=state)
    return _moved(current, Move.PUBLISH, changed, now) if changed != current else (current, None)


def withdraw(current: Opening, now: datetime) -> Result:
    """Take it back, if it is not. Raises FailedPrecondition OPENING_DELETED."""
    if current.state is State.WITHDRAWN:
        return current, None
    return _moved(current, Move.WITHDRAW, replace(current, state=State.WITHDRAWN), now)


def delete(current: Opening, now: datetime) -> Result:
    """Delete it for good, contacts at once, if it is not."""
    if current.state is State.DELETED:
        return current, None
    return _moved(current, Move.DELETE, replace(current, state=State.DELETED, contacts=()), now)


def follow_clock(current: Opening, now: datetime) -> Result:
    """Publish what is due and expire what has closed, if it is time."""
    if current.due_time is None or current.due_time > now:
        return current, None
    state = state_by_dates(current.content, current.publish_time, now)
    move = Move.EXPIRE if state is State.EXPIRED else Move.FALL_DUE
    return _moved(current, move, replace(current, state=state), now)


def hold(current: Opening, now: datetime) -> Result:
    """Hold it for a person's review, if it is not. Raises FailedPrecondition for what is not open."""
    if current.state is State.HELD_FOR_REVIEW:
        return current, None
    return _moved(current, Move.HOLD, replace(current, state=State.HELD_FOR_REVIEW), now)


def release(current: Opening, now: datetime) -> Result:
    """End the hold: the opening is what its dates say. Raises FailedPrecondition for what is not held."""
    state = state_by_dates(current.content, current.publish_time, now)
    return _moved(current, Move.RELEASE, replace(current, state=state), now)


def _created(draft: Draft, new_id: str, now: datetime) -> Result:
    publish_time = draft.publish_time or now
    opening = Opening(
        id=new_id,
        publisher=draft.publisher,
        external_id=draft.external_id,
        version=1,
        state=state_by_dates(draft.content, publish_time, now),
        content=draft.content,
        contacts=draft.contacts,
        create_time=now,
        update_time=now,
        publish_time=publish_time,
    )
    return opening, Change(Move.PUBLISH, None, opening, _events(None, opening))


def _publish_time(current: Opening, draft: Draft, now: datetime) -> datetime:
    """What is asked for; else "at once": now for what was not public, and no change for what is or was held."""
    if draft.publish_time is not None:
        return draft.publish_time
    if current.state in (State.PUBLISHED, State.HELD_FOR_REVIEW):
        return current.publish_time
    if current.state is State.EXPIRED and state_by_dates(draft.content, now, now) is State.EXPIRED:
        return current.publish_time
    return now


def _state_after(current: Opening, draft: Draft, publish_time: datetime, now: datetime) -> State:
    if current.state is State.HELD_FOR_REVIEW:
        return State.HELD_FOR_REVIEW
    if current.state is State.PUBLISHED and publish_time == current.publish_time:
        # It is out already, even if this process's clock is behind that of the one which published it.
        return state_by_dates(draft.content, min(publish_time, now), now)
    return state_by_dates(draft.content, publish_time, now)


def _moved(current: Opening, move: Move, changed: Opening, now: datetime) -> Result:
    if changed.state not in TRANSITIONS.get((current.state, move), frozenset()):
        raise _refused(current, move)
    # A clock that went back must not make the update time fall.
    opening = replace(changed, version=current.version + 1, update_time=max(now, current.update_time))
    return opening, Change(move, current.state, opening, _events(current.state, opening))


def _events(before: State | None, opening: Opening) -> tuple[Event, ...]:
    if opening.state is State.PUBLISHED:
        return (OpeningPublished(opening),)
    if before is State.PUBLISHED or opening.state is State.DELETED:
        return (OpeningClosed(opening.id, opening.version, opening.state),)
    return ()


def _refused(current: Opening, move: Move) -> FailedPrecondition:
    metadata = {"state": current.state.name, "move": move.value, "version": str(current.version)}
    if current.state is State.DELETED:
        message = "The opening is deleted for good. Publish under another external id."
        return FailedPrecondition("OPENING_DELETED", message, metadata=metadata)
    message = f"An opening that is {current.state.name} allows no {move.value}. Read it and decide anew."
    return FailedPrecondition("OPENING_STATE_CONFLICT", message, metadata=metadata)
