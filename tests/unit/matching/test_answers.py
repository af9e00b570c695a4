"""The answers beside the list: exclusions, one opening in full, next steps, the question."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.application.answers import (
    ExplainMatch,
    GetQuestion,
    ListExclusions,
    explain_match,
    get_question,
    list_exclusions,
)
from services.matching.application.next_steps import ListNextSteps, list_next_steps
from services.matching.domain.offers import LicenceRequirement
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import Answer, Purpose, Remote, Shift
from services.matching.domain.work import Choices, EverydayLimits, Licence, RightStatus, RightToWork
from shared.kernel.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Unavailable
from shared.kernel.principal import Principal
from tests.builders.matching import NOW, PROFILE_ID, opening_id, profile, vacancy
from tests.builders.matching_world import OTHER, SEEKER, World

PURPOSE = Purpose.OWN_DATA
CODES = ("hygiene-passport", "driving-licence-b", "driving-licence-c")
PERSON = profile(
    licences=tuple(Licence(code, Answer.NO) for code in CODES),
    right_to_work=RightToWork(RightStatus.UNLIMITED),
    limits=EverydayLimits(nights=Answer.NO),
)


def _asking(number: int, *codes: str, **fields: object) -> OpeningSnapshot:
    licences = tuple(LicenceRequirement(code) for code in codes)
    day = NOW - timedelta(days=number)
    return vacancy(number, licences=licences, publish_time=day, remote=Remote.FULLY, **fields)


def _world() -> World:
    """Three that ask for one card each, one that asks for two things, one that fits."""
    two = _asking(4, CODES[0], shifts=(Shift.NIGHT,))
    return World(PERSON, (*(_asking(n + 1, code) for n, code in enumerate(CODES)), two, _asking(5)))


# -- exclusions ----------------------------------------------------------------------------------------------------


async def test_exclusions_nearest_first_over_pages_with_all_counts() -> None:
    """Every page has the counts of the whole; together the pages hold each opening once."""
    world, token, seen = _world(), "", []
    for _ in range(2):
        cmd = ListExclusions(SEEKER, PROFILE_ID, PURPOSE, page_size=2, page_token=token)
        page = await list_exclusions(cmd, world.uow, world.engine, NOW)
        seen += [exclusion.opening.id for exclusion in page.exclusions]
        token = page.next_page_token
        assert dict(page.excluded_by_rule) == {"licence.held": 4, "shift.night": 1}
        assert page.excluded_count == 4
    assert (seen, token) == ([opening_id(number) for number in (1, 2, 3, 4)], "")


async def test_an_opening_published_between_pages_moves_no_other() -> None:
    """Pages go on behind the last one shown."""
    world = _world()
    cmd = ListExclusions(SEEKER, PROFILE_ID, PURPOSE, page_size=2)
    first = await list_exclusions(cmd, world.uow, world.engine, NOW)
    world.live.remove(opening_id(1))
    following = replace(cmd, page_token=first.next_page_token)
    second = await list_exclusions(following, world.uow, world.engine, NOW)
    assert [exclusion.opening.id for exclusion in second.exclusions] == [opening_id(3), opening_id(4)]


# -- one opening ---------------------------------------------------------------------------------------------------


async def test_one_person_beside_one_opening_whether_it_fits_or_not() -> None:
    """Requirement by requirement, with score and explanation."""
    world = _world()
    fits, not_fits = [
        await explain_match(ExplainMatch(SEEKER, PROFILE_ID, opening_id(n), PURPOSE), world.uow, world.engine, NOW)
        for n in (5, 1)
    ]
    assert (fits.eligible, not_fits.eligible) == (True, False)
    assert (not_fits.match.rank, bool(not_fits.match.parts)) == (0, True)
    assert not_fits.match.explanation.gaps[0].origin == "licence.held"
    assert fits.versions.profile_version == 1


async def test_an_opening_that_is_not_published_is_not_found() -> None:
    """Openings are public: their absence may be told, to someone who may see the person."""
    world = _world()
    cmd = ExplainMatch(SEEKER, PROFILE_ID, opening_id(77), PURPOSE)
    with pytest.raises(NotFound):
        await explain_match(cmd, world.uow, world.engine, NOW)
    with pytest.raises(PermissionDenied):
        await explain_match(replace(cmd, caller=OTHER), world.uow, world.engine, NOW)


async def test_explaining_follows_the_persons_choices() -> None:
    """Without ranking there are verdicts and no score; someone who is not matched is not compared."""
    world = _world()
    cmd = ExplainMatch(SEEKER, PROFILE_ID, opening_id(1), PURPOSE)
    world.change(replace(PERSON, choices=Choices(ranking_opt_out=True)))
    found = await explain_match(cmd, world.uow, world.engine, NOW)
    assert (found.match.total, found.match.parts, bool(found.match.verdicts)) == (0.0, (), True)
    world.change(replace(PERSON, choices=Choices(matching_paused=True)))
    with pytest.raises(FailedPrecondition):
        await explain_match(cmd, world.uow, world.engine, NOW)


# -- next steps and the question -----------------------------------------------------------------------------------


async def test_next_steps_over_pages() -> None:
    """The change that opens most first; each change on one page."""
    world, token, seen = _world(), "", []
    for _ in range(2):
        cmd = ListNextSteps(SEEKER, PROFILE_ID, PURPOSE, page_size=2, page_token=token)
        page = await list_next_steps(cmd, world.uow, world.engine, NOW)
        seen += [[change.subject or change.rule for change in step.changes] for step in page.steps]
        token = page.next_page_token
    pair = ["hygiene-passport", "shift.night"]
    assert (seen, token) == ([["driving-licence-c"], ["hygiene-passport"], pair, ["driving-licence-b"]], "")


async def test_the_question() -> None:
    """One opening fits but for a skill that is not known; none where nothing is open."""
    world = _world()
    cmd = GetQuestion(SEEKER, PROFILE_ID, PURPOSE)
    assert await get_question(cmd, world.uow, world.engine, NOW) is None
    evening = World(PERSON, (_asking(6, shifts=(Shift.EVENING,)), _asking(7, shifts=(Shift.EVENING,))))
    question = await get_question(cmd, evening.uow, evening.engine, NOW)
    assert question is not None
    assert (question.field, question.undecided) == ("work.limits.evenings", 2)


async def test_someone_who_is_not_matched_gets_nothing_beside_the_list() -> None:
    """Matching off is off everywhere."""
    world = _world()
    world.change(replace(PERSON, choices=Choices(matching=Answer.NO)))
    exclusions = ListExclusions(SEEKER, PROFILE_ID, PURPOSE)
    assert (await list_exclusions(exclusions, world.uow, world.engine, NOW)).excluded_count == 0
    steps = ListNextSteps(SEEKER, PROFILE_ID, PURPOSE)
    assert (await list_next_steps(steps, world.uow, world.engine, NOW)).steps == ()
    assert await get_question(GetQuestion(SEEKER, PROFILE_ID, PURPOSE), world.uow, world.engine, NOW) is None


# -- what holds for all --------------------------------------------------------------------------------------------


async def test_all_are_refused_and_unavailable_alike() -> None:
    """Each asks the gate, and none answers from memory that is not filled."""
    world = _world()

    async def all_of(caller: Principal) -> list[type[Exception]]:
        calls = (
            list_exclusions(ListExclusions(caller, PROFILE_ID, PURPOSE), world.uow, world.engine, NOW),
            explain_match(ExplainMatch(caller, PROFILE_ID, opening_id(1), PURPOSE), world.uow, world.engine, NOW),
            list_next_steps(ListNextSteps(caller, PROFILE_ID, PURPOSE), world.uow, world.engine, NOW),
            get_question(GetQuestion(caller, PROFILE_ID, PURPOSE), world.uow, world.engine, NOW),
        )
        raised = []
        for call in calls:
            with pytest.raises((PermissionDenied, Unavailable)) as error:
                await call
            raised.append(error.type)
        return raised

    assert await all_of(OTHER) == [PermissionDenied] * 4
    world.live.loaded = False
    assert await all_of(SEEKER) == [Unavailable] * 4


async def test_pages_have_their_limits_and_tokens() -> None:
    """Sizes out of range and tokens of another list are refused."""
    world = _world()
    page = await list_exclusions(ListExclusions(SEEKER, PROFILE_ID, PURPOSE, page_size=1), world.uow, world.engine, NOW)
    with pytest.raises(InvalidArgument):
        cmd = ListNextSteps(SEEKER, PROFILE_ID, PURPOSE, page_token=page.next_page_token)
        await list_next_steps(cmd, world.uow, world.engine, NOW)
    with pytest.raises(InvalidArgument):
        await list_next_steps(ListNextSteps(SEEKER, PROFILE_ID, PURPOSE, page_size=101), world.uow, world.engine, NOW)
    with pytest.raises(InvalidArgument):
        await list_exclusions(ListExclusions(SEEKER, PROFILE_ID, PURPOSE, page_size=-1), world.uow, world.engine, NOW)
