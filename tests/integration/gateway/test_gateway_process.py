"""The gateway as a process: it starts from its environment, answers, drains and ends."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.embedded.issuer import DevIssuer
from deploy.issuer.passwords import verify_password
from tests.fakes.gateway_services import FakeServices
from tests.fakes.gateway_site import SECRET, new_key, write_accounts
from tests.integration.gateway.browsing import send_credentials

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "services.gateway"]
ISSUER_COMMAND = [sys.executable, "-m", "deploy.issuer"]
PATIENCE_S = 30


def environment(**more: str) -> dict[str, str]:
    """What every Python process here needs, and nothing of the gateway's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLKU_")}
    return {**kept, "PYTHONPATH": f"{ROOT}:{ROOT / 'protos' / 'gen'}", **more}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path, services: FakeServices) -> dict[str, str]:
    """A whole environment."""
    own, here, there = new_key(), free_port(), free_port()
    issuer = DevIssuer.load_or_create(tmp_path / "keys")
    issuers = {
        issuer.issuer: {"jwks_uri": f"http://127.0.0.1:{there}/jwks"},
        "polku:service:gateway": {"jwks": {"keys": [own.as_dict(private=False)]}},
    }
    (tmp_path / "issuers.json").write_text(json.dumps({"issuers": issuers}))
    (tmp_path / "gateway.json").write_text(json.dumps(own.as_dict(private=True)))
    registration = {
        "issuer": issuer.issuer,
        "client_id": "gateway",
        "client_secret": SECRET,
        "redirect_uri": f"http://127.0.0.1:{here}/sign-in/callback",
        "authorization_endpoint": f"http://127.0.0.1:{there}/authorize",
        "token_endpoint": f"http://127.0.0.1:{there}/token",
    }
    (tmp_path / "openid.json").write_text(json.dumps(registration))
    return {
        "POLKU_LISTEN": f"127.0.0.1:{here}",
        **{f"POLKU_{name.upper()}_ADDRESS": address for name, address in services.addresses.items()},
        "POLKU_TOKEN_ISSUERS_FILE": str(tmp_path / "issuers.json"),
        "POLKU_SERVICE_KEY_FILE": str(tmp_path / "gateway.json"),
        "POLKU_OPENID_FILE": str(tmp_path / "openid.json"),
        "POLKU_LOG_FORMAT": "json",
    }


@pytest.fixture
def issuer(settings: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The running development issuer, at the address that the gateway is told of."""
    registration = json.loads((tmp_path / "openid.json").read_text())
    url = registration["token_endpoint"].removesuffix("/token")
    own = {
        "POLKU_LISTEN": url.removeprefix("http://"),
        "POLKU_ISSUER_KEYS_DIR": str(tmp_path / "keys"),
        "POLKU_ISSUER_ACCOUNTS_FILE": str(write_accounts(tmp_path)),
        "POLKU_OPENID_FILE": settings["POLKU_OPENID_FILE"],
    }
    with (tmp_path / "issuer.log").open("wb") as log:
        started = subprocess.Popen([*ISSUER_COMMAND, "serve"], env=environment(**own), stderr=log, cwd=ROOT)
        try:
            yield url
        finally:
            started.kill()
            started.wait()


@pytest.fixture
def process(settings: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The running process; its log is in gateway.log."""
    with (tmp_path / "gateway.log").open("wb") as log:
        started = subprocess.Popen([*COMMAND, "serve"], env=environment(**settings), stderr=log, cwd=ROOT)
        try:
            yield started
        finally:
            started.kill()
            started.wait()


async def until_alive(client: httpx.AsyncClient, process: subprocess.Popen[bytes]) -> None:
    """Wait until the process answers."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        assert process.poll() is None, "the gateway has ended"
        assert asyncio.get_running_loop().time() < deadline, f"no answer within {PATIENCE_S} s"
        try:
            await client.get("/healthz")
            return
        except httpx.TransportError:
            await asyncio.sleep(0.05)


async def until_ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of the process and return its code."""
    return await asyncio.wait_for(asyncio.to_thread(process.wait), PATIENCE_S)


async def test_the_process_serves_and_ends_on_sigterm(
    settings: dict[str, str], process: subprocess.Popen[bytes], issuer: str, tmp_path: Path
) -> None:
    """Ready with its services, pages with __Host- cookies, and after SIGTERM code 0 with the port closed.

    Signing in goes to the issuer and back, whose keys the gateway has fetched.
    """
    async with httpx.AsyncClient(base_url=f"http://{settings['POLKU_LISTEN']}", timeout=PATIENCE_S) as client:
        await until_alive(client, process)
        assert (await client.get("/readyz")).status_code == 200
        async with httpx.AsyncClient(base_url=issuer) as other:
            await until_alive(other, process)
        signed_in = await signed_in_once_keys_are_there(client, issuer)
        assert signed_in.headers["location"] == "/caseload"
        caseload = await client.get("/caseload", headers={"Cookie": signed_in.headers["set-cookie"].split(";")[0]})
        assert "K-1042" in caseload.text
        process.send_signal(signal.SIGTERM)
        assert await until_ended(process) == 0
        with pytest.raises(httpx.TransportError):
            await client.get("/healthz")
    events = [json.loads(line)["event"] for line in (tmp_path / "gateway.log").read_text().splitlines()]
    assert "gateway.stopped" in events
    assert "request.answered" in events


async def signed_in_once_keys_are_there(client: httpx.AsyncClient, issuer: str) -> httpx.Response:
    """Sign in as the counsellor; again while the gateway waits for the issuer, which it looks for every ten seconds."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        begun = await client.get("/sign-in")
        cookie = begun.headers["set-cookie"]
        assert cookie.startswith("__Host-sid=")
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
        assert begun.headers["strict-transport-security"].startswith("max-age=")
        assert "server" not in begun.headers
        assert begun.headers["location"].startswith(issuer)
        sent = await send_credentials(client, await client.get(begun.headers["location"]), "counsellor")
        found = await client.get(sent.headers["location"], headers={"Cookie": cookie.split(";")[0]})
        if found.headers["location"] != "/sign-in/refused":
            return found
        assert asyncio.get_running_loop().time() < deadline, "the gateway does not believe the issuer"


async def test_what_is_being_answered_is_finished_first(
    settings: dict[str, str], process: subprocess.Popen[bytes], services: FakeServices
) -> None:
    """A request whose body is still coming when SIGTERM arrives gets its answer before the process ends."""
    host, _, port = settings["POLKU_LISTEN"].partition(":")
    async with httpx.AsyncClient(base_url=f"http://{settings['POLKU_LISTEN']}") as client:
        await until_alive(client, process)
    reader, writer = await asyncio.open_connection(host, int(port))
    body = b'{"titles": [{"language": "fi", "text": "Viimeinen"}], "vacancy": {}}'
    head = (
        f"PUT /v1/publishers/kielo/vacancies/last HTTP/1.1\r\nHost: x\r\nX-API-Key: kid.{'s' * 43}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body[:10])
    await writer.drain()
    async with asyncio.timeout(PATIENCE_S):
        # A second request on another connection proves that the first one has been taken up.
        async with httpx.AsyncClient(base_url=f"http://{settings['POLKU_LISTEN']}") as client:
            await client.get("/healthz")
        process.send_signal(signal.SIGTERM)
        writer.write(body[10:])
        await writer.drain()
        assert b" 201 " in await reader.readline()
    writer.close()
    assert await until_ended(process) == 0


async def test_missing_settings_are_all_named_at_once() -> None:
    """Without its environment the process ends with code 2 and says every name that it needs."""
    ended = await asyncio.to_thread(
        subprocess.run, [*COMMAND, "serve"], env=environment(), capture_output=True, cwd=ROOT, timeout=PATIENCE_S
    )
    assert ended.returncode == 2
    for name in ("LISTEN", "PROFILES_ADDRESS", "OPENINGS_ADDRESS", "MATCHING_ADDRESS", "TOKEN_ISSUERS_FILE"):
        assert f"POLKU_{name}" in ended.stderr.decode()


async def test_a_password_is_hashed_for_the_file() -> None:
    """`hash-password` reads a line and prints a hash that fits it; other arguments print the usage."""
    ended = await asyncio.to_thread(
        subprocess.run,
        [*ISSUER_COMMAND, "hash-password"],
        env=environment(),
        input=b"a password\n",
        capture_output=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
    )
    assert verify_password("a password", ended.stdout.decode().strip())
    wrong = await asyncio.to_thread(
        subprocess.run,
        [*ISSUER_COMMAND, "nothing"],
        env=environment(),
        capture_output=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
    )
    assert b"usage" in wrong.stderr
