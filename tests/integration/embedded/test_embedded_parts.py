"""Parts that are real programs: readiness, drain, failure, and death with the supervisor."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from deploy.embedded.errors import StackError
from deploy.embedded.parts import GUARD, Part, StopStep, run_once
from deploy.embedded.postgres_install import unprivileged
from deploy.embedded.probes import grpc_serving, http_ok
from deploy.embedded.processes import PROC, Register, identity, is_alive
from deploy.embedded.progress import Silent
from deploy.embedded.supervisor import Supervisor
from tests.integration.embedded.stack_process import wait_until

DRAINING = """
import pathlib, signal, sys, time
def drain(number, frame):
    time.sleep(0.3)
    pathlib.Path(sys.argv[1]).write_text("drained")
    sys.exit(0)
signal.signal(signal.SIGTERM, drain)
pathlib.Path(sys.argv[1]).write_text("ready")
while True:
    time.sleep(60)
"""
STUBBORN = DRAINING.replace("signal.signal(signal.SIGTERM, drain)", "signal.signal(signal.SIGTERM, signal.SIG_IGN)")
"""Does not end on SIGTERM."""


@pytest.fixture
async def supervisor(tmp_path: Path) -> AsyncIterator[Supervisor]:
    """A supervisor of real processes, stopped at the end."""
    log = structlog.wrap_logger(structlog.testing.CapturingLogger(), processors=[])
    made = Supervisor(Register(tmp_path / "processes.json"), Silent(), log)
    yield made
    await made.stop_all()


def program(tmp_path: Path, text: str, *, patience: float = 25.0) -> Part:
    """A part that is ready when it has written the file `state`."""
    state = tmp_path / "state"

    async def ready() -> bool:
        return state.exists() and state.read_text() == "ready"

    return Part(
        "program",
        (sys.executable, "-c", text, str(state)),
        ready,
        tmp_path / "program.log",
        stop=(StopStep(signal.SIGTERM, patience),),
    )


async def test_service_may_finish_what_it_has_begun(supervisor: Supervisor, tmp_path: Path) -> None:
    """SIGTERM is followed by patience: the program ends by itself."""
    await supervisor.start(program(tmp_path, DRAINING))
    await supervisor.stop_all()
    assert (tmp_path / "state").read_text() == "drained"


async def test_service_that_does_not_end_is_killed(supervisor: Supervisor, tmp_path: Path) -> None:
    """SIGKILL follows the patience."""
    await supervisor.start(program(tmp_path, STUBBORN, patience=0.1))
    who = identity(supervisor.pid("program"))
    assert who is not None
    await supervisor.stop_all()
    assert not is_alive(who)


async def test_death_of_a_part_takes_its_children_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    """What a part had started does not live on beside the part's successor."""
    child = "import pathlib, subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1)\n"
    text = child + "pathlib.Path(sys.argv[1] + '.child').write_text(str(p.pid))\n" + DRAINING
    await supervisor.start(program(tmp_path, text))
    grandchild = identity(int((tmp_path / "state.child").read_text()))
    assert grandchild is not None
    await supervisor.kill("program")
    await supervisor.wait_ready("program")
    wait_until(lambda: not is_alive(grandchild), "the grandchild is gone")


async def test_failed_start_quotes_the_log(supervisor: Supervisor, tmp_path: Path) -> None:
    """The error holds the exit status and what the program said last."""
    with pytest.raises(StackError, match=r"ended with 7 before it was ready(.|\n)*no such vocabulary"):
        await supervisor.start(program(tmp_path, "import sys; print('no such vocabulary'); sys.exit(7)"))


async def test_program_run_to_its_end_tells_its_lines_and_its_failure(tmp_path: Path) -> None:
    """Lines arrive one by one and stand in the log; a status other than 0 is an error that quotes it."""
    lines: list[str] = []
    text = "import sys; print('one', flush=True); print('two', file=sys.stderr); sys.exit(int(sys.argv[1]))"
    log = tmp_path / "migrate.log"
    await run_once("migrate", (sys.executable, "-c", text, "0"), {}, log, told=lines.append)
    assert lines == ["one", "two"]
    with pytest.raises(StackError, match=r"migrate failed with exit status 4(.|\n)*two"):
        await run_once("migrate", (sys.executable, "-c", text, "4"), {}, log)


async def test_cancelled_program_is_ended(tmp_path: Path) -> None:
    """Whoever gives up waiting leaves no program behind."""
    told = asyncio.Event()
    lines: list[str] = []
    text = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"

    def hear(line: str) -> None:
        lines.append(line)
        told.set()

    run = asyncio.create_task(run_once("long", (sys.executable, "-c", text), {}, tmp_path / "long.log", told=hear))
    await asyncio.wait_for(told.wait(), 30)
    who = identity(int(lines[0]))
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert who is not None
    assert not is_alive(who)


async def test_grpc_part_is_ready_when_its_health_says_serving() -> None:
    """Nobody there and NOT_SERVING are not ready; SERVING is."""
    server = grpc.aio.server()
    servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    probe = grpc_serving(f"127.0.0.1:{port}")
    await servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    await server.start()
    assert not await probe()
    await servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    assert await probe()
    await server.stop(None)
    assert not await probe()


@pytest.mark.parametrize(("status", "ready"), [("200 OK", True), ("503 Service Unavailable", False)])
async def test_http_part_is_ready_when_it_answers_200(status: str, ready: bool) -> None:
    """503 and nobody there are not ready."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        assert await http_ok(port, "/readyz")() is ready
    assert not await http_ok(port, "/readyz")()


def test_guard_starts_nothing_for_a_parent_that_is_gone() -> None:
    """A program whose supervisor died between fork and exec is not started at all."""
    command = (sys.executable, "-I", "-S", str(GUARD), "1", "9", "-1", "-1", "/bin/echo", "started")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "started" not in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_guard_gives_up_every_privilege() -> None:
    """The program runs as the account alone: no other user, group or supplementary group."""
    account = unprivileged()
    assert account is not None
    numbers = (str(os.getpid()), "9", str(account.uid), str(account.gid))
    command = (sys.executable, "-I", "-S", str(GUARD), *numbers, "/bin/cat", str(PROC / "self" / "status"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    fields = dict(line.split(":", 1) for line in done.stdout.splitlines())
    assert set(fields["Uid"].split()) == {str(account.uid)}
    assert set(fields["Gid"].split()) == {str(account.gid)}
    assert fields["Groups"].split() == []
    assert int(fields["CapEff"], 16) == 0
