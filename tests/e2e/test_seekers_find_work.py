"""The seeker's story: free text in one's own language finds work advertised in Finnish, with reasons."""

from datetime import date
from typing import Any

import pytest

from deploy import demo
from deploy.command.api import Api
from tests.e2e.conftest import Espoo, until

FREE_TEXT_ONLY = ("oksana", "samir", "hodan")
"""Ukrainian, Arabic and Somali profiles that hold no code."""


def in_finnish(external_id: str) -> bool:
    """Whether an advert of the demo is written in Finnish alone."""
    body = next(each.body for each in demo.openings(date.today()) if each.external_id == external_id)
    return {title["language"] for title in body["titles"]} == {"fi"}


@pytest.mark.parametrize("key", FREE_TEXT_ONLY)
async def test_free_text_finds_a_fitting_finnish_vacancy_in_the_first_five(espoo: Espoo, key: str) -> None:
    """Oksana (uk), Samir (ar) and Hodan (so) each find a vacancy that fits in truth and is written in Finnish."""
    resident = espoo.resident(key)
    assert not _codes(resident.person.body)
    fitting = [external_id for external_id in resident.person.fits if in_finnish(external_id)]
    titles = {each.body["titles"][0]["text"] for each in demo.openings(date.today()) if each.external_id in fitting}
    async with espoo.seeker(key) as api:
        answer = await api.get(f"/v1/profiles/{resident.profile}/matches", page_size=5)
    listed = [match["opening"]["title"] for match in answer["matches"]]
    assert titles & set(listed), f"{key}: {sorted(titles)} not in {listed}"


async def test_what_does_not_fit_is_left_out_with_the_rule(espoo: Espoo) -> None:
    """Tiina's childcare hours leave the shift-work advert out, and the list says so."""
    resident = espoo.resident("tiina")
    wrong = next(iter(resident.person.does_not_fit))
    title = next(each.body["titles"][0]["text"] for each in demo.openings(date.today()) if each.external_id == wrong)
    async with espoo.seeker("tiina") as api:
        matches = await _all(api, f"/v1/profiles/{resident.profile}/matches", "matches")
        excluded = await _all(api, f"/v1/profiles/{resident.profile}/excluded", "exclusions")
        counts = (await api.get(f"/v1/profiles/{resident.profile}/excluded", page_size=1))["excludedByRule"]
    assert title not in [match["opening"]["title"] for match in matches]
    found = [each for each in excluded if each["opening"]["title"] == title]
    assert found
    assert found[0]["text"]
    assert found[0]["verdicts"][0]["rule"] in counts


async def test_reasons_come_in_the_readers_language_and_name_the_persons_data(espoo: Espoo) -> None:
    """The same list in fi, sv and en has other sentences for the same codes."""
    resident = espoo.resident("sergei")
    texts = {}
    async with espoo.seeker("sergei") as api:
        for language in ("fi", "sv", "en"):
            answer = await api.get(f"/v1/profiles/{resident.profile}/matches", page_size=1, language=language)
            reasons = answer["matches"][0]["explanation"]["reasons"]
            texts[language] = [reason["text"] for reason in reasons]
    assert len({tuple(sentences) for sentences in texts.values()}) == 3
    assert any("bus driver" in sentence for sentence in texts["en"])
    assert any("linja-autonkuljettaja" in sentence for sentence in texts["fi"])


async def test_a_seeker_changes_their_profile_and_the_list_follows(espoo: Espoo) -> None:
    """Saying that matching rests empties the list; taking it back fills it again."""
    resident = espoo.resident("nasir")
    path = f"/v1/profiles/{resident.profile}"
    async with espoo.seeker("nasir") as api:
        before = (await api.get(path))["choices"]
        await api.patch(path, {"choices": {**before, "matchingPaused": True}}, update_mask="choices")
        await _until_count(api, path, 0)
        await api.patch(path, {"choices": before}, update_mask="choices")
        await _until_count(api, path, 1)


async def _all(api: Api, path: str, field: str) -> list[dict[str, Any]]:
    """The entries of all pages."""
    entries: list[dict[str, Any]] = []
    token = ""
    while True:
        answer = await api.get(path, page_size=100, **({"page_token": token} if token else {}))
        entries += answer.get(field, [])
        token = answer.get("nextPageToken", "")
        if not token:
            return entries


async def _until_count(api: Api, path: str, least: int) -> None:
    async def look() -> bool:
        matches = (await api.get(f"{path}/matches")).get("matches", [])
        return bool(matches) == bool(least)

    await until(look, "the list follows the profile")


def _codes(body: dict[str, object]) -> list[str]:
    """All ESCO URIs in a profile."""
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            found.extend(str(each) for key, each in value.items() if key == "uri")
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(body)
    return found
