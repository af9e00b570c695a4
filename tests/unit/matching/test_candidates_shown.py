"""What is shown of candidates who are not named: as much as five share, and nothing that is theirs alone."""

from collections import Counter
from dataclasses import replace

from services.matching.application.willing import CandidateList
from services.matching.domain.anonymity import LEAST, WITHHELD
from services.matching.domain.values import CefrLevel, Place
from services.matching.domain.work import EverydayLimits, LanguageSkill, SeekerWeights, WorkExperience
from tests.builders.matching import NOW, levels, opening_id
from tests.builders.matching_candidates import (
    COUNSELLOR,
    PUBLISHER,
    VACANCY,
    CandidateWorld,
    answer,
    crowd,
    person_id,
    sent,
    somebody,
)


def value(made: CandidateList, kind: str) -> Counter[str]:
    """How often each value of a kind is shown."""
    return Counter(each.value for one in made.people for each in one.standings if each.aspect.kind == kind)


async def test_fewer_than_five_who_fit_are_shown_with_nothing() -> None:
    """All standings withheld, no total, no reason and no gap."""
    made = await crowd(4).candidates()
    assert len(made.people) == 4
    assert {each.value for one in made.people for each in one.standings} == {WITHHELD}
    assert {one.total for one in made.people} == {None}
    for shown in answer(made).candidates:
        assert not shown.HasField("total")
        assert not shown.explanation.reasons
        assert not shown.explanation.gaps


async def test_five_alike_are_shown_with_how_they_stand() -> None:
    """Coarse values of what the vacancy asks, and nothing finer."""
    made = await crowd(5).candidates()
    shown = {each.aspect.kind: each.value for each in made.people[0].standings}
    assert shown["language"] == "met"
    assert shown["right_to_work"] == "met"
    assert shown["experience"] == "12_to_35_months"
    assert shown["travel"] == "under_30_minutes"
    assert shown["part.occupation"] == "high"


async def test_a_value_that_fewer_than_five_share_is_withheld() -> None:
    """One of eleven has five years of work behind them: neither they nor enough others are shown with a band."""
    world = crowd(10)
    world.add(somebody(11, experiences=(WorkExperience(somebody(1).work.experiences[0].occupation, 72),)))
    assert value(await world.candidates(), "experience") == {WITHHELD: 11}
    world.add(*(somebody(n, experiences=somebody(11).work.experiences[:0]) for n in range(12, 17)))
    seen = value(await world.candidates(), "experience")
    assert seen["60_months_or_more"] == 0
    assert seen[WITHHELD] >= LEAST


async def test_all_that_is_shown_of_one_is_shown_of_four_others() -> None:
    """Over a mixed crowd, the whole answer but rank and handle: standings, total, reasons and gaps."""
    world = CandidateWorld()
    homes = ("049", "091", "092", "")
    for number in range(1, 61):
        world.add(
            somebody(
                number,
                experiences=(WorkExperience(somebody(1).work.experiences[0].occupation, number * 3),),
                languages=(LanguageSkill("fi", levels(CefrLevel.B1)),) if number % 3 else (),
                limits=replace(somebody(1).work.limits, home=Place(homes[number % 4]), max_travel_minutes=None),
            )
        )
    made = await world.candidates()
    seen: Counter[bytes] = Counter()
    for shown in answer(made).candidates:
        shown.rank, shown.handle = 0, ""
        seen[shown.SerializeToString(deterministic=True)] += 1
    assert len(made.people) == 60
    assert len(seen) > 3
    assert min(seen.values()) >= LEAST


async def test_nothing_of_their_own_leaves_with_someone_who_is_not_named() -> None:
    """No id, home, level, number of months or minutes, source or wish: only what the vacancy asks, and bands."""
    world = crowd(0)
    limits = EverydayLimits(
        home=Place("049", "Suurpelto", "02250"),
        travel_modes=somebody(1).work.limits.travel_modes,
        max_travel_minutes=53,
        available_from=NOW.date(),
    )
    occupation = somebody(1).work.experiences[0].occupation
    world.add(
        *(somebody(n, limits=limits, experiences=(WorkExperience(occupation, 31),), summaries=()) for n in range(1, 8))
    )
    leaving = sent(await world.candidates()).decode("utf-8", errors="replace")
    for own in ("Suurpelto", "02250", "53", "31", "B1", "bicycle", person_id(1)):
        assert own not in leaving


async def test_a_handle_is_good_for_one_reader_and_one_vacancy() -> None:
    """The same list again has the same handles; no handle is met by another reader or beside another vacancy."""
    world = CandidateWorld(openings=(VACANCY, replace(VACANCY, id=opening_id(2))))
    world.add(*(somebody(n) for n in range(1, 8)))
    handles = {each.handle for each in (await world.candidates()).people}
    assert handles == {each.handle for each in (await world.candidates()).people}
    for caller, opening in (
        (replace(COUNSELLOR, subject="counsellor-2"), VACANCY.id),
        (PUBLISHER, VACANCY.id),
        (COUNSELLOR, opening_id(2)),
    ):
        assert handles.isdisjoint(each.handle for each in (await world.candidates(caller, opening)).people)


async def test_the_order_does_not_join_two_lists() -> None:
    """People who are shown alike stand in another order for another reader."""
    world = crowd(40)
    mine = [each.profile_id for each in (await world.candidates()).people]
    other = [each.profile_id for each in (await world.candidates(PUBLISHER)).people]
    assert sorted(mine) == sorted(other)
    assert mine != other


async def test_better_candidates_come_first() -> None:
    """A block of people with the wished work stands before one of people without it."""
    world = crowd(0)
    world.add(*(somebody(n) for n in range(1, 6)))
    world.add(*(somebody(n, experiences=(), goals=somebody(1).work.goals.__class__()) for n in range(6, 11)))
    made = await world.candidates()
    assert {each.profile_id for each in made.people[:5]} == {person_id(n) for n in range(1, 6)}
    assert [each.rank for each in made.people] == list(range(1, 11))


async def test_a_seekers_own_weights_do_not_move_them_beside_others() -> None:
    """They say what matters to the person; for a vacancy all are measured alike."""
    world = crowd(8)
    before = {each.profile_id: each.match.total for each in (await world.candidates()).people}
    goals = replace(somebody(1).work.goals, weights=SeekerWeights(skills=0.5, interest=2.0))
    world.add(somebody(1, goals=goals))
    after = {each.profile_id: each.match.total for each in (await world.candidates()).people}
    assert after == before
