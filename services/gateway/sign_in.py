"""The plain sign-in of development and trials. An OpenID Connect provider replaces it behind the same two ports.

The file that POLKU_SIGN_IN_FILE names is JSON, read again whenever it has changed:

    {
      "issuer_key_file": "…/keys/sign-in.json",
      "accounts": [
        {"user": "counsellor", "password_hash": "scrypt$16384$8$5$…$…", "subject": "counsellor-1",
         "role": "counsellor", "unit": "leppavaara"},
        {"user": "seeker-1", "password_hash": "…", "subject": "seeker-1", "role": "seeker", "profile": "<profile id>"}
      ]
    }

The issuer's key file, relative to the sign-in file where it is not absolute, is {"iss": "<issuer>", "key": {<private
JWK, ES256>}}. Hashes: `python -m services.gateway hash-password`, see passwords.py. `unit` is for counsellors,
`publisher` for publishers; `profile` is the id of the seeker's own profile and may be missing until there is one.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from joserfc import jwt
from joserfc.jwk import import_key

from services.gateway.passwords import hash_password, verify_password
from services.gateway.sessions import SignedIn
from shared.kernel.ids import new_id
from shared.kernel.principal import Role
from shared.runtime.env import SettingsError
from shared.runtime.log import get_logger

TOKEN_LIFE = timedelta(minutes=5)
RENEW_BEFORE = timedelta(minutes=2)
MOST_FAILURES = 5
FAILURE_WINDOW = timedelta(minutes=1)
_LONGEST_INPUT = 200
_log = get_logger("gateway")


class SignIn(Protocol):
    """Says who somebody is."""

    async def sign_in(self, user: str, password: str, address: str, now: datetime) -> SignedIn | None:
        """Return who it is; None for wrong credentials and for too many tries, which look the same from outside."""
        ...

    def current(self, user: SignedIn) -> SignedIn | None:
        """Return what is known of the user now; None where the account has ended."""
        ...


class TokenSource(Protocol):
    """Gives the token that the services are shown on a signed-in user's behalf."""

    def token(self, user: SignedIn, now: datetime) -> str:
        """Return a token that is valid for some minutes more."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """A development account."""

    user: str
    password_hash: str = field(repr=False)
    who: SignedIn


@dataclass(frozen=True, slots=True)
class SignInFile:
    """The content of the file: accounts by user name, issuer and its private JWK."""

    accounts: dict[str, Account]
    issuer: str
    key: dict[str, Any] = field(repr=False)


class Accounts:
    """The accounts of a file, read again when it changes. Implements SignIn and TokenSource."""

    def __init__(self, path: Path, audience: str) -> None:
        """Raises SettingsError where the file is not of the form above."""
        self._path = path
        self._audience = audience
        self._content = read_sign_in_file(path)
        self._stamp = (0, 0)
        self._failures = Failures()
        self._tokens: dict[SignedIn, tuple[str, datetime]] = {}
        self._nobody = hash_password("nobody has this password")

    async def sign_in(self, user: str, password: str, address: str, now: datetime) -> SignedIn | None:
        """See SignIn. The work is the same for unknown users, so that time tells nothing."""
        self._refresh()
        if len(user) > _LONGEST_INPUT or len(password) > _LONGEST_INPUT:
            return None
        account = self._content.accounts.get(user)
        kept = account.password_hash if account else self._nobody
        # scrypt takes a moment: other requests go on meanwhile.
        right = await asyncio.to_thread(verify_password, password, kept)
        if self._failures.too_many(user, address, now):
            return None
        if account is None or not right:
            self._failures.count(user, address, now)
            return None
        return account.who

    def current(self, user: SignedIn) -> SignedIn | None:
        """See SignIn: a profile given to a seeker, or an account taken away, counts at the next request."""
        self._refresh()
        same = (account.who for account in self._content.accounts.values() if account.who.subject == user.subject)
        return next((who for who in same if who.role is user.role), None)

    def token(self, user: SignedIn, now: datetime) -> str:
        """See TokenSource: a token of the development issuer, signed anew two minutes before it ends."""
        token, until = self._tokens.get(user, ("", now))
        if not RENEW_BEFORE < until - now <= TOKEN_LIFE:
            token, until = self._sign(user, now), now + TOKEN_LIFE
            self._tokens = {who: kept for who, kept in self._tokens.items() if kept[1] > now}
            self._tokens[user] = (token, until)
        return token

    def _sign(self, user: SignedIn, now: datetime) -> str:
        key = import_key(self._content.key)
        header = {"alg": "ES256", "typ": "JWT", **({"kid": key.kid} if key.kid else {})}
        claims = {
            "iss": self._content.issuer,
            "sub": user.subject,
            "aud": self._audience,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFE).timestamp()),
            "jti": new_id(),
            "role": user.role.value,
            **({"unit": user.unit} if user.unit else {}),
            **({"publisher": user.publisher} if user.publisher else {}),
        }
        return jwt.encode(header, claims, key, algorithms=["ES256"])

    def _refresh(self) -> None:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp != self._stamp:
                self._content, self._stamp = read_sign_in_file(self._path), stamp
        except (OSError, SettingsError):
            # Half-written or gone for a moment: those who could sign in before still can.
            _log.warning("sign_in_file.refused")


class Failures:
    """Counts failed tries by account and address within the last minute. Bounded by what can fail in a minute."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, str], list[datetime]] = {}

    def too_many(self, user: str, address: str, now: datetime) -> bool:
        """Whether five tries have failed within a minute."""
        return len(self._recent(user, address, now)) >= MOST_FAILURES

    def count(self, user: str, address: str, now: datetime) -> None:
        """Count a failed try."""
        self._times[user, address] = [*self._recent(user, address, now), now]
        if len(self._times) > 1000:
            self._times = {key: times for key, times in self._times.items() if now - times[-1] < FAILURE_WINDOW}

    def _recent(self, user: str, address: str, now: datetime) -> list[datetime]:
        return [time for time in self._times.get((user, address), []) if now - time < FAILURE_WINDOW]


def read_sign_in_file(path: Path) -> SignInFile:
    """Read the file. Raises SettingsError where it, or the key file that it names, is not of the form above."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        issuer = json.loads((path.parent / content["issuer_key_file"]).read_text(encoding="utf-8"))
        accounts = [_account(entry) for entry in content["accounts"]]
        return SignInFile({account.user: account for account in accounts}, issuer["iss"], dict(issuer["key"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        fault = (
            f"The sign-in file cannot be used ({type(error).__name__}): write it as services/gateway/sign_in.py says."
        )
        raise SettingsError((fault,)) from None


def _account(entry: dict[str, str]) -> Account:
    optional = (entry.get(name, "") for name in ("unit", "profile", "publisher"))
    who = SignedIn(entry["subject"], Role(entry["role"]), *optional)
    return Account(entry["user"], entry["password_hash"], who)


Clock = Callable[[], datetime]
