"""The accounts of the development issuer, and how often somebody may try.

The file is JSON, read again whenever it has changed:

    {"accounts": [
        {"user": "counsellor", "password_hash": "scrypt$16384$8$5$…$…", "subject": "counsellor-1",
         "role": "counsellor", "unit": "leppavaara"},
        {"user": "seeker-1", "password_hash": "…", "subject": "seeker-1", "role": "seeker"}
    ]}

Hashes: `python -m deploy.issuer hash-password`, see passwords.py. `unit` is for counsellors, `publisher` for
publishers.
"""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from deploy.issuer.passwords import hash_password, verify_password

MOST_FAILURES = 5
FAILURE_WINDOW = timedelta(minutes=1)
_LONGEST_INPUT = 200
_log = structlog.get_logger("issuer")


class AccountsRefused(Exception):
    """The file of accounts is not of the form above."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in; `subject` is an opaque id, never a name."""

    user: str
    password_hash: str = field(repr=False)
    subject: str
    role: str
    unit: str = ""
    publisher: str = ""


class Accounts:
    """The accounts of a file, read again when it changes."""

    def __init__(self, path: Path) -> None:
        """Raises AccountsRefused where the file is not of the form above."""
        self._path = path
        self._accounts = read_accounts(path)
        self._stamp = (0, 0)
        self._failures = Failures()
        self._nobody = hash_password("nobody has this password")

    async def sign_in(self, user: str, password: str, address: str, now: datetime) -> Account | None:
        """The account; None for wrong credentials and after too many tries, which look the same from outside.

        The work is the same for unknown users, so that time tells nothing.
        """
        self._refresh()
        if len(user) > _LONGEST_INPUT or len(password) > _LONGEST_INPUT:
            return None
        account = self._accounts.get(user)
        kept = account.password_hash if account else self._nobody
        # scrypt takes a moment: other requests go on meanwhile.
        right = await asyncio.to_thread(verify_password, password, kept)
        if self._failures.too_many(user, address, now):
            return None
        if account is None or not right:
            self._failures.count(user, address, now)
            return None
        return account

    def current(self, user: str) -> Account | None:
        """The account as it is now; None where it has ended."""
        self._refresh()
        return self._accounts.get(user)

    def _refresh(self) -> None:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp != self._stamp:
                self._accounts, self._stamp = read_accounts(self._path), stamp
        except (OSError, AccountsRefused):
            # Half-written or gone for a moment: those who could sign in before still can.
            _log.warning("accounts.refused")


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


def read_accounts(path: Path) -> dict[str, Account]:
    """Read the file: accounts by user name. Raises AccountsRefused."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["accounts"]
        return {entry["user"]: Account(**entry) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"The accounts cannot be used ({type(error).__name__}): write them as deploy/issuer/accounts.py says."
        raise AccountsRefused(message) from None
