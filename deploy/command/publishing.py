"""`polku publish`: a partner's file, item by item; a bad item holds no other back."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from rich.console import Console

from deploy.command import show
from deploy.command.api import Api, opening_path
from deploy.command.failures import CommandError
from deploy.command.places import endpoints
from services.openings.adapters.schema_org import SchemaOrgMapper, items_of
from shared import vocabulary
from shared.kernel.errors import InvalidArgument

KINDS = {"vacancy": "vacancies", "training": "trainings", "service": "services"}


@dataclass(frozen=True)
class Item:
    """An item of a file: its path and body for the API, or what is wrong with it."""

    where: str
    kind: str = ""
    external_id: str = ""
    body: Any = None
    fault: str = ""


async def publish(console: Console, file: Path, publisher: str) -> None:
    """Publishes the file's openings under the publisher's key and prints a line for each.

    The file is schema.org JSON-LD (JobPosting, Course, Service; one, a list or an @graph), or JSON: one object or a
    list, each with kind (vacancies, trainings, services), external_id and opening (the API's JSON).
    CommandError where an item was refused; the others are published.
    """
    content = await asyncio.to_thread(_read, file)
    known = endpoints()
    key = known.publisher_keys.get(publisher)
    if key is None:
        there = ", ".join(sorted(known.publisher_keys)) or "none (polku demo makes some)"
        raise CommandError(f"There is no key of publisher {publisher!r}. Keys are there for: {there}.")
    refused = 0
    async with Api(known.gateway, key=key) as api:
        for item in _items(content):
            refused += not await _publish_one(console, api, publisher, item)
    if refused:
        raise CommandError(f"{refused} refused; the others are published.")


async def _publish_one(console: Console, api: Api, publisher: str, item: Item) -> bool:
    try:
        if item.fault:
            raise CommandError(item.fault)
        answer = await api.put(opening_path(publisher, item.kind, item.external_id), item.body)
    except CommandError as error:
        console.print(f"refused    {item.where}: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        return False
    console.print(f"{show.outcome(answer):<10} {item.external_id}  {answer['opening']['name']}", highlight=False)
    return True


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} cannot be read as JSON: {error}") from error


def _items(content: Any) -> Iterator[Item]:
    several = content if isinstance(content, list) else [content]
    if any(isinstance(each, dict) and ("@context" in each or "@type" in each or "@graph" in each) for each in several):
        yield from _schema_org_items(content)
        return
    for number, each in enumerate(several):
        where = f"item {number}"
        if isinstance(each, dict) and {"kind", "external_id", "opening"} <= set(each):
            yield Item(where, str(each["kind"]), str(each["external_id"]), each["opening"])
        else:
            yield Item(where, fault="it has no kind, external_id or opening, and is no schema.org item either.")


def _schema_org_items(content: Any) -> Iterator[Item]:
    mapper = SchemaOrgMapper(vocabulary.load())
    try:
        found = list(items_of(content))
    except InvalidArgument as error:
        raise CommandError(_told(error)) from error
    for each in found:
        try:
            opening = mapper.opening(each)
        except InvalidArgument as error:
            yield Item(each.pointer or "/", fault=_told(error))
            continue
        kind = KINDS[opening.WhichOneof("detail") or "vacancy"]
        yield Item(each.pointer or "/", kind, opening.external_id, MessageToDict(opening))


def _told(error: InvalidArgument) -> str:
    lines = [error.message]
    for violation in error.violations:
        nearest = f" (nearest: {violation.nearest})" if violation.nearest else ""
        lines.append(f"  {violation.field}: {violation.description}{nearest}")
    return "\n".join(lines)
