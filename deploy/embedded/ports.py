"""A free port of 127.0.0.1 for each part, the same one as last time while it is still free."""

import random
import socket
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from deploy.embedded.errors import StackError
from deploy.embedded.folders import read_json, write_json

HOST = "127.0.0.1"
LOWEST, HIGHEST = 20000, 32000
"""Below Linux's usual range of outgoing ports (32768-60999), so that no connection of ours takes a part's port
between the choice and its start."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a connection in TIME_WAIT is no hindrance, a listener is.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(
    names: Iterable[str],
    kept: Mapping[str, object],
    free: Callable[[int], bool] = is_free,
    draw: Callable[[], int] = lambda: random.randrange(LOWEST, HIGHEST),  # noqa: S311 (no secret)
) -> dict[str, int]:
    """A port per name, all different: the kept one while it is free, else a drawn one."""
    chosen: dict[str, int] = {}
    for name in names:
        former = kept.get(name)
        if isinstance(former, int) and former not in chosen.values() and free(former):
            chosen[name] = former
            continue
        reserved = {port for port in kept.values() if isinstance(port, int)}
        tries = (draw() for _ in range(1000))
        port = next((port for port in tries if port not in reserved | set(chosen.values()) and free(port)), None)
        if port is None:
            raise StackError(
                f"No free port of {HOST} between {LOWEST} and {HIGHEST} was found for {name}: stop other servers."
            )
        chosen[name] = port
    return chosen


def assign(path: Path, names: Iterable[str]) -> dict[str, int]:
    """Chooses ports and keeps them in the file; ports of names that are not asked for now stay kept there."""
    kept = read_json(path)
    chosen = choose(names, kept)
    write_json(path, {**kept, **chosen})
    return chosen
