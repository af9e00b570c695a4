"""`stack_program.py VAR SYSTEM`: PostgreSQL and NATS under a supervisor until a signal, as the polku command runs it.

Prints `up` when everything is up, and ends with 0 after a clean stop, 3 with the message of a refusal.
"""

import asyncio
import sys
from pathlib import Path

from deploy.embedded.errors import StackError
from deploy.embedded.progress import PlainProgress
from deploy.embedded.run import run, until_signal
from deploy.embedded.stack import EmbeddedStack


async def main(var_dir: Path, system_dir: Path) -> None:
    """Runs the stack."""
    with PlainProgress() as progress:

        async def while_up(stack: EmbeddedStack) -> None:
            progress.note("up")
            await until_signal(stack)

        await run(EmbeddedStack(var_dir, services=(), progress=progress, system_dir=system_dir), while_up)


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
    except StackError as error:
        sys.stdout.write(f"{error}\n")
        sys.exit(3)
