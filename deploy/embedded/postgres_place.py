"""Where the cluster of a var folder lives: inside it for a normal user, in a system folder for root.

As root, `var/postgres.json` points to the system folder, which in turn names the var folder it belongs to, so that a
copied, moved or deleted var folder is told apart from the one that made the data.
"""

import asyncio
import hashlib
import os
import pwd
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.errors import StackError
from deploy.embedded.folders import VarFolder, read_json, write_json
from deploy.embedded.parts import Account
from deploy.embedded.postgres_install import binaries, make_system_folder, unprivileged
from deploy.embedded.processes import end_working_in

OWNER_FILE = "cluster.json"


@dataclass(frozen=True)
class Place:
    """A cluster: its data folder, whose parent is ours, the server's binaries, and whom it runs as (None: us)."""

    data: Path
    binaries: Path
    account: Account | None

    def exists(self) -> bool:
        """Whether the cluster has been made."""
        return self.data.exists()


async def find(var: VarFolder, system_dir: Path) -> Place:
    """The place of this var folder's cluster, made ready for initdb where there is none yet."""
    account = unprivileged()
    programs = await asyncio.to_thread(binaries, system_dir, account)
    if account is None:
        _check_named()
        var.postgres.mkdir(mode=0o700, exist_ok=True)
        place = Place(var.postgres / "data", programs, None)
    else:
        folder = pointed(var) or await _fresh(var, system_dir)
        place = Place(folder / "data", programs, _keeper(folder / "data") or account)
    if place.exists() and not var.secrets.exists():
        raise StackError(
            f"{var.secrets} is missing, and with it the passwords of the databases in {place.data}: "
            f"put it back, or delete {var.root} to start afresh."
        )
    return place


def keep_pointer(var: VarFolder, place: Place) -> None:
    """Writes the pointer, once the cluster exists; a place inside the var folder needs none."""
    if place.account is not None:
        owner = read_json(place.data.parent / OWNER_FILE)
        write_json(var.postgres_pointer, {"data": str(place.data), "id": owner["id"]})


def own_data(var: VarFolder) -> Path:
    """Where this var folder's cluster is, whether or not it exists; never that of the folder it was copied from."""
    pointer = read_json(var.postgres_pointer)
    data = Path(str(pointer.get("data", var.postgres / "data")))
    maker = read_json(data.parent / OWNER_FILE).get("var", str(var.root.resolve()))
    return data if maker == str(var.root.resolve()) else var.postgres / "data"


def remove(var: VarFolder) -> None:
    """Deletes the cluster's data, and the pointer to it. Only for a stack that has stopped."""
    folder = own_data(var).parent
    if folder.exists():
        shutil.rmtree(folder)
    var.postgres_pointer.unlink(missing_ok=True)


def system_folder(var: VarFolder, system_dir: Path) -> Path:
    """Where root's cluster for this var folder is made."""
    return system_dir / hashlib.sha256(str(var.root.resolve()).encode()).hexdigest()[:16]


def _check_named() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise StackError(
            f"User id {os.geteuid()} has no entry in the user database, and PostgreSQL's initdb needs one: "
            "add the user, or start the stack as another."
        ) from error


def _keeper(data: Path) -> Account | None:
    """Whose data it is, which may differ from whom a fresh cluster would be given to."""
    if not data.exists():
        return None
    status = data.stat()
    return Account(status.st_uid, status.st_gid)


def pointed(var: VarFolder) -> Path | None:
    """The folder that the pointer names, None without one. StackError when this var folder may not use it."""
    pointer = read_json(var.postgres_pointer)
    if not pointer:
        return None
    data = Path(str(pointer.get("data")))
    owner = read_json(data.parent / OWNER_FILE)
    if not data.exists() or owner.get("id") != pointer.get("id"):
        raise StackError(
            f"{var.postgres_pointer} points to {data}, where its databases no longer are: "
            f"put them back, or delete {var.root} to start afresh."
        )
    here, maker = var.root.resolve(), VarFolder(Path(str(owner.get("var"))))
    if maker.root != here:
        if read_json(maker.postgres_pointer).get("id") == pointer["id"]:
            raise StackError(
                f"{here} is a copy of {maker.root} and would use its databases: delete {here} to start afresh."
            )
        write_json(data.parent / OWNER_FILE, {**owner, "var": str(here)})  # Moved.
    return data.parent


async def _fresh(var: VarFolder, system_dir: Path) -> Path:
    """An empty folder. What lies there without a pointer belonged to a var folder that was deleted since."""
    folder = system_folder(var, system_dir)
    make_system_folder(system_dir)
    if folder.exists():
        await end_working_in(folder / "data")
        shutil.rmtree(folder)
    make_system_folder(folder)
    write_json(folder / OWNER_FILE, {"id": uuid.uuid4().hex, "var": str(var.root.resolve())})
    return folder
