"""The partner's story: what is published is found at once, by those whom it fits, and nothing is ever lost."""

import time
from datetime import date
from uuid import uuid4

import pytest

from deploy import demo
from deploy.command.api import Api, Refused, opening_path
from tests.e2e.conftest import Espoo, until


def bus_vacancy(espoo: Espoo, title: str) -> dict[str, object]:
    """A vacancy that fits Sergei, as a copy of one that does, under another title."""
    fitting = espoo.resident("sergei").person.fits[0]
    body = next(each.body for each in demo.openings(date.today()) if each.external_id == fitting)
    return {**body, "titles": [{"language": "fi", "text": title}]}


async def listed(api: Api, profile: str, title: str) -> bool:
    """Whether the person's list has an opening of this title."""
    answer = await api.get(f"/v1/profiles/{profile}/matches", page_size=100)
    return title in [match["opening"]["title"] for match in answer.get("matches", [])]


async def test_published_is_listed_and_withdrawn_is_gone(espoo: Espoo) -> None:
    """A vacancy appears in a fitting person's list and leaves it again; the seconds are printed."""
    title, profile = f"Linja-autonkuljettaja {uuid4().hex[:6]}", espoo.resident("sergei").profile
    publisher = _publisher(espoo)
    path = opening_path(publisher, "vacancies", f"live-{uuid4().hex[:8]}")
    async with espoo.partner(publisher) as partner, espoo.seeker("sergei") as seeker:
        began = time.perf_counter()
        answer = await partner.put(path, bus_vacancy(espoo, title))
        assert answer["outcome"] == "OUTCOME_CREATED"
        await until(lambda: listed(seeker, profile, title), "the vacancy is listed")
        appeared = time.perf_counter()
        await partner.post(f"{path}:withdraw")
        withdrawn = time.perf_counter()

        async def gone() -> bool:
            return not await listed(seeker, profile, title)

        await until(gone, "the vacancy is gone")
        print(f"\npublish to listed {appeared - began:.3f} s, withdraw to gone {time.perf_counter() - withdrawn:.3f} s")


async def test_killing_matching_between_publish_and_withdraw_loses_neither(espoo: Espoo) -> None:
    """Both events are taken in after the restart: the published vacancy is listed, the withdrawn one is not."""
    publisher, profile = _publisher(espoo), espoo.resident("sergei").profile
    kept, taken_back = (f"Linja-autonkuljettaja {uuid4().hex[:6]}" for _ in range(2))
    async with espoo.partner(publisher) as partner, espoo.seeker("sergei") as seeker:
        path = opening_path(publisher, "vacancies", f"kill-{uuid4().hex[:8]}")
        await partner.put(path, bus_vacancy(espoo, taken_back))
        await until(lambda: listed(seeker, profile, taken_back), "the first vacancy is listed")
        await espoo.stack.kill("matching")
        await partner.post(f"{path}:withdraw")
        other = opening_path(publisher, "vacancies", f"kill-{uuid4().hex[:8]}")
        await partner.put(other, bus_vacancy(espoo, kept))
        await espoo.stack.wait_ready("matching", within=60)

        async def right() -> bool:
            try:
                return await listed(seeker, profile, kept) and not await listed(seeker, profile, taken_back)
            except Refused as error:
                if error.status == 503:
                    return False
                raise

        await until(right, "the list is right after the restart", within=30)
        await partner.post(f"{other}:withdraw")


async def test_same_request_id_gives_the_stored_answer(espoo: Espoo) -> None:
    """Row 5 and 6: "created" again, not "unchanged"; other content under it is refused; one vacancy is there."""
    publisher = _publisher(espoo)
    path = opening_path(publisher, "vacancies", f"twice-{uuid4().hex[:8]}")
    key = str(uuid4())
    body = bus_vacancy(espoo, "Linja-autonkuljettaja, sama pyyntö")
    async with espoo.partner(publisher) as partner:
        first = await partner.put(path, body, idempotency_key=key)
        second = await partner.put(path, body, idempotency_key=key)
        assert first["outcome"] == second["outcome"] == "OUTCOME_CREATED"
        assert first["opening"]["name"] == second["opening"]["name"]
        with pytest.raises(Refused) as refused:
            await partner.put(path, {**body, "url": "https://example.org/other"}, idempotency_key=key)
        assert refused.value.reason == "REQUEST_ID_REUSED"
        third = await partner.put(path, body)
        assert third["outcome"] == "OUTCOME_UNCHANGED"
        await partner.post(f"{path}:withdraw")


async def test_a_key_opens_its_own_publisher_only(espoo: Espoo) -> None:
    """Row 4: the key of one publisher is refused for another."""
    mine, other = sorted(espoo.stack.endpoints.publisher_keys)[:2]
    async with espoo.partner(mine) as partner:
        with pytest.raises(Refused) as refused:
            await partner.put(opening_path(other, "vacancies", "x"), bus_vacancy(espoo, "Väärä avain"))
    assert refused.value.status == 403


async def test_an_operator_makes_a_publisher_whose_key_ends_at_once_when_revoked(espoo: Espoo) -> None:
    """Create, publish, revoke; the next call with the key is refused."""
    name = f"kokeilu-{uuid4().hex[:6]}"
    async with espoo.operator() as operator:
        await operator.post("/v1/publishers", {"id": name, "displayName": "Kokeilu"})
        made = await operator.post(f"/v1/publishers/{name}/keys")
        path = opening_path(name, "vacancies", "1")
        async with Api(espoo.gateway, key=made["key"]) as partner:
            await partner.put(path, bus_vacancy(espoo, "Avaimen koe"))
            await partner.post(f"{path}:withdraw")
            await operator.delete(f"/v1/publishers/{name}/keys/{made['kid']}")
            with pytest.raises(Refused) as refused:
                await partner.put(path, bus_vacancy(espoo, "Avaimen koe"))
    assert refused.value.status == 401


def _publisher(espoo: Espoo) -> str:
    return sorted(espoo.stack.endpoints.publisher_keys)[0]
