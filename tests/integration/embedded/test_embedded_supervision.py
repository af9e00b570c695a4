"""The supervisor as a process: refused twice, stopped cleanly, killed without orphans, as root and as a normal user."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.embedded.credentials import load_or_create
from deploy.embedded.folders import VarFolder
from deploy.embedded.parts import ROOT
from deploy.embedded.ports import is_free
from deploy.embedded.postgres import PostgresAccess
from deploy.embedded.processes import PROC
from tests.integration.embedded.stack_process import StackProcess, StartStack, wait_until

NORMAL_USER = 65534


def dsn(stack: StackProcess) -> str:
    """The owner's DSN of the database of profiles, from the var folder's files."""
    kept = load_or_create(VarFolder(stack.var_dir))
    return PostgresAccess(stack.ports()["postgres"], kept.postgres_superuser, kept.postgres_roles).dsn(
        "profiles", "owner"
    )


def alive(pid: int) -> bool:
    """Whether a process with this number exists and is no zombie."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_second_supervisor_is_refused(start_stack: StartStack, var_dir: Path) -> None:
    """While one runs another on the same folder says who runs, exits, and disturbs nothing."""
    first = start_stack(var_dir)
    first.wait_up()
    parts = first.parts()
    second = start_stack(var_dir)
    output, _ = second.process.communicate(timeout=60)
    assert second.process.returncode == 3
    assert f"already running (process {first.process.pid})" in output
    assert first.parts() == parts
    assert all(alive(pid) for pid in parts.values())
    assert first.end(signal.SIGINT) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_everything(start_stack: StartStack, var_dir: Path, number: signal.Signals) -> None:
    """Ctrl-C, a process manager's SIGTERM and a closed terminal end all parts, then the supervisor with status 0."""
    stack = start_stack(var_dir)
    stack.wait_up()
    parts, ports = stack.parts(), stack.ports()
    assert set(parts) == {"postgres", "nats"}
    assert stack.end(number) == 0
    assert not [part for part, pid in parts.items() if alive(pid)]
    assert all(is_free(port) for port in ports.values())
    assert "database system is shut down" in VarFolder(var_dir).log("postgres").read_text()


def test_signal_during_the_start_stops_what_has_begun(start_stack: StartStack, var_dir: Path) -> None:
    """Ctrl-C before everything is up leaves nothing behind, and the next start works."""
    stack = start_stack(var_dir)
    assert stack.process.stdout is not None
    assert any("... nats" in line for line in stack.process.stdout)
    assert stack.end(signal.SIGINT) == 0
    assert stack.parts() == {}
    again = start_stack(var_dir)
    again.wait_up()
    assert again.end(signal.SIGINT) == 0


def test_killed_supervisor_leaves_no_orphan(start_stack: StartStack, var_dir: Path) -> None:
    """kill -9 of the supervisor takes all parts with it; the next start finds every committed row."""
    stack = start_stack(var_dir)
    stack.wait_up()
    parts, ports = stack.parts(), stack.ports()
    with psycopg.connect(dsn(stack), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 100) AS n")
    assert stack.end(signal.SIGKILL) == -signal.SIGKILL
    wait_until(lambda: not any(alive(pid) for pid in parts.values()), "all parts are gone")
    wait_until(lambda: all(is_free(port) for port in ports.values()), "all ports are free")
    again = start_stack(var_dir)
    again.wait_up()
    assert again.ports() == ports
    with psycopg.connect(dsn(again)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (100,)
    assert again.end(signal.SIGTERM) == 0


def test_start_at_once_after_a_kill_works(start_stack: StartStack, var_dir: Path) -> None:
    """Parts of a killed supervisor that are still ending do not disturb the next one."""
    for _ in range(3):
        stack = start_stack(var_dir)
        stack.wait_up()
        stack.end(signal.SIGKILL)
    last = start_stack(var_dir)
    last.wait_up()
    assert last.end(signal.SIGINT) == 0


def test_stale_postmaster_file_of_another_process_is_no_hindrance(start_stack: StartStack, var_dir: Path) -> None:
    """A postmaster.pid whose number belongs to somebody else by now does not keep PostgreSQL from starting."""
    stack = start_stack(var_dir)
    stack.wait_up()
    data = Path(os.readlink(PROC / str(stack.parts()["postgres"]) / "cwd"))
    lock_file = data / "postmaster.pid"
    text, owner = lock_file.read_text(), lock_file.stat()
    stack.end(signal.SIGINT)
    user = owner.st_uid if os.geteuid() == 0 else None
    stranger = subprocess.Popen(("/bin/sleep", "600"), user=user)
    try:
        lock_file.write_text("\n".join([str(stranger.pid), *text.splitlines()[1:], ""]))
        os.chown(lock_file, owner.st_uid, owner.st_gid)
        again = start_stack(var_dir)
        again.wait_up()
        assert again.end(signal.SIGINT) == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.fixture
def normal_users_folder() -> Iterator[Path]:
    """A folder that belongs to a user who is not root."""
    folder = Path(tempfile.mkdtemp(prefix="polku test "))
    os.chown(folder, NORMAL_USER, NORMAL_USER)
    yield folder
    shutil.rmtree(folder)


def python_of_normal_user() -> str:
    """A Python that this user may run with the checkout and its packages; skips the test when there is none."""
    site = sysconfig.get_path("purelib")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        try:
            tried = subprocess.run(
                (python, "-c", "import deploy.embedded.stack"),
                env={"PYTHONPATH": f"{ROOT}:{site}", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
                user=NORMAL_USER, group=NORMAL_USER, extra_groups=[], cwd="/", capture_output=True, timeout=60,
                check=False,
            )  # fmt: skip
        except OSError:
            continue
        if tried.returncode == 0:
            return python
    pytest.skip(f"NOT TESTED AS A NORMAL USER: user id {NORMAL_USER} can run no Python with {ROOT} and {site}")


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test here already runs as a normal user")
def test_stack_runs_as_a_normal_user_too(start_stack: StartStack, normal_users_folder: Path) -> None:
    """As another user the databases lie inside the var folder; twice in a row; no orphan after kill -9."""
    python, packages = python_of_normal_user(), sysconfig.get_path("purelib")
    var_dir = normal_users_folder / "var"
    first = start_stack(var_dir, python=python, user=NORMAL_USER, path=packages)
    first.wait_up()
    parts = first.parts()
    assert {(PROC / str(pid)).stat().st_uid for pid in parts.values()} == {NORMAL_USER}
    assert (var_dir / "postgres" / "data" / "PG_VERSION").read_text().strip() == "18"
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    wait_until(lambda: not any(alive(pid) for pid in parts.values()), "all parts are gone")
    second = start_stack(var_dir, python=python, user=NORMAL_USER, path=packages)
    second.wait_up()
    assert second.end(signal.SIGINT) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can close a folder to everybody else")
def test_roots_var_folder_may_lie_where_only_root_may_enter(start_stack: StartStack, var_dir: Path) -> None:
    """PostgreSQL's user needs no way into the var folder, its processes are not root's, and its port answers."""
    var_dir.parent.mkdir(mode=0o700, parents=True)
    stack = start_stack(var_dir)
    stack.wait_up()
    assert (PROC / str(stack.parts()["postgres"])).stat().st_uid != 0
    with socket.create_connection(("127.0.0.1", stack.ports()["postgres"]), timeout=10):
        pass
    assert stack.end(signal.SIGINT) == 0
