"""Openings come into lists and leave them as the openings service tells, whatever the order and however often."""

import asyncio
import itertools

import pytest
from polku.matching.v1 import matching_events_pb2

from shared.kernel.ids import new_id
from tests.integration.matching.calls import City, a_vacancy, bare_id, eventually, text_values


async def test_an_opening_is_listed_changed_and_gone(city: City) -> None:
    """Published: in the list. Changed: with its new title. Closed: out of it, and its text is forgotten."""
    seeker, opening = await city.person(), a_vacancy("Siivooja hotelliin")
    await city.publish(opening)
    await city.taken(opening.name, 1)
    assert (await seeker.listed())[opening.name] == 1
    await city.indexed()
    assert opening.name in text_values(await seeker.whole())

    changed = a_vacancy("Kokki kouluun", 2, opening_id=bare_id(opening.name))
    await city.publish(changed)
    await city.taken(opening.name, 2)
    found = {match.opening.name: match.opening for match in await seeker.whole()}
    assert (found[opening.name].title, found[opening.name].version) == ("Kokki kouluun", 2)

    await city.close(opening, 3)
    await city.taken(opening.name, 3)
    assert opening.name not in await seeker.listed()
    left = "select count(*) from {} where {} = %s"
    for table, column in (("opening", "id"), ("vector", "owner_id"), ("embedding_task", "owner_id")):
        assert city.one(left.format(table, column), bare_id(opening.name)) == 0


async def test_an_opening_may_come_back(city: City) -> None:
    """Closed and published again with a higher version: it is listed, with its text."""
    seeker, opening = await city.person(), a_vacancy("Puutarhuri")
    await city.publish(opening)
    await city.close(opening, 2)
    await city.publish(a_vacancy("Puutarhuri", 3, opening_id=bare_id(opening.name)))
    await city.taken(opening.name, 3)
    await city.indexed()
    assert opening.name in text_values(await seeker.whole())


@pytest.mark.parametrize("order", [(1, 2, 3, 4, 1), (4, 1, 2, 3, 4), (2, 1, 4, 3, 2)], ids=str)
async def test_row_39_old_news_has_no_effect(city: City, order: tuple[int, ...]) -> None:
    """Duplicates, older versions and gaps: list, store and memory hold the newest version alone."""
    seeker, opening_id = await city.person(), new_id()
    ids = {version: new_id() for version in range(1, 5)}
    for version in order:
        await city.publish(a_vacancy(f"Siivooja {version}", version, opening_id=opening_id), event_id=ids[version])
        await city.settled()
    assert (await seeker.listed())[f"openings/{opening_id}"] == 4
    assert city.one("select version from opening where id = %s", opening_id) == 4
    assert city.one("select count(*) from dead_letter where headers->>'ce-subject' = %s", opening_id) == 0


async def test_row_39_a_closed_opening_stays_closed(city: City) -> None:
    """Publications older than the closing, twice and late, bring nothing back; an unknown one can be closed."""
    seeker, opening = await city.person(), a_vacancy()
    await city.close(opening, 3)
    for version in (1, 2, 2):
        await city.publish(a_vacancy("Siivooja", version, opening_id=bare_id(opening.name)))
    await city.close(opening, 3)
    await city.settled()
    assert opening.name not in await seeker.listed()
    assert city.one("select count(*) from opening where id = %s", bare_id(opening.name)) == 0


async def test_many_openings_at_once_all_arrive(city: City) -> None:
    """Sixty openings with three versions each, shuffled between openings: all in the list in their newest version."""
    seeker = await city.person("varastotyöntekijä")
    ids = [new_id() for _ in range(60)]
    for version, opening_id in itertools.product((1, 2, 3), ids):
        await city.publish(a_vacancy("Varastotyöntekijä", version, opening_id=opening_id))
    await asyncio.gather(*(city.taken(f"openings/{opening_id}", 3) for opening_id in ids[-3:]))
    await city.settled()
    stored = city.rows.execute("select id::text, version from opening where id = any(%s)", (ids,)).fetchall()
    assert sorted(stored) == sorted((opening_id, 3) for opening_id in ids)
    answer = await seeker.ask(1)
    assert answer.eligible_count == city.one("select count(*) from opening")


async def test_others_are_told_when_an_opening_is_indexed(city: City) -> None:
    """One event for each version that was indexed, with id and version and nothing else."""
    opening = a_vacancy("Siivooja kouluun")
    await city.publish(opening)
    await city.indexed()

    async def is_told() -> bool:
        query = "select count(*) from outbox where aggregate_id = %s and sent_at is not null"
        return bool(city.one(query, bare_id(opening.name)) == 1)

    await eventually(is_told, "the event")
    payload = city.one("select payload from outbox where aggregate_id = %s", bare_id(opening.name))
    assert matching_events_pb2.OpeningIndexed.FromString(payload) == matching_events_pb2.OpeningIndexed(
        opening=opening.name, version=1
    )


async def test_freshness(city: City) -> None:
    """From the event to the list, and on to the vector in the index: under a second, with a quick encoder."""
    seeker = await city.person("lastenhoitaja")
    await city.indexed()
    for number in range(5):
        opening = a_vacancy(f"Lastenhoitaja {number}")
        await city.publish(opening)

        async def is_listed(name: str = opening.name) -> bool:
            return name in await seeker.listed()

        async def is_compared(name: str = opening.name) -> bool:
            return name in text_values(await seeker.whole())

        until_listed = await eventually(is_listed, "the listing")
        until_compared = until_listed + await eventually(is_compared, "the comparison of texts")
        assert until_compared < 1.0
