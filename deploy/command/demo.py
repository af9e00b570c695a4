"""Loading the demo city through the public API, and printing what it answers."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from deploy import demo as data
from deploy.command import show
from deploy.command.api import Api, Refused, opening_path
from deploy.command.failures import CommandError
from deploy.embedded import sign_in
from deploy.embedded.folders import read_json, write_json
from deploy.embedded.progress import Progress
from deploy.embedded.stack import EmbeddedStack
from deploy.issuer.passwords import hash_password

COUNSELLOR = "demo-counsellor"
UNIT = "iso-omena"
PUBLISHER = "tyopolku"
"""The partner system with the most vacancies; PUBLISHER_USER signs in to the pages for it."""
PUBLISHER_USER = "demo-publisher"
KEPT = "demo.json"
"""What the demo keeps below the var folder: its password, and whose profile is which."""
AT_ONCE = 6
"""Calls under way at a time: a few keep two cores busy."""
PATIENCE = 120.0
"""Seconds until every text of the demo must have been read."""
EXCLUDED_SHOWN = 3
Item = TypeVar("Item")


@dataclass(frozen=True)
class Resident:
    """A person of the demo, as loaded."""

    person: data.DemoPerson
    profile: str
    token: str


@dataclass(frozen=True)
class City:
    """The demo city as loaded. `password` opens every demo account on the pages."""

    residents: tuple[Resident, ...]
    openings: int
    password: str


async def load_city(stack: EmbeddedStack, progress: Progress) -> City:
    """Publishes the openings, creates or updates the people, and waits until all texts have been read.

    Loading again changes nothing but dates. Raises CommandError where the API refuses something.
    """
    loader = _Loader(stack, progress)
    await loader.publishers()
    count = await loader.openings()
    city = await loader.people(count)
    await loader.until_read(city)
    return city


async def print_city(console: Console, stack: EmbeddedStack, city: City) -> None:
    """Prints, for each person, the first five matches with their reasons, and what was left out and why."""
    console.print(f"\n{len(city.residents)} people, {city.openings} openings")
    for resident in city.residents:
        console.print(f"\n[bold]{resident.person.key}[/]  {resident.person.note}", highlight=False, soft_wrap=True)
        async with Api(stack.endpoints.gateway, token=resident.token) as api:
            path = f"/v1/profiles/{resident.profile}"
            show.matches(console, await api.get(f"{path}/matches", language="en", page_size=5))
            left_out = await api.get(f"{path}/excluded", language="en", page_size=EXCLUDED_SHOWN)
            show.excluded(console, left_out, most=EXCLUDED_SHOWN)
    names = ", ".join(resident.person.key for resident in city.residents[:3])
    console.print(
        f"\nSign in to the pages as {COUNSELLOR}, {PUBLISHER_USER}, {names} … with the password {city.password}",
        soft_wrap=True,
    )


class _Loader:
    def __init__(self, stack: EmbeddedStack, progress: Progress) -> None:
        self._stack = stack
        self._progress = progress
        self._gateway = stack.endpoints.gateway
        self._operator = stack.endpoints.tokens.operator

    async def publishers(self) -> None:
        keys = dict(self._stack.endpoints.publisher_keys)
        async with Api(self._gateway, token=self._operator) as api:
            for publisher in data.publishers():
                if publisher.id in keys:
                    continue
                try:
                    await api.post("/v1/publishers", {"id": publisher.id, "displayName": publisher.name})
                except Refused as error:
                    if error.reason != "PUBLISHER_EXISTS":
                        raise
                keys[publisher.id] = (await api.post(f"/v1/publishers/{publisher.id}/keys"))["key"]
        replace(self._stack.endpoints, publisher_keys=keys).save(self._stack.var.root)

    async def openings(self) -> int:
        keys = self._stack.endpoints.publisher_keys
        found = data.openings(date.today())
        async with AsyncExitStack() as opened:
            apis = {name: await opened.enter_async_context(Api(self._gateway, key=key)) for name, key in keys.items()}

            async def publish(opening: data.DemoOpening) -> None:
                path = opening_path(opening.publisher, opening.kind, opening.external_id)
                await apis[opening.publisher].put(path, opening.body)

            await self._each("publish openings", found, publish)
        return len(found)

    async def people(self, openings: int) -> City:
        known = read_json(self._stack.var.root / KEPT).get("profiles", {})
        residents: dict[str, Resident] = {}

        async def settle(person: data.DemoPerson) -> None:
            token = self._stack.issuer.token(f"demo-{person.key}", "seeker")
            async with Api(self._gateway, token=token) as api:
                profile = await _settled(api, person, known.get(person.key, ""))
                await api.patch(f"/v1/profiles/{profile}/identity", person.identity)
            residents[person.key] = Resident(person, profile, token)

        found = data.people(date.today())
        await self._each("create profiles", found, settle)
        city = City(tuple(residents[person.key] for person in found), openings, _password(self._stack.var.root))
        await self._assign([each for each in city.residents if each.person.key not in known])
        self._keep_credentials(city)
        return city

    async def until_read(self, city: City) -> None:
        async def read(resident: Resident) -> None:
            deadline = asyncio.get_running_loop().time() + PATIENCE
            async with Api(self._gateway, token=resident.token) as api:
                while (await api.get(f"/v1/profiles/{resident.profile}/matches", page_size=1)).get("pending"):
                    if asyncio.get_running_loop().time() > deadline:
                        log = self._stack.var.log("encoder")
                        raise CommandError(f"The encoder has not read all texts in {PATIENCE:.0f} s; see {log}.")
                    await asyncio.sleep(0.3)

        await self._each("read all texts", city.residents, read, at_once=1)

    async def _assign(self, residents: Iterable[Resident]) -> None:
        async with Api(self._gateway, token=self._operator) as api:
            for resident in residents:
                body = {"counsellor": COUNSELLOR, "unit": UNIT}
                await api.post(f"/v1/profiles/{resident.profile}:assign", body)

    def _keep_credentials(self, city: City) -> None:
        hashed = hash_password(city.password)
        accounts = [
            {"user": COUNSELLOR, "subject": COUNSELLOR, "role": "counsellor", "unit": UNIT},
            {"user": PUBLISHER_USER, "subject": PUBLISHER_USER, "role": "publisher", "publisher": PUBLISHER},
        ]
        accounts += [
            {"user": each.person.key, "subject": f"demo-{each.person.key}", "role": "seeker"} for each in city.residents
        ]
        profiles = {each.person.key: each.profile for each in city.residents}
        write_json(self._stack.var.root / KEPT, {"password": city.password, "profiles": profiles})
        sign_in.save_accounts(self._stack.var.root, [{**account, "password_hash": hashed} for account in accounts])
        counsellor = self._stack.issuer.token(COUNSELLOR, "counsellor", unit=UNIT)
        seekers = {each.profile: each.token for each in city.residents}
        tokens = replace(self._stack.endpoints.tokens, counsellor=counsellor, seekers=seekers)
        replace(self._stack.endpoints, tokens=tokens).save(self._stack.var.root)

    async def _each(
        self, name: str, items: Iterable[Item], work: Callable[[Item], Awaitable[None]], *, at_once: int = AT_ONCE
    ) -> None:
        """Does the work for all items, some at once, as one step of the progress."""
        gate = asyncio.Semaphore(at_once)
        began = asyncio.get_running_loop().time()
        self._progress.began(name)

        async def one(item: Item) -> None:
            async with gate:
                await work(item)

        async with asyncio.TaskGroup() as group:
            for item in items:
                group.create_task(one(item))
        self._progress.done(name, asyncio.get_running_loop().time() - began)


async def _settled(api: Api, person: data.DemoPerson, profile: str) -> str:
    """The id of the person's profile, created or brought up to date."""
    if not profile:
        stored: dict[str, Any] = await api.post("/v1/profiles", person.body)
        return str(stored["name"]).removeprefix("profiles/")
    await api.patch(f"/v1/profiles/{profile}", person.body)
    return profile


def _password(var: Path) -> str:
    """The password of the demo accounts: made at the first load, kept beside the other secrets."""
    return str(read_json(var / KEPT).get("password") or secrets.token_urlsafe(9))
