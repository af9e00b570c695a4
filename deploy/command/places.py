"""Where the command finds the running stack: the checkout's `var/`, or what POLKU_VAR names."""

import os
from pathlib import Path

from deploy.command.failures import CommandError
from deploy.embedded.endpoints import Endpoints
from deploy.embedded.errors import StackError
from deploy.embedded.folders import is_running
from deploy.embedded.issuer import DevIssuer

CHECKOUT = Path(__file__).resolve().parents[2]


def var_dir() -> Path:
    """The folder in which the embedded stack keeps its files."""
    return Path(os.environ.get("POLKU_VAR") or CHECKOUT / "var")


def endpoints() -> Endpoints:
    """The addresses of the running stack. CommandError when it does not run."""
    if not is_running(var_dir()):
        raise CommandError(f"Polku does not run on {var_dir()}. Start it in another terminal: polku up")
    try:
        return Endpoints.load(var_dir())
    except StackError as error:
        raise CommandError(str(error)) from error


def issuer() -> DevIssuer:
    """The development issuer of the stack on this folder."""
    return DevIssuer.load_or_create(var_dir() / "keys")
