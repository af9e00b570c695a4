"""Runs a stack in the foreground of a terminal or a process manager until it is told to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from signal import Signals

from deploy.embedded.errors import StackError
from deploy.embedded.stack import EmbeddedStack

STOP_SIGNALS = (Signals.SIGINT, Signals.SIGTERM, Signals.SIGHUP)


async def run(stack: EmbeddedStack, while_up: Callable[[EmbeddedStack], Awaitable[None]]) -> bool:
    """Starts the stack, awaits `while_up(stack)`, stops the stack; from a main thread.

    True when while_up came to its end, False when SIGINT, SIGTERM or SIGHUP came first, at any time. A second signal
    shortens the patience with parts that are slow to stop. StackError when the stack cannot start.
    """
    work = asyncio.create_task(_live(stack, while_up), name="stack")
    asked = False

    def ask() -> None:
        nonlocal asked
        if asked:
            stack.hurry()
        asked = True
        work.cancel()

    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, ask)
    try:
        await work
    except asyncio.CancelledError:
        if not asked:
            raise
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
    return not asked


PURGE_EVERY = 3600.0
"""Seconds: what was erased is physically gone an hour later."""


async def until_signal(stack: EmbeddedStack) -> None:
    """For run(): stays up until a signal, and purges every hour; raises when the supervision itself fails."""
    purging = asyncio.create_task(_purge(stack), name="purge")
    try:
        await stack.supervisor.broken()
    finally:
        purging.cancel()


async def _purge(stack: EmbeddedStack) -> None:
    while True:
        await asyncio.sleep(PURGE_EVERY)
        # Its log is in the var folder; what could not be purged now is purged an hour later.
        with suppress(StackError):
            await stack.purge()


async def _live(stack: EmbeddedStack, while_up: Callable[[EmbeddedStack], Awaitable[None]]) -> None:
    async with stack:
        await while_up(stack)
