"""The life of an opening: the transition table, events, and what holds after any sequence of moves."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.openings.domain.opening import (
    TRANSITIONS,
    Change,
    Move,
    Opening,
    OpeningClosed,
    OpeningPublished,
    Result,
    State,
    delete,
    follow_clock,
    hold,
    publish,
    release,
    withdraw,
)
from shared.kernel.errors import FailedPrecondition
from shared.kernel.ids import new_id
from tests.builders.openings import NOW, a_content, a_draft, an_opening

LATER = NOW + timedelta(hours=1)
TOMORROW = NOW.date() + timedelta(days=1)
OF_MOVE: dict[Move, Callable[[Opening, datetime.datetime], Result]] = {
    Move.PUBLISH: lambda opening, now: publish(opening, a_draft(content=a_content("Uusi")), new_id(), now),
    Move.WITHDRAW: withdraw,
    Move.DELETE: delete,
    Move.HOLD: hold,
    Move.RELEASE: release,
}

ALREADY_SO = {
    (State.WITHDRAWN, Move.WITHDRAW),
    (State.DELETED, Move.DELETE),
    (State.HELD_FOR_REVIEW, Move.HOLD),
}


def in_state(state: State) -> Opening:
    """An opening that is in this state, whatever led there."""
    return replace(an_opening(), state=state, publish_time=LATER if state is State.SCHEDULED else NOW)


def moved(result: Result) -> Change:
    """The change that there must be."""
    opening, change = result
    assert change is not None
    assert change.opening == opening
    return change


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", OF_MOVE)
def test_every_move_in_every_state_is_in_the_table_or_refused(state: State, move: Move) -> None:
    """What the table does not allow is refused with the state and the move, except for what is so already."""
    opening = in_state(state)
    if (state, move) in TRANSITIONS:
        assert moved(OF_MOVE[move](opening, NOW)).opening.state in TRANSITIONS[state, move]
    elif (state, move) in ALREADY_SO:
        assert OF_MOVE[move](opening, NOW) == (opening, None)
    else:
        with pytest.raises(FailedPrecondition) as refused:
            OF_MOVE[move](opening, NOW)
        assert refused.value.reason == ("OPENING_DELETED" if state is State.DELETED else "OPENING_STATE_CONFLICT")
        assert (refused.value.metadata["state"], refused.value.metadata["move"]) == (state.name, move.value)


def test_the_same_content_is_no_change() -> None:
    """Publishing what is there already makes no version and no event."""
    opening = an_opening()
    assert publish(opening, a_draft(), new_id(), LATER) == (opening, None)
    scheduled = an_opening(a_draft(publish_time=LATER))
    assert publish(scheduled, a_draft(publish_time=LATER), new_id(), NOW) == (scheduled, None)


def test_other_content_or_contacts_are_a_new_version() -> None:
    """A change of the content or of the contact persons alone is published again."""
    for draft in (a_draft(content=a_content("Kokki")), a_draft(contacts=())):
        change = moved(publish(an_opening(), draft, new_id(), LATER))
        assert (change.opening.version, change.opening.state) == (2, State.PUBLISHED)
        assert change.opening.publish_time == NOW
        assert change.events == (OpeningPublished(change.opening),)


def test_a_withdrawn_opening_is_published_again() -> None:
    """Withdrawing closes; publishing the same content reopens, from then on."""
    closed = moved(withdraw(an_opening(), NOW))
    assert closed.events == (OpeningClosed(closed.opening.id, 2, State.WITHDRAWN),)
    reopened = moved(publish(closed.opening, a_draft(), new_id(), LATER))
    assert (reopened.opening.version, reopened.opening.state, reopened.opening.publish_time) == (
        3,
        State.PUBLISHED,
        LATER,
    )


def test_deleting_is_final_and_forgets_contacts() -> None:
    """A deleted opening keeps no contact persons and can never be published again."""
    deleted = moved(delete(an_opening(), NOW))
    assert deleted.opening.contacts == ()
    assert deleted.events == (OpeningClosed(deleted.opening.id, 2, State.DELETED),)
    with pytest.raises(FailedPrecondition, match="OPENING_DELETED"):
        publish(deleted.opening, a_draft(), new_id(), LATER)
    assert delete(deleted.opening, LATER) == (deleted.opening, None)


def test_a_scheduled_opening_is_announced_when_it_is_due() -> None:
    """There is no event before the publication time, and one at it."""
    opening = an_opening(a_draft(publish_time=LATER))
    assert (opening.state, opening.due_time) == (State.SCHEDULED, LATER)
    assert follow_clock(opening, LATER - timedelta(microseconds=1)) == (opening, None)
    change = moved(follow_clock(opening, LATER))
    assert (change.move, change.opening.state, change.opening.version) == (Move.FALL_DUE, State.PUBLISHED, 2)
    assert change.events == (OpeningPublished(change.opening),)


def test_publishing_a_scheduled_opening_at_once_ends_the_waiting() -> None:
    """Sent without a publication time, it is published now; sent with a later one, it is taken back until then."""
    scheduled = an_opening(a_draft(publish_time=LATER))
    at_once = moved(publish(scheduled, a_draft(), new_id(), NOW)).opening
    assert (at_once.state, at_once.publish_time) == (State.PUBLISHED, NOW)
    again = moved(publish(at_once, a_draft(publish_time=LATER), new_id(), NOW))
    assert again.events == (OpeningClosed(at_once.id, 3, State.SCHEDULED),)


def test_an_opening_expires_after_its_closing_date() -> None:
    """It closes by an event at the end of its last day, and is reopened by a later closing date."""
    opening = an_opening(a_draft(content=a_content(closing_date=TOMORROW)))
    assert opening.due_time is not None
    change = moved(follow_clock(opening, opening.due_time))
    assert (change.move, change.events) == (Move.EXPIRE, (OpeningClosed(opening.id, 2, State.EXPIRED),))
    longer = a_draft(content=a_content(closing_date=TOMORROW + timedelta(days=7)))
    assert moved(publish(change.opening, longer, new_id(), opening.due_time)).opening.state is State.PUBLISHED


def test_what_has_closed_already_is_stored_as_expired_without_event() -> None:
    """Such an item is never public, and the same again is no change."""
    draft = a_draft(content=a_content(closing_date=NOW.date() - timedelta(days=1)))
    _, change = publish(None, draft, new_id(), NOW)
    assert change is not None
    assert (change.opening.state, change.events) == (State.EXPIRED, ())
    assert publish(change.opening, draft, new_id(), LATER) == (change.opening, None)


def test_a_missed_schedule_expires_without_having_been_public() -> None:
    """If nobody followed the clock until the closing date was over, there is nothing to announce."""
    draft = a_draft(content=a_content(closing_date=TOMORROW), publish_time=LATER)
    change = moved(follow_clock(an_opening(draft), NOW + timedelta(days=9)))
    assert (change.opening.state, change.events) == (State.EXPIRED, ())


def test_the_same_content_after_the_due_time_only_follows_the_clock() -> None:
    """A publisher who repeats an item at its publication time is no other publication of it."""
    opening = an_opening(a_draft(publish_time=LATER))
    change = moved(publish(opening, a_draft(publish_time=LATER), new_id(), LATER))
    assert change.move is Move.FALL_DUE


def test_a_clock_that_is_behind_does_not_take_an_opening_back() -> None:
    """What one process published is out, though another one's clock has not come to that instant."""
    change = moved(publish(an_opening(), a_draft(content=a_content("Uusi")), new_id(), NOW - timedelta(seconds=1)))
    assert change.opening.state is State.PUBLISHED
    assert change.opening.update_time == NOW


def test_what_is_held_stays_held_until_a_person_decides() -> None:
    """Neither new content nor the clock ends a hold; the release goes by the dates."""
    held = moved(hold(an_opening(), NOW))
    assert held.events == (OpeningClosed(held.opening.id, 2, State.HELD_FOR_REVIEW),)
    changed = moved(publish(held.opening, a_draft(content=a_content("Uusi")), new_id(), LATER))
    assert (changed.opening.state, changed.events) == (State.HELD_FOR_REVIEW, ())
    assert follow_clock(changed.opening, NOW + timedelta(days=999))[1] is None
    assert moved(release(changed.opening, LATER)).events


DRAFTS = st.builds(
    lambda title, closes, publishes: a_draft(
        content=a_content(title, closing_date=closes and NOW.date() + timedelta(days=closes)),
        publish_time=publishes and NOW + timedelta(hours=publishes),
    ),
    st.sampled_from(["Kokki", "Siivooja"]),
    st.sampled_from([None, -1, 1, 3]),
    st.sampled_from([None, -5, 1, 40]),
)
STEPS = st.tuples(st.sampled_from([*OF_MOVE, Move.EXPIRE]), DRAFTS, st.integers(0, 30))


@given(st.lists(STEPS, max_size=12))
def test_any_sequence_of_moves_keeps_the_invariants(steps: list[tuple[Move, object, int]]) -> None:
    """Versions rise by one with each change, each event is of its version, and events alone tell what is public."""
    now, opening, public = NOW, None, False
    for move, draft, hours in steps:
        now += timedelta(hours=hours)
        before = opening
        try:
            if before is None or move is Move.PUBLISH:
                after, change = publish(before, draft, new_id(), now)  # type: ignore[arg-type]
            else:
                after, change = follow_clock(before, now) if move is Move.EXPIRE else OF_MOVE[move](before, now)
        except FailedPrecondition:
            continue
        opening = after
        if change is None:
            assert after == before
            continue
        assert after.version == (before.version if before else 0) + 1
        assert after.update_time >= (before.update_time if before else now)
        assert after.state in TRANSITIONS[before.state if before else None, change.move]
        assert len(change.events) <= 1
        for event in change.events:
            assert (event.opening_id, event.version) == (after.id, after.version)
            public = isinstance(event, OpeningPublished)
        assert public == (after.state is State.PUBLISHED)
        assert not (after.state is State.DELETED and after.contacts)
