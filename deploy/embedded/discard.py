"""Deleting a stack that is no longer wanted, wherever its data lie."""

import asyncio
import shutil
from pathlib import Path

from deploy.embedded import postgres_place
from deploy.embedded.errors import StackError
from deploy.embedded.folders import VarFolder, is_running
from deploy.embedded.processes import Register, end_leftovers, end_working_in


async def discard(var_dir: Path) -> None:
    """Deletes the var folder and, for root, the databases in the system folder. StackError while the stack runs."""
    var = VarFolder.at(var_dir)
    if is_running(var.root):
        raise StackError(f"The stack of {var.root} is running: stop it with Ctrl-C there first.")
    if not var.root.exists():
        return
    await end_leftovers(Register(var.processes))
    await end_working_in(postgres_place.own_data(var))
    postgres_place.remove(var)
    await asyncio.to_thread(shutil.rmtree, var.root)
