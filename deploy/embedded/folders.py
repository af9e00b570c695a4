"""Where the embedded stack keeps its files, and the lock that lets one supervisor at a time use them."""

import fcntl
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from deploy.embedded.errors import StackError

LARGEST_LOG = 10 * 1024 * 1024
"""Bytes after which a log is set aside as `<name>.log.1` at the next start of its part."""


@dataclass(frozen=True)
class VarFolder:
    """The folder `var/` of one stack. Made with mode 0700: it holds passwords and keys."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> "VarFolder":
        """The folder at this path, without links: the kernel names the folders of processes so."""
        return cls(path.resolve())

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def ports(self) -> Path:
        return self.root / "ports.json"

    @property
    def endpoints(self) -> Path:
        return self.root / "endpoints.json"

    @property
    def accounts(self) -> Path:
        return self.root / "accounts.json"

    @property
    def openid(self) -> Path:
        return self.keys / "openid.json"

    @property
    def processes(self) -> Path:
        return self.root / "processes.json"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def person_keys(self) -> Path:
        return self.keys / "person-keys.json"

    @property
    def issuers(self) -> Path:
        return self.keys / "issuers.json"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def postgres_pointer(self) -> Path:
        return self.root / "postgres.json"

    @property
    def nats(self) -> Path:
        return self.root / "nats"

    @property
    def index(self) -> Path:
        return self.root / "index"

    @property
    def lock(self) -> Path:
        return self.root / "supervisor.lock"

    def log(self, part: str) -> Path:
        return self.root / "log" / f"{part}.log"

    def create(self) -> None:
        """Makes the folders. StackError when this user may not, or when another user's stack lives here."""
        try:
            for folder in (self.root, self.keys, self.root / "log"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except (PermissionError, FileExistsError, NotADirectoryError) as error:
            raise StackError(
                f"{self.root} cannot be used ({error.strerror}): make it writable or name another."
            ) from error
        owner = self.secrets.stat().st_uid if self.secrets.exists() else os.geteuid()
        if owner != os.geteuid():
            raise StackError(
                f"{self.root} was made by user id {owner}, and this is user id {os.geteuid()}: "
                "start the stack as that user, or delete the folder to start afresh."
            )


def lock(var: VarFolder) -> IO[str]:
    """The open lock file; closing it gives the lock back, and so does the death of the process.

    StackError when another supervisor holds it.
    """
    try:
        # Opened without truncation: the number in it belongs to the holder, who may be another process.
        handle = os.fdopen(os.open(var.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+", encoding="utf-8")
    except PermissionError as error:
        raise StackError(f"{var.lock} belongs to another user: start the stack as that user.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = handle.read().strip() or "unknown"
        handle.close()
        raise StackError(
            f"The stack of {var.root} is already running (process {holder}): use it, or stop it there with Ctrl-C."
        ) from error
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def is_running(var_dir: Path) -> bool:
    """Whether a supervisor holds the lock of this folder now."""
    path = VarFolder(var_dir).lock
    if not path.exists():
        return False
    with path.open(encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def write_private(path: Path, text: str) -> None:
    """Writes the whole file or nothing, mode 0600, so that a reader never sees half of it."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: object) -> None:
    """As write_private, as JSON with stable key order."""
    write_private(path, json.dumps(value, indent=2, sort_keys=True) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """The object in the file, or {} when there is none. StackError when it is not a JSON object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise StackError(f"{path} is not JSON ({error}): repair it, or delete the folder to start afresh.") from error
    if not isinstance(value, dict):
        raise StackError(f"{path} must hold a JSON object: repair it, or delete the folder to start afresh.")
    return value


def open_log(path: Path) -> IO[bytes]:
    """The log opened for appending, set aside first when it has grown past LARGEST_LOG."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        os.replace(path, path.with_name(path.name + ".1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "ab")


def log_tail(path: Path, lines: int = 8) -> str:
    """The last lines of a log, for the message of an error."""
    try:
        with path.open("rb") as handle:
            handle.seek(max(0, path.stat().st_size - 8192))
            return "\n".join(handle.read().decode(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""
