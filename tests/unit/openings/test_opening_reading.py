"""Reading: the public sees what is published, the publisher and operators see the rest and the contacts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.openings.application.ports import Page
from services.openings.application.publishing import WithdrawOpening, withdraw_opening
from services.openings.application.reading import GetOpening, ListOpenings, get_opening, list_openings
from services.openings.domain.content import Kind
from services.openings.domain.offers import Training
from services.openings.domain.opening import Opening, State
from services.openings.domain.values import Place
from shared.kernel.errors import InvalidArgument, PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.principal import ANONYMOUS, Principal
from tests.builders.openings import (
    COUNSELLOR,
    MATCHING,
    NOW,
    OPERATOR,
    OTHER_PUBLISHER,
    PUBLISHER,
    READERS,
    SEEKER,
    a_content,
    a_draft,
    a_request,
    published,
)
from tests.fakes.openings import FakeCodes, FakeUnitOfWork, OpeningStore

INSIDERS = (PUBLISHER, OPERATOR)
OUTSIDERS = (SEEKER, COUNSELLOR, MATCHING, OTHER_PUBLISHER)


async def get(store: OpeningStore, caller: Principal, opening_id: str) -> Opening:
    """The opening as the caller sees it."""
    return await get_opening(GetOpening(caller, opening_id), FakeUnitOfWork(store), NOW)


async def listed(store: OpeningStore, query: ListOpenings) -> Page[Opening]:
    """The page."""
    return await list_openings(query, FakeUnitOfWork(store), FakeCodes(), NOW)


async def withdrawn(store: OpeningStore) -> Opening:
    """An opening that is not public any more."""
    await published(store, a_draft("old"))
    cmd = WithdrawOpening(PUBLISHER, a_request(PUBLISHER), "kielo-jobs", "old")
    return await withdraw_opening(cmd, FakeUnitOfWork(store), NOW)


@pytest.mark.parametrize("caller", READERS)
async def test_contacts_are_shown_to_the_publisher_and_operators_alone(store: OpeningStore, caller: Principal) -> None:
    """Everybody sees the same public opening; contact persons only those two."""
    opening = (await published(store)).opening
    seen = opening if caller in INSIDERS else replace(opening, contacts=())
    assert await get(store, caller, opening.id) == seen
    assert (await listed(store, ListOpenings(caller, 10))).entries == (seen,)


@pytest.mark.parametrize("caller", OUTSIDERS)
async def test_what_is_not_public_looks_absent(store: OpeningStore, caller: Principal) -> None:
    """A withdrawn opening and one that never was give the same refusal, and no list shows it."""
    opening = await withdrawn(store)
    refusals = []
    for opening_id in (opening.id, new_id()):
        with pytest.raises(PermissionDenied) as refused:
            await get(store, caller, opening_id)
        refusals.append((refused.value.reason, refused.value.message))
    assert refusals[0] == refusals[1]
    for publisher in ("", "kielo-jobs"):
        assert not (await listed(store, ListOpenings(caller, 10, publisher=publisher))).entries


async def test_insiders_see_every_state(store: OpeningStore) -> None:
    """The publisher sees its own in every state when it asks for its own, an operator always."""
    opening = await withdrawn(store)
    assert opening.state is State.WITHDRAWN
    for caller in INSIDERS:
        assert await get(store, caller, opening.id) == opening
        assert (await listed(store, ListOpenings(caller, 10, publisher="kielo-jobs"))).entries == (opening,)
    assert (await listed(store, ListOpenings(OPERATOR, 10))).entries == (opening,)
    assert not (await listed(store, ListOpenings(PUBLISHER, 10))).entries


async def test_nobody_reads_without_being_somebody(store: OpeningStore) -> None:
    """An anonymous caller gets neither an opening nor a list."""
    opening = (await published(store)).opening
    with pytest.raises(PermissionDenied):
        await get(store, ANONYMOUS, opening.id)
    with pytest.raises(PermissionDenied):
        await listed(store, ListOpenings(ANONYMOUS, 10))


async def test_lists_are_filtered(store: OpeningStore) -> None:
    """Kind, municipality and publisher narrow the list; a training is where its instances are, too."""
    job = (await published(store)).opening
    course_content = a_content(detail=Training(), places=(Place(municipality="091"),))
    course_draft = a_draft("course-1", publisher="aalto-courses", content=course_content)
    course = (await published(store, course_draft, OTHER_PUBLISHER)).opening

    async def ids(**filters: object) -> set[str]:
        query = replace(ListOpenings(OPERATOR, 10), **filters)  # type: ignore[arg-type]
        return {opening.id for opening in (await listed(store, query)).entries}

    assert await ids() == {job.id, course.id}
    assert await ids(kind=Kind.TRAINING) == {course.id}
    assert await ids(municipality="049") == {job.id}
    assert await ids(publisher="aalto-courses") == {course.id}
    assert await ids(publisher="aalto-courses", kind=Kind.VACANCY) == set()
    with pytest.raises(InvalidArgument, match="MUNICIPALITY_UNKNOWN") as refused:
        await ids(municipality="048")
    assert refused.value.violations[0].nearest == "049"


async def test_pages_follow_each_other_newest_first(store: OpeningStore) -> None:
    """Every opening is on one page, though some changed at the same instant."""
    for number in range(7):
        now = NOW + timedelta(minutes=number // 3)
        await published(store, a_draft(f"job-{number}"), now=now)
    seen: list[Opening] = []
    query = ListOpenings(SEEKER, 2)
    while True:
        page = await listed(store, query)
        seen += page.entries
        if page.next is None:
            break
        query = replace(query, after=page.next)
    assert len({opening.id for opening in seen}) == len(seen) == 7
    assert [opening.update_time for opening in seen] == sorted((each.update_time for each in seen), reverse=True)
