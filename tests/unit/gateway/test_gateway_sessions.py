"""Server-side sessions."""

from datetime import UTC, datetime, timedelta

from services.gateway.sessions import IDLE, TOTAL, Grant, MemorySessions, Notice, SignedIn
from shared.kernel.principal import Role

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SOMEONE = Grant(SignedIn("user-1", Role.SEEKER), "token", NOW + timedelta(minutes=5))


async def test_a_session_ends_after_twenty_idle_minutes() -> None:
    """A visit within 20 minutes renews the session; without one it is gone."""
    sessions = MemorySessions()
    session = await sessions.begin(NOW, SOMEONE)
    almost = NOW + IDLE - timedelta(seconds=1)
    assert await sessions.find(session.id, almost) is not None
    assert await sessions.find(session.id, almost + IDLE - timedelta(seconds=1)) is not None
    assert await sessions.find(session.id, almost + 2 * IDLE) is None


async def test_a_session_ends_after_eight_hours_however_busy() -> None:
    """Visits do not carry a session past 8 hours."""
    sessions = MemorySessions()
    session = await sessions.begin(NOW, SOMEONE)
    now = NOW
    while now + timedelta(minutes=10) < NOW + TOTAL:
        now += timedelta(minutes=10)
        assert await sessions.find(session.id, now) is not None
    assert await sessions.find(session.id, NOW + TOTAL) is None


async def test_an_ended_session_is_gone_at_once() -> None:
    """After sign-out the id is worth nothing."""
    sessions = MemorySessions()
    session = await sessions.begin(NOW, SOMEONE)
    await sessions.end(session.id)
    assert await sessions.find(session.id, NOW) is None


async def test_each_session_has_an_id_and_token_of_its_own() -> None:
    """Ids and tokens are new each time, long, and out of repr."""
    sessions = MemorySessions()
    made = [await sessions.begin(NOW, SOMEONE) for _ in range(50)]
    assert len({session.id for session in made} | {session.csrf_token for session in made}) == 100
    assert min(len(session.id) for session in made) >= 43
    assert made[0].id not in repr(made[0])
    assert made[0].csrf_token not in repr(made[0])


async def test_visitors_give_way_before_those_who_have_signed_in() -> None:
    """A full store drops the session seen longest ago, and visitors first: a flood of visits signs nobody out."""
    sessions = MemorySessions(most=3)
    mine = await sessions.begin(NOW, SOMEONE)
    first = await sessions.begin(NOW + timedelta(seconds=1))
    for second in range(2, 20):
        last = await sessions.begin(NOW + timedelta(seconds=second))
    now = NOW + timedelta(seconds=30)
    assert await sessions.find(mine.id, now) is not None
    assert await sessions.find(first.id, now) is None
    assert await sessions.find(last.id, now) is not None


async def test_only_the_sessions_own_token_is_accepted() -> None:
    """A form's token counts in the session that it was made for, and nothing else does."""
    sessions = MemorySessions()
    one, other = await sessions.begin(NOW), await sessions.begin(NOW)
    assert one.accepts(one.csrf_token)
    assert not one.accepts(other.csrf_token)
    assert not one.accepts("")
    assert not one.accepts("ä")


async def test_what_a_script_asks_for_is_no_visit() -> None:
    """Looking without counting finds the session and does not renew it."""
    sessions = MemorySessions()
    session = await sessions.begin(NOW, SOMEONE)
    almost = NOW + IDLE - timedelta(seconds=1)
    assert await sessions.find(session.id, almost, counts=False) is not None
    assert await sessions.find(session.id, NOW + IDLE, counts=False) is None


async def test_a_notice_waits_for_the_next_page() -> None:
    """It is kept with the session until it is taken away, shows no title in logs, and an ended session keeps none."""
    sessions = MemorySessions()
    session = await sessions.begin(NOW, SOMEONE)
    notice = Notice("hidden", "an-id", "A title", "en")
    await sessions.leave_notice(session.id, notice)
    found = await sessions.find(session.id, NOW)
    assert found is not None
    assert found.notice == notice
    assert "A title" not in repr(found)
    await sessions.leave_notice(session.id, None)
    found = await sessions.find(session.id, NOW)
    assert found is not None
    assert found.notice is None
    await sessions.end(session.id)
    await sessions.leave_notice(session.id, notice)
    assert await sessions.find(session.id, NOW) is None
