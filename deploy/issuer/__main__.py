"""`python -m deploy.issuer serve` signs people in for development; `hash-password` makes a hash for an account."""

import json
import os
import sys
from datetime import UTC, datetime

import uvicorn

from deploy.embedded.issuer import DevIssuer
from deploy.issuer.accounts import Accounts
from deploy.issuer.app import build_app
from deploy.issuer.passwords import hash_password
from deploy.issuer.provider import Client
from deploy.issuer.settings import IssuerSettings
from shared.runtime.env import SettingsError, read_settings


def serve() -> None:
    """Answer until a signal."""
    settings = read_settings(IssuerSettings, os.environ)
    host, _, port = settings.listen.rpartition(":")
    client = json.loads(settings.openid_file.read_text(encoding="utf-8"))
    app = build_app(
        DevIssuer.load_or_create(settings.keys_dir),
        Accounts(settings.accounts_file),
        Client(client["client_id"], client["client_secret"], frozenset({client["redirect_uri"]})),
        f"http://{settings.listen}",
        lambda: datetime.now(UTC),
    )
    uvicorn.run(app, host=host, port=int(port), http="h11", ws="none", lifespan="off", log_level="warning")


def main(arguments: list[str]) -> None:
    """Run the command named by the arguments."""
    if arguments == ["serve"]:
        try:
            serve()
        except SettingsError as error:
            raise SystemExit(str(error)) from None
    elif arguments == ["hash-password"]:
        sys.stdout.write(hash_password(sys.stdin.readline().rstrip("\n")) + "\n")
    else:
        raise SystemExit("usage: python -m deploy.issuer serve | hash-password (reads the password from stdin)")


if __name__ == "__main__":
    main(sys.argv[1:])
