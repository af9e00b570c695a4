"""What people say changes their lists, reaches a human, and is told as it happens: over the real services."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from deploy.command.api import Refused
from tests.e2e.conftest import PATIENCE, Espoo, until

WATCHED = "/v1/publishers/kaupunkirekry/vacancies/watched-1"


async def test_what_is_not_wanted_is_out_of_the_next_list(espoo: Espoo) -> None:
    """A seeker says no to their first match: it is gone at once, counted, and back when that is taken back."""
    path = f"/v1/profiles/{espoo.resident('priya').profile}"
    async with espoo.seeker("priya") as api:
        listed = await api.get(f"{path}/matches", page_size=3)
        first = listed["matches"][0]["opening"]["name"]
        opening = first.removeprefix("openings/")
        body = {"kind": "KIND_NOT_INTERESTED", "decision": listed["decision"]}
        assert (await api.put(f"{path}/feedback/{opening}", body))["opening"] == first
        after = await api.get(f"{path}/matches", page_size=3)
        assert first not in [match["opening"]["name"] for match in after["matches"]]
        assert after["hiddenCount"] == 1
        assert [word["opening"] for word in (await api.get(f"{path}/feedback"))["feedback"]] == [first]
        assert (await api.delete(f"{path}/feedback/{opening}"))["withdrawn"] is True
        again = await api.get(f"{path}/matches", page_size=3)
        assert again["matches"][0]["opening"]["name"] == first


async def test_a_contest_reaches_the_counsellor_and_comes_back_answered(espoo: Espoo) -> None:
    """A rule that left an opening out is contested; the counsellor sees and answers it, the seeker cannot."""
    path = f"/v1/profiles/{espoo.resident('tiina').profile}"
    async with espoo.seeker("tiina") as api, espoo.counsellor() as counsellor:
        excluded = (await api.get(f"{path}/excluded", page_size=1))["exclusions"][0]
        verdict = excluded["verdicts"][0]
        body = {"opening": excluded["opening"]["name"], "about": verdict["rule"], "value": verdict["text"][:200]}
        contest = await api.post(f"{path}/contests", body)
        waiting = (await counsellor.get(f"{path}/contests", open_only="true"))["contests"]
        assert contest["name"] in [each["name"] for each in waiting]
        answer = {"answer": "ANSWER_STANDS", "words": "It is as asked."}
        with pytest.raises(Refused) as refused:
            await api.post(f"/v1/{contest['name']}:resolve", answer)
        assert refused.value.status == 403
        await counsellor.post(f"/v1/{contest['name']}:resolve", answer)
        kept = (await api.get(f"{path}/contests"))["contests"][0]
        assert (kept["name"], kept["answer"], kept["answerWords"]) == (
            contest["name"],
            "ANSWER_STANDS",
            answer["words"],
        )


async def test_a_served_list_comes_out_the_same_again(espoo: Espoo) -> None:
    """The counsellor replays the list that was just served."""
    path = f"/v1/profiles/{espoo.resident('linnea').profile}"
    async with espoo.counsellor() as api:
        listed = await api.get(f"{path}/matches", page_size=5)
        replayed = await api.get(f"/v1/{listed['decision']}:replay")
    assert replayed["recomputed"] is True
    assert replayed["identical"] is True


async def test_a_new_vacancy_is_told_to_whoever_watches(espoo: Espoo) -> None:
    """A vacancy that fits is told while somebody watches, going on from the list's own token, and so is its end."""
    resident = espoo.resident("hodan")
    path = f"/v1/profiles/{resident.profile}/matches"
    async with espoo.seeker("hodan") as api:
        token = (await api.get(path, page_size=1))["watchToken"]
    headers = {"Authorization": f"Bearer {resident.token}"}
    client = httpx.AsyncClient(base_url=espoo.gateway, headers=headers, timeout=PATIENCE, trust_env=False)
    watching = client.stream("GET", f"{path}:watch", params={"since": token})
    async with client, watching as answer, espoo.partner("kaupunkirekry") as partner:
        assert answer.status_code == 200
        async with aclosing(_changes(answer)) as changes:
            name = (await partner.put(WATCHED, _cleaner()))["opening"]["name"]
            await _told(changes, lambda change: name in _fitting(change))
            await partner.delete(WATCHED)
            await _told(changes, lambda change: name in change.get("gone", []))


async def test_candidates_are_shown_to_those_who_fill_the_vacancy(espoo: Espoo) -> None:
    """A counsellor gets the list; a seeker, and a key without a person behind it, do not."""
    async with espoo.counsellor() as api:
        vacancies = await api.get("/v1/openings", kind="vacancy", page_size=1)
        path = f"/v1/{vacancies['openings'][0]['name']}/candidates"

        async def answered() -> dict[str, Any]:
            found: dict[str, Any] = await api.get(path)
            return found

        listed = await until(answered, "candidates are listed")
    assert listed["record"].startswith("candidateLists/")
    async with espoo.seeker("priya") as seeker:
        with pytest.raises(Refused) as refused:
            await seeker.get(path)
    assert refused.value.status == 403


async def _told(changes: AsyncIterator[dict[str, Any]], wanted: Callable[[dict[str, Any]], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        async for change in changes:
            if wanted(change):
                return
    raise AssertionError("the stream has ended")


def _fitting(change: dict[str, Any]) -> list[str]:
    return [match["opening"]["name"] for match in change.get("fitting", {}).get("matches", [])]


async def _changes(answer: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in answer.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def _cleaner() -> dict[str, Any]:
    return {
        "titles": [{"language": "fi", "text": "Siivooja toimistoon, aamuvuoro"}],
        "places": [{"municipality": "049", "district": "Leppävaara"}],
        "closingDate": (date.today() + timedelta(days=30)).isoformat(),
        "vacancy": {
            "employer": {"name": "Puhtauspalvelu Kaste"},
            "occupation": {"text": "siivooja", "language": "fi"},
            "languageDemand": {"statement": "STATEMENT_NONE"},
        },
    }
