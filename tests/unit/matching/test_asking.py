"""Asking a candidate who is listed without a name: whose handles count, what is told, and how often."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.matching.application.asking import (
    ANSWER_WITHIN,
    HANDLE_GOOD_FOR,
    MOST_ASKED_A_DAY,
    AskCandidate,
    ask_candidate,
)
from services.matching.application.candidates import Showing
from services.matching.domain.anonymity import Handles
from services.matching.domain.values import Purpose
from shared.kernel.errors import InvalidArgument, NotFound, PermissionDenied, ResourceExhausted, Unavailable
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from tests.builders.matching import NOW, opening_id
from tests.builders.matching_candidates import (
    COUNSELLOR,
    PUBLISHER,
    SECRET,
    VACANCY,
    CandidateWorld,
    crowd,
    person_id,
)

HELSINKI = ZoneInfo("Europe/Helsinki")
STRANGER = replace(PUBLISHER, publisher="p-2")
OTHER = replace(VACANCY, id=opening_id(2))


async def ask(
    world: CandidateWorld,
    handle: str,
    caller: Principal = COUNSELLOR,
    opening: str = VACANCY.id,
    *,
    purpose: Purpose = Purpose.JOB_MATCHING,
    request_id: str = "",
    now: datetime = NOW,
) -> datetime:
    """Ask the candidate with the handle."""
    cmd = AskCandidate(caller, opening, handle, purpose, request_id or new_id())
    return await ask_candidate(cmd, world.uow, world.engine, Showing(world.consents, Handles(SECRET)), now)


async def handles(world: CandidateWorld, caller: Principal = COUNSELLOR, opening: str = VACANCY.id) -> dict[str, str]:
    """Handle of each person in a new list."""
    return {each.profile_id: each.handle for each in (await world.candidates(caller, opening)).people}


async def refusal(*asked: str | Principal, world: CandidateWorld, now: datetime = NOW) -> InvalidArgument:
    """The refusal of a handle, a caller and an opening."""
    with pytest.raises(InvalidArgument) as refused:
        await ask(world, *asked, now=now)  # type: ignore[arg-type]  # as `ask` takes them
    return refused.value


@pytest.mark.parametrize("caller", [COUNSELLOR, PUBLISHER])
async def test_the_person_behind_the_handle_is_asked(caller: Principal) -> None:
    """That person alone, for this vacancy, until the time that is answered."""
    world = crowd(6)
    listed = await handles(world, caller)
    until = await ask(world, listed[person_id(3)], caller)
    assert until == NOW + ANSWER_WITHIN
    assert list(world.consents.asked.values()) == [(caller.subject, person_id(3), VACANCY.id, until)]


async def test_no_answer_counts_after_the_vacancy_has_closed() -> None:
    """Closing tomorrow, until tomorrow's midnight in Helsinki; closing much later, within a week."""
    for days, until in ((1, datetime(NOW.year, NOW.month, NOW.day, tzinfo=HELSINKI) + timedelta(days=2)), (30, None)):
        closing = replace(VACANCY, closing_date=NOW.astimezone(HELSINKI).date() + timedelta(days=days))
        world = CandidateWorld(openings=(closing,))
        world.add(*crowd(6).people())
        listed = await handles(world)
        assert await ask(world, listed[person_id(3)]) == (until or NOW + ANSWER_WITHIN)


async def test_every_valid_handle_gets_the_same_answer() -> None:
    """Of somebody who has said yes, was asked before, or has stood back since: nothing is told of anybody."""
    world = crowd(6)
    world.say_yes(1)
    listed = await handles(world)
    assert {await ask(world, handle) for handle in (*listed.values(), listed[person_id(2)])} == {NOW + ANSWER_WITHIN}


async def test_what_is_no_handle_of_ones_own_gets_one_refusal() -> None:
    """Another reader's, another vacancy's, an unknown one, an old one and that of somebody erased are the same."""
    world = CandidateWorld(openings=(VACANCY, OTHER))
    world.add(*crowd(6).people())
    mine, theirs = await handles(world), await handles(world, PUBLISHER)
    elsewhere = await handles(world, opening=OTHER.id)
    unlisted = Handles(SECRET).of("counsellor:counsellor-1", VACANCY.id, person_id(77))
    refusals = [
        await refusal(handle, world=world)
        for handle in (theirs[person_id(1)], elsewhere[person_id(1)], unlisted, "A" * 22)
    ]
    refusals.append(await refusal(mine[person_id(1)], world=world, now=NOW + HANDLE_GOOD_FOR))
    refusals.append(await refusal(mine[person_id(1)], replace(COUNSELLOR, subject="counsellor-2"), world=world))
    async with world.uow as uow:
        await uow.profiles.delete(person_id(3))
        await uow.commit()
    refusals.append(await refusal(mine[person_id(3)], world=world))
    assert {(each.reason, each.message, each.violations) for each in refusals} == {
        (refusals[0].reason, refusals[0].message, refusals[0].violations)
    }
    assert refusals[0].reason == "HANDLE_UNKNOWN"
    assert not world.consents.asked
    assert not world.uow.state.candidate_asks
    assert await ask(world, mine[person_id(1)])


@pytest.mark.parametrize(
    ("caller", "purpose"),
    [
        (STRANGER, Purpose.JOB_MATCHING),
        (Principal(Role.SEEKER, "counsellor-1"), Purpose.JOB_MATCHING),
        (COUNSELLOR, Purpose.INTEGRATION_PLAN),
    ],
)
async def test_who_may_not_list_may_not_ask(caller: Principal, purpose: Purpose) -> None:
    """Another publisher, another role, another purpose; and nobody asks for a vacancy that is gone."""
    world = crowd(6)
    listed = await handles(world)
    with pytest.raises(PermissionDenied):
        await ask(world, listed[person_id(1)], caller, purpose=purpose)
    world.live.remove(VACANCY.id)
    with pytest.raises(NotFound):
        await ask(world, listed[person_id(1)])
    assert not world.consents.asked


async def test_a_request_is_counted_once_and_sent_until_it_arrives() -> None:
    """A failed one can be repeated, later too, and keeps its deadline; its id is good for no other handle."""
    world, request = crowd(6), new_id()
    listed = await handles(world)
    world.consents.failure = Unavailable("PROFILES_UNAVAILABLE", "Try again.")
    with pytest.raises(Unavailable):
        await ask(world, listed[person_id(1)], request_id=request)
    world.consents.failure = None
    for minutes in (1, 2):
        until = await ask(world, listed[person_id(1)], request_id=request, now=NOW + timedelta(minutes=minutes))
        assert until == NOW + ANSWER_WITHIN
    assert len(world.uow.state.candidate_asks) == len(world.consents.asked) == 1
    with pytest.raises(InvalidArgument) as refused:
        await ask(world, listed[person_id(2)], request_id=request)
    assert refused.value.reason == "REQUEST_ID_REUSED"


async def test_nobody_asks_more_people_a_day_than_they_can_hear() -> None:
    """For a publisher and for a counsellor, each by themselves; what was asked already can still be repeated."""
    world, first = crowd(6), new_id()
    listed = {caller.subject: await handles(world, caller) for caller in (COUNSELLOR, PUBLISHER)}
    mine = listed[COUNSELLOR.subject][person_id(1)]
    for number in range(MOST_ASKED_A_DAY):
        await ask(world, mine, request_id=first if number == 0 else "")
    with pytest.raises(ResourceExhausted) as refused:
        await ask(world, mine)
    assert refused.value.reason == "REQUESTS_EXHAUSTED"
    await ask(world, mine, request_id=first)
    await ask(world, listed[PUBLISHER.subject][person_id(1)], PUBLISHER)
    await ask(world, mine, now=NOW + timedelta(days=1))
