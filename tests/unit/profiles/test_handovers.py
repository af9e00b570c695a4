"""A person's assignments over time, and handing many over at once, over the fakes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.profiles.application.assignments import ListCaseload, assign_counsellor, list_caseload
from services.profiles.application.handovers import HandOver, ListAssignments, hand_over, list_assignments
from services.profiles.application.overrides import BreakGlass, break_glass
from services.profiles.domain.handovers import Outcome
from services.profiles.domain.overrides import Reason
from services.profiles.domain.profile import Profile, ProfileAssigned
from services.profiles.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition, InvalidArgument, PermissionDenied
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from tests.builders.profiles import (
    AUDITOR,
    COUNSELLOR,
    NOW,
    OPERATOR,
    OTHER_COUNSELLOR,
    OTHER_SEEKER,
    PUBLISHER,
    SEEKER,
    a_request,
    created,
    handover,
)
from tests.fakes.profiles import FakeUnitOfWork, ProfileStore

LATER = NOW + timedelta(days=1)


@pytest.fixture
async def people(store: ProfileStore) -> list[Profile]:
    """Four people of the counsellor."""
    return [await created(store, COUNSELLOR) for _ in range(4)]


def handing(
    *profile_ids: str, caller: Principal = COUNSELLOR, caseload_of: str = "", preview: bool = False
) -> HandOver:
    """Handing people over to the other counsellor."""
    to = OTHER_COUNSELLOR
    return HandOver(caller, a_request(caller), profile_ids, caseload_of, to.subject, to.unit, preview)


async def caseload(store: ProfileStore, counsellor: Principal) -> list[str]:
    """Ids of those in a caseload."""
    page = await list_caseload(ListCaseload(counsellor, 100), FakeUnitOfWork(store), LATER)
    return [entry.profile_id for entry in page.entries]


async def test_many_are_handed_over_at_once(store: ProfileStore, people: list[Profile]) -> None:
    """All named are assigned to the new counsellor from that instant, each with an event; the rest stay."""
    ids = [person.id for person in people]

    done = await hand_over(handing(*ids[:3]), FakeUnitOfWork(store), LATER)

    assert done.outcomes == tuple((person, Outcome.HANDED_OVER) for person in ids[:3])
    assert set(await caseload(store, OTHER_COUNSELLOR)) == set(ids[:3])
    assert await caseload(store, COUNSELLOR) == [ids[3]]
    told = [event for event in store.events if isinstance(event, ProfileAssigned) and event.occurred_at == LATER]
    assert {event.profile_id for event in told} == set(ids[:3])


async def test_a_preview_says_what_would_happen_and_changes_nothing(store: ProfileStore, people: list[Profile]) -> None:
    """For each person: handed over, there already, or not accessible; rows, events and answers stay as they are."""
    mine, theirs, absent = people[0].id, await created(store, OTHER_COUNSELLOR), new_id()
    await assign_counsellor(handover(people[1]), FakeUnitOfWork(store), NOW)
    before = (dict(store.profiles), list(store.assignments), list(store.events), dict(store.answers))

    asked = handing(mine, theirs.id, people[1].id, absent, preview=True)
    preview = await hand_over(asked, FakeUnitOfWork(store), LATER)
    for_operator = await hand_over(replace(asked, caller=OPERATOR), FakeUnitOfWork(store), LATER)

    gone = Outcome.NOT_ACCESSIBLE
    assert [outcome for _, outcome in preview.outcomes] == [Outcome.HANDED_OVER, gone, gone, gone]
    assert [outcome for _, outcome in for_operator.outcomes] == [
        Outcome.HANDED_OVER,
        Outcome.UNCHANGED,
        Outcome.UNCHANGED,
        gone,
    ]
    assert (store.profiles, store.assignments, store.events, store.answers) == before


async def test_it_is_all_or_none(store: ProfileStore, people: list[Profile]) -> None:
    """Where one of them may not be handed over, nobody is, whether that one exists or not."""
    stranger = await created(store, OTHER_COUNSELLOR)
    answers = set()
    for other in (stranger.id, new_id()):
        with pytest.raises(PermissionDenied) as refused:
            await hand_over(handing(people[0].id, other), FakeUnitOfWork(store), LATER)
        answers.add((refused.value.reason, refused.value.message))

    assert len(answers) == 1
    assert len(await caseload(store, COUNSELLOR)) == 4


async def test_a_whole_caseload_is_handed_over(store: ProfileStore, people: list[Profile]) -> None:
    """An operator hands over everybody of a counsellor who has gone, without naming them."""
    done = await hand_over(handing(caller=OPERATOR, caseload_of=COUNSELLOR.subject), FakeUnitOfWork(store), LATER)

    assert {person for person, _ in done.outcomes} == {person.id for person in people}
    assert await caseload(store, COUNSELLOR) == []


async def test_the_same_request_hands_over_once(store: ProfileStore, people: list[Profile]) -> None:
    """Asked again, the answer is the same, although the persons are the caller's no more."""
    cmd = handing(people[0].id)
    first = await hand_over(cmd, FakeUnitOfWork(store), LATER)
    assignments = list(store.assignments)

    assert await hand_over(cmd, FakeUnitOfWork(store), LATER + timedelta(days=1)) == first
    assert store.assignments == assignments


@pytest.mark.parametrize("caller", [SEEKER, PUBLISHER, AUDITOR, replace(OTHER_COUNSELLOR, unit="unit-1")])
async def test_nobody_else_hands_over(store: ProfileStore, people: list[Profile], caller: Principal) -> None:
    """Neither other roles nor a colleague of the unit move anybody, nor empty the caseload of another."""
    for asked in (handing(people[0].id, caller=caller), handing(caller=caller, caseload_of=COUNSELLOR.subject)):
        with pytest.raises(PermissionDenied):
            await hand_over(asked, FakeUnitOfWork(store), LATER)


async def test_persons_are_named_in_one_way(store: ProfileStore, people: list[Profile]) -> None:
    """Nobody named, and both ways of naming at once, are refused."""
    for asked in (handing(), handing(people[0].id, caseload_of=COUNSELLOR.subject)):
        with pytest.raises(InvalidArgument) as refused:
            await hand_over(asked, FakeUnitOfWork(store), LATER)
        assert refused.value.reason == "PERSONS_MISSING"


async def test_a_caseload_has_an_end(store: ProfileStore) -> None:
    """A caseload of more than 500 is not handed over in one piece."""
    for _ in range(501):
        await created(store, COUNSELLOR)

    with pytest.raises(FailedPrecondition) as refused:
        await hand_over(handing(caseload_of=COUNSELLOR.subject), FakeUnitOfWork(store), LATER)

    assert refused.value.reason == "CASELOAD_TOO_LARGE"


@pytest.mark.parametrize(
    ("caller", "purpose", "named"),
    [
        (SEEKER, Purpose.OWN_DATA, False),
        (OTHER_COUNSELLOR, Purpose.INTEGRATION_PLAN, True),
        (Principal(Role.COUNSELLOR, "counsellor-3", unit="unit-2"), Purpose.INTEGRATION_PLAN, True),
        (AUDITOR, Purpose.AUDIT, True),
    ],
)
async def test_assignments_are_kept_with_their_dates(
    store: ProfileStore, caller: Principal, purpose: Purpose, named: bool
) -> None:
    """The history runs from the current one back; the person sees units and dates, and not which employee it was."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    await hand_over(handing(profile.id), FakeUnitOfWork(store), LATER)

    first = await list_assignments(ListAssignments(caller, profile.id, purpose, 1), FakeUnitOfWork(store), LATER)
    rest = await list_assignments(
        ListAssignments(caller, profile.id, purpose, 1, first.next), FakeUnitOfWork(store), LATER
    )

    kept = [(each.unit, each.begin_time, each.end_time) for each in (*first.entries, *rest.entries)]
    assert kept == [("unit-2", LATER, None), ("unit-1", NOW, LATER)]
    subjects = [each.counsellor for each in (*first.entries, *rest.entries)]
    assert subjects == ([OTHER_COUNSELLOR.subject, COUNSELLOR.subject] if named else ["", ""])
    assert rest.next is None
    assert store.accesses[-1].reader == caller.subject


@pytest.mark.parametrize("caller", [OTHER_SEEKER, COUNSELLOR, PUBLISHER, OPERATOR])
async def test_assignments_are_not_for_others(store: ProfileStore, caller: Principal) -> None:
    """Strangers, and the counsellor of before, get the answer about nobody."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    await hand_over(handing(profile.id), FakeUnitOfWork(store), LATER)

    for profile_id in (profile.id, new_id()):
        with pytest.raises(PermissionDenied) as refused:
            query = ListAssignments(caller, profile_id, Purpose.INTEGRATION_PLAN, 10)
            await list_assignments(query, FakeUnitOfWork(store), LATER)
        assert refused.value.reason == "PROFILE_NOT_ACCESSIBLE"


async def test_broken_glass_shows_who_looks_after_the_person(store: ProfileStore) -> None:
    """Whoever has broken the glass sees the history, to tell the person's own counsellor."""
    profile = await created(store, COUNSELLOR, SEEKER.subject)
    stranger = Principal(Role.COUNSELLOR, "counsellor-9", unit="unit-9")
    reason = "The person waits at the desk."
    cmd = BreakGlass(stranger, a_request(stranger), profile.id, Reason.URGENT_NEED, reason)
    await break_glass(cmd, FakeUnitOfWork(store), NOW)

    query = ListAssignments(stranger, profile.id, Purpose.INTEGRATION_PLAN, 10)
    page = await list_assignments(query, FakeUnitOfWork(store), NOW)

    assert [each.counsellor for each in page.entries] == [COUNSELLOR.subject]
