"""Feedback changes the person's next list at once; what is contested waits for a human's answer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.matching.application.feedback import (
    ContestMatch,
    GiveFeedback,
    ListContests,
    ListFeedback,
    ResolveContest,
    WithdrawFeedback,
    contest_match,
    give_feedback,
    list_contests,
    list_feedback,
    resolve,
    withdraw_feedback,
)
from services.matching.application.lists import MatchPage
from services.matching.application.records import RequestKey
from services.matching.domain.events import ContestOpened, ContestResolved
from services.matching.domain.feedback import ContestAnswer, Feedback, FeedbackKind, FeedbackReason
from services.matching.domain.matches import Note
from services.matching.domain.values import Purpose
from shared.kernel.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from shared.kernel.ids import new_id
from tests.builders.matching import NOW, PROFILE_ID, opening_id, vacancy
from tests.builders.matching_world import OTHER, SEEKER, World

PURPOSE = Purpose.OWN_DATA
HIDING = [FeedbackKind.NOT_INTERESTED, FeedbackKind.NOT_FITTING, FeedbackKind.APPLIED]


def _world(count: int = 4) -> World:
    return World(openings=tuple(vacancy(number) for number in range(1, count + 1)))


def _key(method: str = "GiveFeedback", request_id: str = "", content: bytes = b"1") -> RequestKey:
    return RequestKey(SEEKER.subject, request_id or new_id(), method, content)


def _said(number: int, kind: FeedbackKind = FeedbackKind.NOT_INTERESTED, **fields: Any) -> GiveFeedback:
    reason = FeedbackReason.TRAVEL if kind is FeedbackKind.NOT_FITTING else FeedbackReason.NONE
    given: dict[str, Any] = {"request": _key(), "reason": reason, "opening_id": opening_id(number)} | fields
    return GiveFeedback(SEEKER, profile_id=PROFILE_ID, purpose=PURPOSE, kind=kind, **given)


async def _give(world: World, cmd: GiveFeedback) -> Feedback:
    return await give_feedback(cmd, world.uow, world.engine, NOW)


def _ids(page: MatchPage) -> list[str]:
    return [match.opening.id for match in page.matches]


# -- what is said --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", HIDING)
async def test_an_opening_that_is_not_wanted_is_gone_from_the_next_list(kind: FeedbackKind) -> None:
    """It is counted as hidden and nowhere else, the list says so, and nothing else moves."""
    world = _world()
    before = await world.ask()
    await _give(world, _said(2, kind))
    after = await world.ask()
    assert _ids(after) == [one for one in _ids(before) if one != opening_id(2)]
    assert (after.hidden_count, after.eligible_count, after.excluded_count) == (1, 3, 0)
    assert Note.HIDDEN in after.notes
    totals = {match.opening.id: match.total for match in before.matches}
    assert all(match.total == totals[match.opening.id] for match in after.matches)


async def test_an_interesting_opening_stays_where_it_is_and_is_marked() -> None:
    """Interest moves nothing, so no word about one opening lowers another."""
    world = _world()
    before = await world.ask()
    await _give(world, _said(3, FeedbackKind.INTERESTED))
    after = await world.ask()
    assert (_ids(after), after.interesting, after.hidden_count) == (_ids(before), (opening_id(3),), 0)
    assert before.interesting == ()


async def test_the_newest_word_holds_until_it_is_taken_back() -> None:
    """One word an opening; taking it back brings the opening back, and a second time there is nothing to take back."""
    world = _world()
    await _give(world, _said(2, FeedbackKind.INTERESTED))
    await _give(world, _said(2, FeedbackKind.NOT_INTERESTED))
    assert opening_id(2) not in _ids(await world.ask())
    for said in (True, False):
        cmd = WithdrawFeedback(SEEKER, _key("WithdrawFeedback"), PROFILE_ID, PURPOSE, opening_id(2))
        assert (await withdraw_feedback(cmd, world.uow, world.engine, NOW)).said is said
    page = await world.ask()
    assert opening_id(2) in _ids(page)
    assert (page.interesting, page.hidden_count) == ((), 0)


async def test_a_hidden_opening_is_on_no_later_page_either() -> None:
    """A word between two pages counts for the second."""
    world = _world(15)
    first = await world.ask(page_size=10)
    last = world.uow.state.decisions[first.decision_id].shortlist[-1].opening_id
    await _give(world, replace(_said(1), opening_id=last))
    second = await world.ask(page_size=10, page_token=first.next_page_token)
    assert (len(second.matches), last in _ids(second)) == (4, False)


async def test_everything_that_was_said_can_be_listed() -> None:
    """Newest first, page by page: that is how it is found again to be taken back."""
    world, seen, token = _world(5), [], ""
    for number in (1, 2, 3):
        await _give(world, _said(number))
    for _ in range(2):
        cmd = ListFeedback(SEEKER, PROFILE_ID, PURPOSE, page_size=2, page_token=token)
        words, token = await list_feedback(cmd, world.uow, world.engine)
        seen += [word.opening_id for word in words]
    assert (seen, token) == ([opening_id(3), opening_id(2), opening_id(1)], "")


async def test_a_repeated_request_changes_nothing() -> None:
    """The same id gives the same answer; with another content it is refused."""
    world, key = _world(), _key()
    first = await _give(world, _said(1, request=key))
    assert await _give(world, _said(1, request=key)) == first
    assert len(world.uow.state.records.feedback) == 1
    with pytest.raises(InvalidArgument) as refused:
        await _give(world, _said(1, request=replace(key, fingerprint=b"2")))
    assert refused.value.reason == "REQUEST_ID_REUSED"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(FeedbackKind.NOT_FITTING, FeedbackReason.NONE), (FeedbackKind.INTERESTED, FeedbackReason.PAY)],
)
async def test_a_reason_belongs_to_what_does_not_fit(kind: FeedbackKind, reason: FeedbackReason) -> None:
    """NOT_FITTING says in what, and no other word does."""
    with pytest.raises(InvalidArgument) as refused:
        await _give(_world(), _said(1, kind, reason=reason))
    assert refused.value.reason == "FEEDBACK_REASON"


async def test_what_is_said_is_about_an_opening_that_there_is() -> None:
    """Published, or in a list of this person that is named; a list of someone else is as good as none."""
    world = _world()
    page = await world.ask()
    world.live.remove(opening_id(1))
    with pytest.raises(NotFound):
        await _give(world, _said(1))
    assert (await _give(world, _said(1, decision_id=page.decision_id))).decision_id == page.decision_id
    foreign = replace(world.uow.state.decisions[page.decision_id], id=new_id(), profile_id=opening_id(77))
    world.uow.state.decisions[foreign.id] = foreign
    for decision_id in (foreign.id, opening_id(99)):
        with pytest.raises(InvalidArgument) as refused:
            await _give(world, _said(2, decision_id=decision_id))
        assert refused.value.reason == "DECISION_UNKNOWN"


# -- what is contested ---------------------------------------------------------------------------------------------


def _contested(number: int = 1, **fields: Any) -> ContestMatch:
    given: dict[str, Any] = {"about": "language.speaking", "value": "A2", "words": "I speak B1."} | fields
    return ContestMatch(SEEKER, _key("ContestMatch"), PROFILE_ID, PURPOSE, opening_id(number), **given)


async def test_a_contest_is_kept_and_a_human_hears_of_it() -> None:
    """With what the person said; the event has its id alone."""
    world = _world()
    contest = await contest_match(_contested(), world.uow, world.engine, NOW)
    assert (contest.about, contest.value, contest.words) == ("language.speaking", "A2", "I speak B1.")
    assert contest.open
    assert world.uow.state.events == [ContestOpened(contest.id, NOW)]
    cmd = ListContests(SEEKER, PROFILE_ID, PURPOSE)
    assert await list_contests(cmd, world.uow, world.engine) == ((contest,), "")


@pytest.mark.parametrize("about", ["travel", "licence.held", ""])
async def test_a_contest_is_about_a_rule_a_part_or_the_whole(about: str) -> None:
    """By the names that matches give."""
    world = _world()
    assert (await contest_match(_contested(about=about), world.uow, world.engine, NOW)).about == about


async def test_a_contest_about_nothing_that_there_is_is_refused() -> None:
    """Neither a rule nor a part; and an opening that is not there."""
    world = _world()
    with pytest.raises(InvalidArgument) as refused:
        await contest_match(_contested(about="zodiac"), world.uow, world.engine, NOW)
    assert refused.value.reason == "CONTEST_ABOUT_UNKNOWN"
    with pytest.raises(NotFound):
        await contest_match(_contested(77), world.uow, world.engine, NOW)
    assert world.uow.state.records.contests == {}


async def test_a_contest_is_answered_once() -> None:
    """With a coded answer and words; it is then no longer open."""
    world, later = _world(), NOW + timedelta(days=1)
    contest = await contest_match(_contested(), world.uow, world.engine, NOW)
    key = _key("ResolveContest")
    cmd = ResolveContest(SEEKER, key, contest.id, PURPOSE, ContestAnswer.PROFILE_CORRECTED, "Now B1.")
    resolved = await resolve(cmd, world.uow, world.engine, later)
    assert (resolved.answer, resolved.answer_words, resolved.answer_time) == (cmd.answer, "Now B1.", later)
    assert world.uow.state.events[-1] == ContestResolved(contest.id, later)
    assert await resolve(cmd, world.uow, world.engine, later) == resolved
    with pytest.raises(FailedPrecondition) as refused:
        await resolve(replace(cmd, request=_key("ResolveContest")), world.uow, world.engine, later)
    assert refused.value.reason == "CONTEST_RESOLVED"
    for open_only, expected in ((True, ()), (False, (resolved,))):
        listing = ListContests(SEEKER, PROFILE_ID, PURPOSE, open_only=open_only)
        assert (await list_contests(listing, world.uow, world.engine))[0] == expected


async def test_absent_and_forbidden_contests_are_refused_alike() -> None:
    """The same reason and words."""
    world = _world()
    contest = await contest_match(_contested(), world.uow, world.engine, NOW)
    refusals = []
    for caller, contest_id in ((OTHER, contest.id), (SEEKER, opening_id(1))):
        cmd = ResolveContest(caller, _key("ResolveContest"), contest_id, PURPOSE, ContestAnswer.STANDS)
        with pytest.raises(PermissionDenied) as refused:
            await resolve(cmd, world.uow, world.engine, NOW)
        refusals.append((refused.value.reason, refused.value.message))
    assert refusals[0] == refusals[1]


async def test_each_method_asks_the_gate_by_its_name_and_keeps_nothing_when_refused() -> None:
    """Profiles decides, method by method."""
    world = _world()
    calls: list[Any] = [
        lambda: give_feedback(replace(_said(1), caller=OTHER), world.uow, world.engine, NOW),
        lambda: withdraw_feedback(
            WithdrawFeedback(OTHER, _key(), PROFILE_ID, PURPOSE, opening_id(1)), world.uow, world.engine, NOW
        ),
        lambda: list_feedback(ListFeedback(OTHER, PROFILE_ID, PURPOSE), world.uow, world.engine),
        lambda: contest_match(replace(_contested(), caller=OTHER), world.uow, world.engine, NOW),
        lambda: list_contests(ListContests(OTHER, PROFILE_ID, PURPOSE), world.uow, world.engine),
    ]
    for call in calls:
        with pytest.raises(PermissionDenied):
            await call()
    records = world.uow.state.records
    assert (records.feedback, records.contests, records.answers) == ([], {}, {})
    world.gate.allowed.add(OTHER.subject)
    for call in calls:
        await call()
    names = ["GiveFeedback", "WithdrawFeedback", "ListFeedback", "ContestMatch", "ListContests"]
    assert [method.rsplit("/", 1)[1] for *_, method in world.gate.asked] == names


async def test_everything_that_was_said_goes_with_the_person() -> None:
    """Feedback, contests and stored answers are part of the person's data."""
    world = _world()
    await _give(world, _said(1))
    await contest_match(_contested(2), world.uow, world.engine, NOW)
    async with world.uow as uow:
        await uow.profiles.delete(PROFILE_ID)
        await uow.commit()
    records = world.uow.state.records
    assert (records.feedback, records.contests, records.answers) == ([], {}, {})
