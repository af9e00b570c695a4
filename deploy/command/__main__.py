"""`polku`: start the embedded stack, publish, look at matches. `polku --help` lists the commands."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.command import publishing, show, stack
from deploy.command.api import Api
from deploy.command.failures import CommandError
from deploy.command.places import endpoints, issuer
from deploy.embedded.errors import StackError

app = typer.Typer(
    name="polku",
    help="Polku, the case matching of a city's employment and integration services.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()

Language = Annotated[str, typer.Option("--language", "-l", help="fi, sv or en.")]
AsRole = Annotated[str, typer.Option("--as", help="Whose credentials to use: counsellor, operator or seeker.")]
Token = Annotated[str, typer.Option("--token", envvar="POLKU_TOKEN", help="A token of your own, instead of --as.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's JSON answer.")]


@app.command()
def up() -> None:
    """Start everything and keep it running until Ctrl-C."""
    asyncio.run(stack.up(console))


@app.command()
def demo(once: Annotated[bool, typer.Option("--once", help="Stop everything again at the end.")] = False) -> None:
    """Start everything, load the demo city and print its matches."""
    asyncio.run(stack.demo(console, once=once))


@app.command()
def clean() -> None:
    """Delete what the embedded stack keeps: databases, streams, model, credentials."""
    asyncio.run(stack.clean(console))


@app.command()
def token(
    role: Annotated[str, typer.Argument(help="seeker, counsellor, operator or auditor.")],
    subject: Annotated[str, typer.Argument(help="Opaque user id; never a name.")],
    unit: Annotated[str, typer.Option(help="A counsellor's unit.")] = "",
) -> None:
    """Print a development token of a user in a role."""
    if role not in ("seeker", "counsellor", "operator", "auditor"):
        raise CommandError(f"{role!r} is not a role: take seeker, counsellor, operator or auditor.")
    typer.echo(issuer().token(subject, role, unit=unit))


@app.command()
def publish(
    file: Annotated[Path, typer.Argument(help="schema.org JSON-LD, or JSON with kind, external_id and opening.")],
    publisher: Annotated[str, typer.Option(help="Publisher's id; its key is taken from var/endpoints.json.")],
) -> None:
    """Publish openings from a file under a publisher's key; prints a line for each."""
    _run(lambda: publishing.publish(console, file, publisher))


@app.command()
def matches(
    profile: str, language: Language = "en", role: AsRole = "seeker", token: Token = "", as_json: AsJson = False
) -> None:
    """Print a person's matches with the reasons, and what was left out."""
    _run(lambda: _matches(profile, language, token or _token(role, profile), as_json))


@app.command()
def explain(
    profile: str,
    opening: str,
    language: Language = "en",
    role: AsRole = "seeker",
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Print one person beside one opening, requirement by requirement."""
    _run(lambda: _explain(profile, opening, language, token or _token(role, profile), as_json))


@app.command()
def health() -> None:
    """Say whether the gateway and the services behind it are ready; exit status 1 when not."""
    _run(_health)


async def _matches(profile: str, language: str, token: str, as_json: bool) -> None:
    bare = profile.removeprefix("profiles/")
    async with Api(endpoints().gateway, token=token) as api:
        listed = await api.get(f"/v1/profiles/{bare}/matches", language=language, page_size=5)
        excluded = await api.get(f"/v1/profiles/{bare}/excluded", language=language, page_size=5)
    if as_json:
        typer.echo(json.dumps({"matches": listed, "excluded": excluded}, indent=2, ensure_ascii=False))
        return
    show.matches(console, listed)
    show.excluded(console, excluded)


async def _explain(profile: str, opening: str, language: str, token: str, as_json: bool) -> None:
    bare = profile.removeprefix("profiles/")
    async with Api(endpoints().gateway, token=token) as api:
        path = f"/v1/profiles/{bare}/matches/{opening.removeprefix('openings/')}"
        answer = await api.get(path, language=language)
    if as_json:
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
        return
    show.comparison(console, answer)


def _token(role: str, profile: str) -> str:
    known = endpoints().tokens
    seekers = known.seekers.get(profile.removeprefix("profiles/"), "")
    found = {"seeker": seekers, "counsellor": known.counsellor, "operator": known.operator}.get(role, "")
    if not found:
        raise CommandError(
            f"var/endpoints.json has no {role} token for profile {profile}. Take another with --as, or give --token."
        )
    return found


async def _health() -> None:
    async with Api(endpoints().gateway) as api:
        answer = await api.get("/readyz")
    typer.echo(json.dumps(answer))


def _run(work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await work()

    asyncio.run(main())


def main() -> None:
    """Runs the command; a failure that the user can mend is one text on standard error and exit status 1."""
    try:
        app()
    except (CommandError, StackError) as error:
        typer.echo(f"polku: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
