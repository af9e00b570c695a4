"""Whoever is erased is nowhere: not in tables, files, logs, streams or the index, while everybody else goes on."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from deploy.command.api import Api, Refused
from deploy.embedded.credentials import DATABASES
from tests.e2e.conftest import Espoo, until

WITHIN = 60.0
"""Seconds within which matching has forgotten the person and both databases are purged."""


def canary() -> str:
    """A word that stands nowhere else and does not compress."""
    return "kanari" + secrets.token_hex(16)


def data_folders(espoo: Espoo) -> list[Path]:
    """Everything that the stack writes: the cluster with its log, streams, index, logs of processes."""
    with psycopg.connect(espoo.stack.postgres.superuser_dsn()) as connection:
        row = connection.execute("show data_directory").fetchone()
    assert row is not None
    var = espoo.stack.var
    return [Path(row[0]), var.nats, var.index, var.root / "log"]


def found_in(folders: list[Path], words: list[bytes]) -> dict[bytes, set[str]]:
    """In which files each of the words stands."""
    found: dict[bytes, set[str]] = {word: set() for word in words}
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue  # a segment of the log that has just gone
        for word in words:
            if word in content:
                found[word].add(str(path))
    return found


def rows_with(espoo: Espoo, word: str) -> list[str]:
    """Tables in whose rows, written as text like a dump, the word stands."""
    found = []
    for database in DATABASES:
        with psycopg.connect(espoo.stack.postgres.superuser_dsn(database)) as connection:
            tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
            for (table,) in tables:
                query = sql.SQL("select count(*) from {} as row where row::text like %s").format(sql.Identifier(table))
                row = connection.execute(query, (f"%{word}%",)).fetchone()
                found += [f"{database}.{table}"] if row and row[0] else []
    return found


def vector_of(espoo: Espoo, profile: str) -> bytes:
    """The stored vector of a person: little-endian floats."""
    with psycopg.connect(espoo.stack.postgres.superuser_dsn("matching")) as connection:
        row = connection.execute(
            "select numbers from vector where owner = 'profile' and owner_id = %s", (profile,)
        ).fetchone()
    return bytes(row[0]) if row else b""


async def test_an_erased_person_is_nowhere(espoo: Espoo) -> None:
    """A positive control finds canaries and vector first; after the erasure under load and the purge they are gone."""
    words = {"tasks": canary(), "goals": canary(), "reference": "K-" + secrets.token_hex(10)}
    token = espoo.stack.issuer.token(f"erased-{secrets.token_hex(4)}", "seeker")
    body: dict[str, Any] = {
        "caseReference": words["reference"],
        "preferredLanguage": "fi",
        "work": {
            "experiences": [{"occupation": {"text": "siivooja"}, "months": 24, "tasks": f"Siivosin {words['tasks']}."}],
            "goals": {"text": f"Haluan töihin {words['goals']} lähelle."},
        },
    }
    async with Api(espoo.gateway, token=token) as api:
        profile = str((await api.post("/v1/profiles", body))["name"]).removeprefix("profiles/")
        path = f"/v1/profiles/{profile}"

        async def read() -> bool:
            return bool(vector_of(espoo, profile)) and not (await api.get(f"{path}/matches")).get("pending")

        await until(read, "the profile is read", within=WITHIN)
        vector, folders = vector_of(espoo, profile), data_folders(espoo)
        with psycopg.connect(espoo.stack.postgres.superuser_dsn(), autocommit=True) as superuser:
            superuser.execute("checkpoint")
        in_clear = [words["tasks"].encode(), words["goals"].encode(), vector]
        before = await asyncio.to_thread(found_in, folders, in_clear)
        assert all(before.values()), "the control does not find what is there"
        assert set(rows_with(espoo, words["tasks"])) == {"matching.profile", "matching.decision_input"}
        assert rows_with(espoo, vector.hex()) == ["matching.vector"]
        # Profiles holds it sealed: what is looked for there is found in no table, and neither is the reference.
        assert rows_with(espoo, words["reference"]) == []

        export = await api.post(f"{path}:export", {})
        assert all(word in str(export) for word in words.values())
        assert export["accesses"]

        dry = await api.post(f"{path}:erase", {"dryRun": True})
        assert {each["data"] for each in dry["goes"]} >= {"profile", "changes", "matches"}
        assert [each["data"] for each in dry["stays"]] == ["access_log"]
        assert (await api.get(path))["caseReference"] == words["reference"]

        busy = asyncio.create_task(_load(espoo))
        erased = await api.post(f"{path}:erase", {})
        assert erased["eraseTime"]
        for forbidden in (path, f"{path}/matches"):
            with pytest.raises(Refused) as refused:
                await api.get(forbidden)
            assert refused.value.status == 403

        async def forgotten() -> bool:
            return not vector_of(espoo, profile)

        await until(forgotten, "matching has forgotten the person", within=WITHIN)
        await espoo.stack.purge()
        await busy

    words_left = [*in_clear, vector.hex().encode(), words["reference"].encode()]
    left = await asyncio.to_thread(found_in, folders, words_left)
    assert {word[:12]: files for word, files in left.items() if files} == {}
    for word in (*words.values(), vector.hex()):
        assert rows_with(espoo, word) == []


async def _load(espoo: Espoo) -> None:
    """Others ask for their lists, and change what they have said, while somebody is erased."""
    for key in ("hodan", "samir", "oksana", "tiina"):
        resident = espoo.resident(key)
        async with espoo.seeker(key) as api:
            for minutes in (50, 55, 60):
                change = {"work": {"limits": {"maxTravelMinutes": minutes}}}
                await api.patch(f"/v1/profiles/{resident.profile}", change)
                assert (await api.get(f"/v1/profiles/{resident.profile}/matches"))["matches"]
            await api.patch(f"/v1/profiles/{resident.profile}", resident.person.body)
