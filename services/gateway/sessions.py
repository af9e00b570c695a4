"""Server-side sessions of the pages: the browser holds an unguessable id, everything else stays here."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Protocol

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
class Pending:
    """What was asked of the identity provider: only its answer to this is taken.

    state, nonce  come back in the answer and in the identity token (OpenID Connect Core 1.0, section 3.1.2.1)
    verifier      proves that whoever redeems the code is who asked (PKCE, RFC 7636)
    target        path of this site to which signing in leads; empty for the role's own page
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    target: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the identity provider has granted: the token for the services until it ends, and how to get the next one."""

    user: SignedIn
    access_token: str = field(repr=False)
    until: datetime
    refresh_token: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """What the next page says once about what was just done.

    code     what was done, such as "hidden"
    opening  id of the opening that it was done to; `title` in words, of `language`
    correct  path of the page on which the data can be corrected that this was about; empty for none
    person   short reference of the candidate who is asked; `until` when an answer counts, in ISO 8601
    until    of a record that was opened: until when it is, in words
    count    how many people were handed over
    """

    code: str
    opening: str = ""
    title: str = field(default="", repr=False)
    language: str = ""
    correct: str = ""
    person: str = ""
    until: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """One session. `csrf_token` goes into every form; `grant` is None before sign-in, `pending` outside of it."""

    id: str = field(repr=False)
    csrf_token: str = field(repr=False)
    created_at: datetime
    seen_at: datetime
    grant: Grant | None = None
    pending: Pending | None = None
    notice: Notice | None = None

    @property
    def user(self) -> SignedIn | None:
        """Who has signed in."""
        return self.grant.user if self.grant else None

    def alive(self, now: datetime) -> bool:
        """Whether it has neither been idle for 20 minutes nor lasted for 8 hours."""
        return now - self.seen_at < IDLE and now - self.created_at < TOTAL

    def accepts(self, csrf_token: str) -> bool:
        """Whether a form's token is this session's, compared in constant time."""
        return compare_digest(self.csrf_token.encode(), csrf_token.encode())


class SessionStore(Protocol):
    """Where sessions are kept."""

    async def begin(self, now: datetime, grant: Grant | None = None) -> Session:
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

    async def keep_grant(self, session_id: str, grant: Grant) -> None:
        """Keep the next grant of a session."""
        ...

    async def keep_pending(self, session_id: str, pending: Pending | None) -> None:
        """Keep what was asked of the identity provider, or None once it has answered."""
        ...

    async def end(self, session_id: str) -> None:
        """End a session at once."""
        ...


class MemorySessions:
    """Sessions of one process: they end with it. Bounded: the one seen longest ago gives way, visitors first."""

    def __init__(self, most: int = MOST_SESSIONS) -> None:
        self._most = most
        self._sessions: dict[bytes, Session] = {}

    async def begin(self, now: datetime, grant: Grant | None = None) -> Session:
        """Make a session with a new id."""
        if len(self._sessions) >= self._most:
            self._make_room(now)
        session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(32), now, now, grant)
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
        self._change(session_id, notice=notice)

    async def keep_grant(self, session_id: str, grant: Grant) -> None:
        """Keep the next grant of a session."""
        self._change(session_id, grant=grant)

    async def keep_pending(self, session_id: str, pending: Pending | None) -> None:
        """Keep what was asked of the identity provider."""
        self._change(session_id, pending=pending)

    def _change(self, session_id: str, **changes: Any) -> None:
        key = _key(session_id)
        if (session := self._sessions.get(key)) is not None:
            self._sessions[key] = replace(session, **changes)

    async def end(self, session_id: str) -> None:
        """End a session at once."""
        self._sessions.pop(_key(session_id), None)

    def _make_room(self, now: datetime) -> None:
        self._sessions = {key: session for key, session in self._sessions.items() if session.alive(now)}
        if len(self._sessions) >= self._most:
            oldest = min(self._sessions.items(), key=lambda item: (item[1].grant is not None, item[1].seen_at))
            del self._sessions[oldest[0]]


def _key(session_id: str) -> bytes:
    # The id itself is not kept: whoever reads this memory cannot use what they find.
    return sha256(session_id.encode()).digest()
