"""Runs a stack in the foreground of a terminal or a process manager until it is told to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from signal import Signals

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


async def until_signal(stack: EmbeddedStack) -> None:
    """For run(): stays up until a signal; raises when the supervision itself fails."""
    await stack.supervisor.broken()


async def _live(stack: EmbeddedStack, while_up: Callable[[EmbeddedStack], Awaitable[None]]) -> None:
    async with stack:
        await while_up(stack)
