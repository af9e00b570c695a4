"""Ports of the embedded stack: free, different, and the same as last time."""

import json
import socket
from itertools import count
from pathlib import Path

import pytest

from deploy.embedded.errors import StackError
from deploy.embedded.ports import HIGHEST, LOWEST, assign, choose, is_free


def test_kept_port_is_used_again_while_it_is_free() -> None:
    """A port of the last run is taken again when nobody listens on it."""
    assert choose(["gateway"], {"gateway": 21000}, free=lambda port: True, draw=lambda: 22000) == {"gateway": 21000}


def test_taken_port_is_replaced() -> None:
    """A port of the last run that somebody else uses now gives way to a drawn one."""
    chosen = choose(["gateway"], {"gateway": 21000}, free=lambda port: port != 21000, draw=lambda: 22000)
    assert chosen == {"gateway": 22000}


def test_no_two_names_share_a_port() -> None:
    """Neither a drawn nor a kept port is given out twice, and a drawn one spares those kept for others."""
    draws = iter([21000, 22000, 22000, 23000])
    kept = {"nats": 21000, "openings": 21000}
    chosen = choose(["gateway", "nats", "openings"], kept, free=lambda port: True, draw=lambda: next(draws))
    assert chosen == {"gateway": 22000, "nats": 21000, "openings": 23000}


def test_no_free_port_at_all_is_an_error() -> None:
    """When every port is taken the search ends with an error that names the part."""
    numbers = count(LOWEST)
    with pytest.raises(StackError, match="gateway"):
        choose(["gateway"], {}, free=lambda port: False, draw=lambda: next(numbers))


def test_a_listened_port_is_not_free_and_a_closed_one_is() -> None:
    """is_free asks the kernel."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port)
    assert is_free(port)


def test_assigned_ports_are_written_down_and_stay(tmp_path: Path) -> None:
    """Two runs get the same ports, and a run with fewer parts forgets none."""
    path = tmp_path / "ports.json"
    first = assign(path, ["postgres", "nats"])
    assert all(LOWEST <= port < HIGHEST for port in first.values())
    assert assign(path, ["nats"]) == {"nats": first["nats"]}
    assert json.loads(path.read_text()) == first
    assert path.stat().st_mode & 0o777 == 0o600
