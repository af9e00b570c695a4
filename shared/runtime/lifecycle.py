"""The life of a process: one event loop, a stop signal, background tasks that never die in silence."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import uvloop

from shared.kernel.errors import PolkuError
from shared.runtime.env import SettingsError, SettingsRefused
from shared.runtime.log import get_logger

_log = get_logger("process")


class TaskDied(Exception):
    """A background task ended by an error; the process must end too. The task's own error is the cause."""


def run(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run `main(stop)` to its end; SIGTERM and SIGINT set `stop`, after which main drains and returns.

    Ends the process with code 1 after an error, 2 after settings that cannot be used; the log says why.
    """
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_done(main))
    except (SettingsError, SettingsRefused) as error:
        _log.error("settings.refused", detail=str(error))
        raise SystemExit(2) from None
    except PolkuError as error:
        _log.error("process.failed", reason=error.reason, detail=error.message)
        raise SystemExit(1) from None
    except Exception as error:
        _log.error("process.failed", exc_info=error)
        raise SystemExit(1) from None


async def _until_done(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _ask_to_stop, stop, number)
    await main(stop)


def _ask_to_stop(stop: asyncio.Event, number: int) -> None:
    _log.info("process.stop_requested", signal=signal.Signals(number).name)
    stop.set()


class Background:
    """The background tasks of a process. One that dies is logged and sets `stop`.

    async with Background(stop) as background:
        background.start("relay", relay.run(stop))
        await stop.wait()
    Leaving waits for the tasks to end by themselves, cancels them after `grace` seconds, and raises TaskDied where
    one had died.
    """

    def __init__(self, stop: asyncio.Event, *, grace: float = 10.0) -> None:
        self._stop = stop
        self._grace = grace
        self._tasks: set[asyncio.Task[None]] = set()
        self._died: tuple[str, BaseException] | None = None

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Start a task."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def __aenter__(self) -> "Background":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._stop.set()
        if self._tasks:
            _, late = await asyncio.wait(tuple(self._tasks), timeout=self._grace)
            for task in late:
                _log.warning("task.cut_off", task=task.get_name(), grace_s=self._grace)
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._died is not None and error is None:
            task_name, cause = self._died
            raise TaskDied(f"The background task {task_name} died.") from cause

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            _log.error("task.died", task=task.get_name(), exc_info=error)
            self._died = self._died or (task.get_name(), error)
            self._stop.set()
