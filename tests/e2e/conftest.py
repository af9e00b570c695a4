"""The whole stack with the demo city in it, as `make demo` starts it: real processes, the real model."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from deploy.command.api import Api
from deploy.command.demo import COUNSELLOR, UNIT, City, Resident, load_city
from deploy.embedded.model.build import ensure_model
from deploy.embedded.progress import Silent
from deploy.embedded.stack import EmbeddedStack

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 15.0
"""Seconds until something must have happened: many times what it takes, on a busy machine."""
Found = TypeVar("Found")


@dataclass(frozen=True)
class Espoo:
    """The running city."""

    stack: EmbeddedStack
    city: City

    @property
    def gateway(self) -> str:
        """The gateway's URL."""
        return self.stack.endpoints.gateway

    def resident(self, key: str) -> Resident:
        """A person of the demo."""
        return next(each for each in self.city.residents if each.person.key == key)

    def seeker(self, key: str) -> Api:
        """The API as a person of the demo."""
        return Api(self.gateway, token=self.resident(key).token)

    def counsellor(self, subject: str = COUNSELLOR) -> Api:
        """The API as a counsellor."""
        return Api(self.gateway, token=self.stack.issuer.token(subject, "counsellor", unit=UNIT))

    def operator(self) -> Api:
        """The API as an operator."""
        return Api(self.gateway, token=self.stack.endpoints.tokens.operator)

    def partner(self, publisher: str) -> Api:
        """The API as a publisher of the demo."""
        return Api(self.gateway, key=self.stack.endpoints.publisher_keys[publisher])


@pytest.fixture(scope="session")
async def espoo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Espoo]:
    """The stack, up and loaded; the model comes from the checkout's `var` and is built there when it is missing."""
    model = await asyncio.to_thread(ensure_model, ROOT / "var", lambda _: None)
    folder = tmp_path_factory.mktemp("espoo")
    stack = EmbeddedStack(folder / "var", system_dir=Path("/var/lib/polku-tests"), model_dir=model, keep_data=False)
    async with stack:
        yield Espoo(stack, await load_city(stack, Silent()))


async def until(look: Callable[[], Awaitable[Found | None]], what: str, within: float = PATIENCE) -> Found:
    """What `look` finds, once it finds something; fails after `within` seconds."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + within
    while True:
        found = await look()
        if found:
            return found
        if clock() > deadline:
            pytest.fail(f"not within {within:.0f} s: {what}")
        await asyncio.sleep(0.02)
