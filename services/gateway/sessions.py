"""Server-side sessions of the pages: the browser holds an unguessable id, everything else stays here."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Protocol

from shared.kernel.principal import Role

IDLE = timedelta(minutes=20)
TOTAL = timedelta(hours=8)
MOST_SESSIONS = 10_000


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has signed in.

    subject    opaque user id, as in the user's tokens
    unit       of a counsellor
    profile    id of a seeker's own profile; empty while there is none
    publisher  id of the publisher for which a publisher acts
    """

    subject: str
    role: Role
    unit: str = ""
    profile: str = ""
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the next page says once about what was just done.

    code     what was done, such as "hidden"
    opening  id of the opening that it was done to; `title` in words, of `language`
    correct  path of the page on which the data can be corrected that this was about; empty for none
    person   short reference of the candidate who is asked; `until` when an answer counts, in ISO 8601
    """

    code: str
    opening: str = ""
    title: str = field(default="", repr=False)
    language: str = ""
    correct: str = ""
    person: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One session. `csrf_token` goes into every form; `user` is None before sign-in."""

    id: str = field(repr=False)
    csrf_token: str = field(repr=False)
    created_at: datetime
    seen_at: datetime
    user: SignedIn | None = None
    notice: Notice | None = None

    def alive(self, now: datetime) -> bool:
        """Whether it has neither been idle for 20 minutes nor lasted for 8 hours."""
        return now - self.seen_at < IDLE and now - self.created_at < TOTAL

    def accepts(self, csrf_token: str) -> bool:
        """Whether a form's token is this session's, compared in constant time."""
        return compare_digest(self.csrf_token.encode(), csrf_token.encode())


class SessionStore(Protocol):
    """Where sessions are kept."""

    async def begin(self, now: datetime, user: SignedIn | None = None) -> Session:
        """Make a session with a new id."""
        ...

    async def find(self, session_id: str, now: datetime, *, counts: bool = True) -> Session | None:
        """Return the living session and count the visit; None for an unknown or ended one.

        Not `counts`: the browser asks by itself, and nobody has done anything.
        """
        ...

    async def leave_notice(self, session_id: str, notice: Notice | None) -> None:
        """Keep what the next page is to say, or None once it has been said."""
        ...

    async def end(self, session_id: str) -> None:
        """End a session at once."""
        ...


class MemorySessions:
    """Sessions of one process: they end with it. Bounded: the one seen longest ago gives way, visitors first."""

    def __init__(self, most: int = MOST_SESSIONS) -> None:
        self._most = most
        self._sessions: dict[bytes, Session] = {}

    async def begin(self, now: datetime, user: SignedIn | None = None) -> Session:
        """Make a session with a new id."""
        if len(self._sessions) >= self._most:
            self._make_room(now)
        session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(32), now, now, user)
        self._sessions[_key(session.id)] = session
        return session

    async def find(self, session_id: str, now: datetime, *, counts: bool = True) -> Session | None:
        """Return the living session and count the visit; None for an unknown or ended one."""
        key = _key(session_id)
        session = self._sessions.get(key)
        if session is None:
            return None
        if not session.alive(now):
            del self._sessions[key]
            return None
        if counts:
            self._sessions[key] = session = replace(session, seen_at=now)
        return session

    async def leave_notice(self, session_id: str, notice: Notice | None) -> None:
        """Keep what the next page is to say."""
        key = _key(session_id)
        if (session := self._sessions.get(key)) is not None:
            self._sessions[key] = replace(session, notice=notice)

    async def end(self, session_id: str) -> None:
        """End a session at once."""
        self._sessions.pop(_key(session_id), None)

    def _make_room(self, now: datetime) -> None:
        self._sessions = {key: session for key, session in self._sessions.items() if session.alive(now)}
        if len(self._sessions) >= self._most:
            oldest = min(self._sessions.items(), key=lambda item: (item[1].user is not None, item[1].seen_at))
            del self._sessions[oldest[0]]


def _key(session_id: str) -> bytes:
    # The id itself is not kept: whoever reads this memory cannot use what they find.
    return sha256(session_id.encode()).digest()
