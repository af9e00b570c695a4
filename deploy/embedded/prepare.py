"""Steps of a start that are neither PostgreSQL's nor NATS' nor a service's."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from deploy.embedded.errors import StackError
from deploy.embedded.folders import VarFolder
from deploy.embedded.parts import end_of, run_once
from deploy.embedded.progress import Progress
from deploy.embedded.services import inherited


async def together(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    """Runs all side by side and gives their results in order; the first failure ends the others and is raised."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def built_model(var: VarFolder, progress: Progress) -> Path:
    """The folder of the model, built where there is none yet; the build's notes become progress.

    A process of its own: building needs hundreds of megabytes, which the supervisor would keep for good.
    """
    last = ""

    def told(line: str) -> None:
        nonlocal last
        last = line
        if not Path(line).is_absolute():
            progress.note(line)

    command = (sys.executable, "-m", "deploy.embedded.model", str(var.root))
    await run_once("model", command, inherited(os.environ), var.log("model"), told=told)
    return _named_folder(last, var.log("model"))  # The build prints it last.


def _named_folder(line: str, log: Path) -> Path:
    folder = Path(line)
    if not folder.is_absolute() or not folder.is_dir():
        raise StackError(f"The model's build named no folder. {end_of(log)}")
    return folder
