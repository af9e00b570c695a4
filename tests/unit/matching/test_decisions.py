"""Lists that were served: given as they were, worked out again from what was stored, gone when their time is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.application.decisions import GetDecision, ReplayDecision, get_decision, replay_decision
from services.matching.application.feedback import GiveFeedback, give_feedback
from services.matching.application.ports import Owner, StoredVector
from services.matching.application.records import RequestKey
from services.matching.domain.feedback import FeedbackKind
from services.matching.domain.matches import Shortlisted
from services.matching.domain.offers import LicenceRequirement
from services.matching.domain.replay import Difference, Replayed
from services.matching.domain.retention import RETENTION, Kept, Retention, over_before, period
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import Answer, Concept, Purpose
from services.matching.domain.work import Choices, Licence
from shared.kernel.errors import FailedPrecondition, PermissionDenied
from shared.kernel.principal import Principal, Role
from tests.builders.matching import (
    NOW,
    PROFILE_ID,
    candidate,
    opening_id,
    profile,
    service,
    training,
    vacancy,
    weights,
)
from tests.builders.matching_vocabulary import COOK
from tests.builders.matching_world import OTHER, PERSON, SEEKER, World
from tests.fakes.matching import vector

PURPOSE = Purpose.OWN_DATA
AUDITOR = Principal(Role.AUDITOR, "auditor-1")


def _many(count: int) -> tuple[OpeningSnapshot, ...]:
    kinds = (vacancy, training, service)
    return tuple(
        kinds[number % 3](number, publish_time=NOW - timedelta(days=number), organisation=f"Employer {number % 4}")
        for number in range(1, count + 1)
    )


def _told(world: World) -> None:
    """The person's and all openings' texts are encoded."""
    digest = world.uow.state.profiles[PROFILE_ID].digest
    world.uow.state.vectors[Owner.PROFILE, PROFILE_ID] = StoredVector(Owner.PROFILE, PROFILE_ID, digest, vector(1, 0))
    for number, opening in enumerate(world.openings, start=1):
        world.live.put_vector(opening.id, "", vector(1, number / 7))


async def _replayed(world: World, decision_id: str) -> Replayed:
    cmd = ReplayDecision(SEEKER, decision_id, PURPOSE)
    return (await replay_decision(cmd, world.uow, world.engine, NOW + timedelta(days=100)))[1]


# -- as it was -----------------------------------------------------------------------------------------------------


async def test_a_past_list_is_given_as_it_was_served() -> None:
    """Whatever has changed since."""
    world = World(PERSON, _many(2))
    page = await world.ask()
    world.live.remove(opening_id(1))
    decision = await get_decision(GetDecision(SEEKER, page.decision_id, PURPOSE), world.uow, world.engine, NOW)
    assert decision.matches == page.matches
    assert world.gate.asked[-1][3].endswith("/GetDecision")


async def test_absent_and_forbidden_lists_are_refused_alike() -> None:
    """The same reason and words for both, whether the list is to be given or worked out again."""
    world = World(PERSON, _many(1))
    page = await world.ask()
    refusals = []
    for caller, decision_id in ((OTHER, page.decision_id), (SEEKER, opening_id(1))):
        with pytest.raises(PermissionDenied) as refused:
            await get_decision(GetDecision(caller, decision_id, PURPOSE), world.uow, world.engine, NOW)
        refusals.append((refused.value.reason, refused.value.message, dict(refused.value.metadata)))
        with pytest.raises(PermissionDenied) as refused:
            await replay_decision(ReplayDecision(caller, decision_id, PURPOSE), world.uow, world.engine, NOW)
        refusals.append((refused.value.reason, refused.value.message, dict(refused.value.metadata)))
    assert refusals == refusals[:1] * 4


# -- worked out again ----------------------------------------------------------------------------------------------


async def test_a_list_comes_out_the_same_after_everything_has_changed() -> None:
    """Openings withdrawn, texts read anew, another profile, other weights: the list is what it was made with."""
    world = World(PERSON, _many(30))
    _told(world)
    page = await world.ask(language="fi")
    engine = replace(world.engine, weights=replace(weights(), version="other", text_high=0.9))
    for opening in world.openings[:10]:
        world.live.remove(opening.id)
    world.change(profile(goals=replace(PERSON.work.goals, occupations=(Concept(COOK),))))
    cmd = ReplayDecision(SEEKER, page.decision_id, PURPOSE)
    decision, replayed = await replay_decision(cmd, world.uow, engine, NOW + timedelta(days=30))
    assert replayed == Replayed(page.matches)
    assert (replayed.identical, decision.versions) == (True, page.versions)


async def test_later_pages_are_worked_out_again_with_the_list() -> None:
    """They tell of the moment of the list, so they belong to it, whatever the profile says by now."""
    world = World(PERSON, _many(25))
    _told(world)
    first = await world.ask(page_size=10)
    world.change(profile(goals=replace(PERSON.work.goals, occupations=(Concept(COOK),))))
    second = await world.ask(page_size=10, page_token=first.next_page_token)
    replayed = await _replayed(world, first.decision_id)
    assert replayed == Replayed((*first.matches, *second.matches))


@pytest.mark.parametrize(
    "choices", [Choices(ranking_opt_out=True), Choices(matching_paused=True)], ids=["opt-out", "paused"]
)
async def test_lists_without_a_score_are_worked_out_again_too(choices: Choices) -> None:
    """Newest first for someone who has opted out, nothing for someone who is not matched."""
    world = World(replace(PERSON, choices=choices), _many(12))
    page = await world.ask()
    assert await _replayed(world, page.decision_id) == Replayed(page.matches)


async def test_feedback_is_an_input() -> None:
    """A list from which the person's own word kept an opening comes out without it, and says how many there were."""
    world = World(PERSON, _many(5))
    key = RequestKey(SEEKER.subject, opening_id(900), "GiveFeedback", b"1")
    said = GiveFeedback(SEEKER, key, PROFILE_ID, PURPOSE, opening_id(2), FeedbackKind.NOT_INTERESTED)
    await give_feedback(said, world.uow, world.engine, NOW)
    page = await world.ask()
    decision = world.uow.state.decisions[page.decision_id]
    assert (decision.filter.hidden, decision.hidden_count) == (frozenset({opening_id(2)}), 1)
    assert await _replayed(world, page.decision_id) == Replayed(page.matches)


async def test_a_forged_record_is_found_out() -> None:
    """Totals, order and reasons that the inputs do not give are named, with both values."""
    world = World(PERSON, _many(6))
    page = await world.ask()
    decision = world.uow.state.decisions[page.decision_id]
    first, second, *rest = decision.shortlist
    raised = Shortlisted(first.opening_id, first.version, first.total + 0.1, first.cosine)
    forged = replace(decision.matches[2], verdicts=())
    for changed, expected in (
        ({"shortlist": (raised, second, *rest)}, [("total", 1)]),
        ({"shortlist": (second, first, *rest)}, [("order", 1), ("order", 2)]),
        ({"matches": (replace(decision.matches[0], total=1.0), *decision.matches[1:])}, [("total", 1)]),
        ({"matches": (*decision.matches[:2], forged, *decision.matches[3:])}, [("verdicts", 3)]),
    ):
        world.uow.state.decisions[page.decision_id] = replace(decision, **changed)
        replayed = await _replayed(world, page.decision_id)
        assert [(one.about, one.rank) for one in replayed.differences] == expected
        assert not replayed.identical


async def test_a_listed_opening_that_did_not_fit_is_found_out() -> None:
    """An order that has an opening which the stored person could not have had is longer than what comes out."""
    world = World(PERSON, _many(3))
    page = await world.ask()
    inputs = world.uow.state.records.inputs[page.decision_id]
    asking = candidate(replace(vacancy(1), licences=(LicenceRequirement("hygiene-passport"),)))
    work = replace(PERSON.work, licences=(Licence("hygiene-passport", Answer.NO),))
    world.uow.state.records.inputs[page.decision_id] = replace(
        inputs,
        person=replace(inputs.person, snapshot=replace(inputs.person.snapshot, work=work)),
        openings=tuple(
            replace(opening, snapshot=asking.snapshot, signals=asking.signals)
            if opening.snapshot.id == opening_id(1)
            else opening
            for opening in inputs.openings
        ),
    )
    replayed = await _replayed(world, page.decision_id)
    assert Difference("order", 3, page.matches[2].opening.id, "") in replayed.differences


@pytest.mark.parametrize("about", ["rules", "vocabulary", "method", "inputs"])
async def test_what_is_no_longer_here_is_named_and_the_record_is_given(about: str) -> None:
    """Other rules, another vocabulary or another way of working things out: nothing is made up."""
    world = World(PERSON, _many(3))
    page = await world.ask()
    decision = world.uow.state.decisions[page.decision_id]
    if about == "inputs":
        del world.uow.state.records.inputs[page.decision_id]
    elif about == "method":
        world.uow.state.decisions[page.decision_id] = replace(decision, method="2025.9")
    else:
        older = {"rules": replace(decision.versions, rules="2025.9")}
        versions = older.get(about) or replace(decision.versions, vocabulary="2025.9")
        world.uow.state.decisions[page.decision_id] = replace(decision, versions=versions)
    replayed = await _replayed(world, page.decision_id)
    assert [obstacle.about for obstacle in replayed.obstacles] == [about]
    assert (replayed.identical, replayed.matches) == (False, page.matches)


# -- over ----------------------------------------------------------------------------------------------------------


async def test_a_list_is_given_until_its_last_day_and_not_after() -> None:
    """The day before the end it is there; the day after it is expired, for whoever asks, found or not."""
    world = World(PERSON, _many(1))
    page = await world.ask()
    cmd, end = GetDecision(SEEKER, page.decision_id, PURPOSE), NOW + period(Kept.DECISIONS, NOW.date())
    assert await get_decision(cmd, world.uow, world.engine, end - timedelta(days=1))
    later = end + timedelta(days=1)
    for caller in (SEEKER, OTHER):
        for kept in (True, False):
            if not kept:
                world.uow.state.decisions.pop(page.decision_id, None)
            with pytest.raises(FailedPrecondition) as refused:
                await get_decision(replace(cmd, caller=caller), world.uow, world.engine, later)
            assert refused.value.reason == "DECISION_EXPIRED"


async def test_an_erased_list_is_known_as_such_to_auditors_alone() -> None:
    """For everyone else it is as if it had never been: that someone is gone is nobody's business."""
    world = World(PERSON, _many(1))
    page = await world.ask()
    async with world.uow as uow:
        await uow.profiles.delete(PROFILE_ID)
        await uow.commit()
    cmd = GetDecision(AUDITOR, page.decision_id, Purpose.AUDIT)
    with pytest.raises(FailedPrecondition) as known:
        await get_decision(cmd, world.uow, world.engine, NOW)
    assert known.value.reason == "DECISION_ERASED"
    with pytest.raises(PermissionDenied):
        await get_decision(replace(cmd, caller=SEEKER), world.uow, world.engine, NOW)
    with pytest.raises(PermissionDenied):
        await get_decision(replace(cmd, decision_id=opening_id(1)), world.uow, world.engine, NOW)


def test_the_newest_rule_of_retention_holds() -> None:
    """A rule holds from its day on; every kind of record has one, with a source."""
    today = NOW.date()
    later = Retention(Kept.DECISIONS, 200, "a new act", today + timedelta(days=10))
    rules = (*RETENTION, later)
    assert period(Kept.DECISIONS, today, rules) == period(Kept.DECISIONS, today)
    assert period(Kept.DECISIONS, later.valid_from, rules) == timedelta(days=200)
    assert over_before(Kept.DECISIONS, NOW, (replace(later, valid_from=today),)) == NOW - timedelta(days=200)
    with pytest.raises(LookupError):
        period(Kept.CONTESTS, today, (later,))
    for kept in set(Kept) - {Kept.CANDIDATE_ASKS}:  # those are counted for a week; profiles holds what was asked
        assert period(kept, today) >= timedelta(days=183)
    assert period(Kept.CANDIDATE_ASKS, today) > timedelta(days=1)
    assert all(rule.source for rule in RETENTION)
