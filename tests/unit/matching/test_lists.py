"""Listing matches: admitted and computed side by side, on record before it is answered, stable over pages."""

import asyncio
from dataclasses import replace

import pytest

from services.matching.application.lists import ListMatches, MatchPage, list_matches
from services.matching.application.ports import Owner, StoredVector
from services.matching.domain.events import DecisionRecorded
from services.matching.domain.matches import Note, Order
from services.matching.domain.offers import LicenceRequirement
from services.matching.domain.snapshots import OpeningSnapshot, ProfileSnapshot
from services.matching.domain.values import Answer, Concept, OpeningKind, Purpose
from services.matching.domain.work import Choices, Licence
from shared.kernel.errors import InvalidArgument, PermissionDenied, PolkuError, Unavailable
from shared.kernel.ids import is_id
from shared.kernel.principal import Principal, Role
from tests.builders.matching import (
    NOW,
    PROFILE_ID,
    candidate,
    opening_id,
    profile,
    training,
    vacancy,
    weights,
)
from tests.builders.matching_vocabulary import CLEANER, COOK
from tests.builders.matching_world import OTHER, PERSON, SEEKER, World
from tests.fakes.matching import MODEL, vector


def _many(count: int) -> tuple[OpeningSnapshot, ...]:
    return tuple(vacancy(number) for number in range(1, count + 1))


def _ids(page: MatchPage) -> list[str]:
    return [match.opening.id for match in page.matches]


async def test_a_list_is_on_record_before_it_is_answered() -> None:
    """What is answered is what is kept, whole, with the versions of all that it was made with, and an event."""
    none = (Licence("hygiene-passport", Answer.NO),)
    cooking = vacancy(3, licences=(LicenceRequirement("hygiene-passport"),))
    world = World(replace(PERSON, work=replace(PERSON.work, licences=none)), (*_many(2), cooking))
    page = await world.ask(language="fi")
    decision = world.uow.state.decisions[page.decision_id]
    assert is_id(decision.id)
    assert (decision.matches, decision.language) == (page.matches, "fi")
    assert (page.eligible_count, page.excluded_count, dict(decision.excluded_by_rule)) == (2, 1, {"licence.held": 1})
    assert (page.order, page.notes, page.versions) == (Order.BEST_FIRST, (), decision.versions)
    versions = page.versions
    assert (versions.model, versions.weights, versions.profile_version) == (MODEL, weights().version, 1)
    assert (versions.vocabulary, bool(versions.rules)) == ("esco-small", True)
    assert world.uow.state.events == [DecisionRecorded(decision.id, NOW)]
    assert world.gate.asked == [
        (SEEKER.subject, PROFILE_ID, Purpose.OWN_DATA, "polku.matching.v1.MatchingService/ListMatches")
    ]


async def test_a_list_that_cannot_be_recorded_is_not_answered() -> None:
    """The store is down: no list."""
    world = World(openings=_many(2))
    world.uow.failing = True
    with pytest.raises(Unavailable):
        await world.ask()
    assert world.uow.state.decisions == {}


async def test_a_refusal_gives_no_list_and_no_record() -> None:
    """Someone else's list is refused, whether the person is known or not."""
    world = World(openings=_many(2))
    refusals = []
    for profile_id in (PROFILE_ID, opening_id(99)):
        with pytest.raises(PermissionDenied) as refused:
            await world.ask(caller=OTHER, profile_id=profile_id)
        refusals.append((refused.value.reason, refused.value.message))
    assert refusals[0] == refusals[1]
    assert world.uow.state.decisions == {}


async def test_access_is_asked_for_while_the_list_is_made() -> None:
    """Neither waits for the other: each goes on only once the other has begun."""

    class Meeting:
        """A gate and a source that meet."""

        def __init__(self) -> None:
            self.gate_asked, self.source_asked = asyncio.Event(), asyncio.Event()

        async def authorize(self, caller: Principal, profile_id: str, purpose: Purpose, method: str) -> None:
            self.gate_asked.set()
            await asyncio.wait_for(self.source_asked.wait(), 5)

        async def fetch(self, profile_id: str) -> ProfileSnapshot | None:
            self.source_asked.set()
            await asyncio.wait_for(self.gate_asked.wait(), 5)
            return PERSON

    world, meeting = World(openings=_many(1)), Meeting()
    world.uow.state.profiles.clear()
    engine = replace(world.engine, gate=meeting, source=meeting)
    cmd = ListMatches(SEEKER, PROFILE_ID, Purpose.OWN_DATA)
    page = await list_matches(cmd, world.uow, engine, NOW, lambda page: page)
    assert page.eligible_count == 1


async def test_a_profile_of_which_no_news_has_come_yet_is_fetched() -> None:
    """A person who was created a moment ago gets a list; one that is gone gets the same refusal as one never seen."""
    world = World(openings=_many(1))
    world.uow.state.profiles.clear()
    world.source.profiles[PROFILE_ID] = PERSON
    page = await world.ask()
    assert (page.eligible_count, page.pending) == (1, True)
    world.source.profiles.clear()
    with pytest.raises(PermissionDenied):
        await world.ask()


async def test_while_memory_is_filled_there_is_no_empty_list() -> None:
    """Row 36 of the bad inputs: what is missing is Unavailable, never silently empty."""
    world = World(openings=_many(1))
    world.live.loaded = False
    with pytest.raises(Unavailable) as refused:
        await world.ask()
    assert refused.value.reason == "OPENINGS_LOADING"


# -- pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [-1, 101, 10**9])
async def test_page_sizes_out_of_range(size: int) -> None:
    """Row 33 of the bad inputs."""
    with pytest.raises(InvalidArgument) as refused:
        await World().ask(page_size=size)
    assert refused.value.reason == "PAGE_SIZE_OUT_OF_RANGE"


async def test_pages_follow_the_recorded_order() -> None:
    """Whatever is published between two pages, each opening of the first order comes once, with its rank, on record."""
    world = World(openings=_many(25))
    whole = _ids(await world.ask(page_size=100))
    first = await world.ask(page_size=10)
    world.live.put(candidate(vacancy(99, occupation=Concept(CLEANER))), "")
    second = await world.ask(page_size=10, page_token=first.next_page_token)
    third = await world.ask(page_size=10, page_token=second.next_page_token)
    assert _ids(first) + _ids(second) + _ids(third) == whole
    assert [match.rank for match in second.matches] == list(range(11, 21))
    assert (third.next_page_token, second.decision_id) == ("", first.decision_id)
    kept = world.uow.state.decisions[first.decision_id].matches
    assert [match.opening.id for match in kept] == whole


async def test_a_page_asked_for_twice_is_the_same() -> None:
    """What a page has shown is on record, and is shown again."""
    world = World(openings=_many(15))
    first = await world.ask(page_size=10)
    pages = [await world.ask(page_size=10, page_token=first.next_page_token) for _ in range(2)]
    assert pages[0].matches == pages[1].matches
    assert len(world.uow.state.decisions[first.decision_id].matches) == 15


async def test_a_withdrawn_or_no_longer_fitting_opening_is_on_no_later_page() -> None:
    """Withdrawn openings go at once; so do those that the person cannot have any more."""
    asked = vacancy(15, licences=(LicenceRequirement("hygiene-passport"),))
    world = World(openings=(*_many(14), asked))
    first = await world.ask(page_size=10)
    world.live.remove(opening_id(14))
    world.change(profile(goals=PERSON.work.goals, licences=(Licence("hygiene-passport", Answer.NO),)))
    second = await world.ask(page_size=10, page_token=first.next_page_token)
    assert set(_ids(second)).isdisjoint({opening_id(14), opening_id(15)})
    assert len(_ids(first)) + len(_ids(second)) == 13 + len({opening_id(14), opening_id(15)} & set(_ids(first)))


async def test_the_recorded_order_ends_at_two_hundred() -> None:
    """More than fits is counted, not listed."""
    world = World(openings=_many(205))
    page, seen = await world.ask(page_size=100), 100
    while page.next_page_token:
        page = await world.ask(page_size=100, page_token=page.next_page_token)
        seen += len(page.matches)
    assert (seen, page.eligible_count) == (200, 205)


@pytest.mark.parametrize(
    "change",
    [
        {"caller": Principal(Role.SEEKER, "user-3")},
        {"profile_id": opening_id(98)},
        {"kind": OpeningKind.TRAINING},
        {"municipality": "049"},
        {"language": "sv"},
        {"purpose": Purpose.JOB_MATCHING},
    ],
)
async def test_a_token_is_good_for_one_caller_and_one_question(change: dict[str, object]) -> None:
    """Row 37 of the bad inputs: a token of another user or another question is invalid."""
    world = World(openings=_many(15))
    world.gate.allowed.add("user-3")
    first = await world.ask(page_size=10)
    with pytest.raises(InvalidArgument) as refused:
        await world.ask(page_token=first.next_page_token, **change)
    assert refused.value.reason == "PAGE_TOKEN_INVALID"


async def test_an_altered_token_is_invalid() -> None:
    """Row 37 of the bad inputs, the other half."""
    world = World(openings=_many(15))
    token = (await world.ask(page_size=10)).next_page_token
    with pytest.raises(InvalidArgument):
        await world.ask(page_token=token[:-2] + ("AA" if token[-2:] != "AA" else "BB"))


async def test_a_refused_later_page_records_nothing() -> None:
    """Someone whose access has ended gets no further page."""
    world = World(openings=_many(15))
    first = await world.ask(page_size=10)
    world.gate.allowed.clear()
    with pytest.raises(PolkuError):
        await world.ask(page_size=10, page_token=first.next_page_token)
    assert len(world.uow.state.decisions[first.decision_id].matches) == 10


# -- filters, choices, vectors -------------------------------------------------------------------------------------


async def test_one_kind_only() -> None:
    """A filter of kind is a filter of what is counted too."""
    page = await World(openings=(*_many(3), training(9))).ask(kind=OpeningKind.TRAINING)
    assert (_ids(page), page.eligible_count, page.excluded_count) == ([opening_id(9)], 1, 0)


async def test_without_ranking_newest_first_on_every_page() -> None:
    """An opt-out holds for later pages and for the record."""
    person = replace(PERSON, choices=Choices(ranking_opt_out=True))
    world = World(person, _many(12))
    first = await world.ask(page_size=10)
    second = await world.ask(page_size=10, page_token=first.next_page_token)
    assert first.order is second.order is Order.NEWEST_FIRST
    assert {(match.total, match.parts) for match in (*first.matches, *second.matches)} == {(0.0, ())}


@pytest.mark.parametrize("choices", [Choices(matching_paused=True), Choices(matching=Answer.NO)])
async def test_someone_who_is_not_matched_gets_an_empty_list_on_record(choices: Choices) -> None:
    """The list says so itself; on a later page too."""
    world = World(openings=_many(15))
    first = await world.ask(page_size=10)
    world.change(replace(PERSON, choices=choices))
    page = await world.ask()
    assert (page.matches, page.eligible_count, page.notes) == ((), 0, (Note.MATCHING_PAUSED,))
    assert page.decision_id in world.uow.state.decisions
    assert (await world.ask(page_size=10, page_token=first.next_page_token)).matches == ()


async def test_a_profile_that_says_nothing_is_told_so() -> None:
    """Row 34 of the bad inputs: nothing to rank by is a note, and a list all the same."""
    page = await World(profile(), _many(2)).ask()
    assert (page.notes, page.eligible_count, page.pending) == ((Note.NO_SIGNAL,), 2, False)


async def test_texts_that_are_read_make_the_order() -> None:
    """The nearer text comes first; while a text waits, the list says that it will get better."""
    world = World(openings=_many(2))
    assert (await world.ask()).pending
    digest = world.uow.state.profiles[PROFILE_ID].digest
    world.uow.state.vectors[Owner.PROFILE, PROFILE_ID] = StoredVector(Owner.PROFILE, PROFILE_ID, digest, vector(1, 0))
    world.live.put_vector(opening_id(2), "", vector(1, 0.1))
    assert (await world.ask()).pending
    world.live.put_vector(opening_id(1), "", vector(0, 1))
    page = await world.ask()
    assert (_ids(page), page.pending) == ([opening_id(2), opening_id(1)], False)
    assert page.versions.index_generation == world.live.view().columns.generation


async def test_a_vector_of_another_model_is_not_compared() -> None:
    """After a change of model the person's old vector waits to be replaced."""
    world = World(openings=_many(1))
    old = vector(1, 0, model="older")
    world.uow.state.vectors[Owner.PROFILE, PROFILE_ID] = StoredVector(Owner.PROFILE, PROFILE_ID, "old", old)
    world.live.put_vector(opening_id(1), "", vector(1, 0))
    page = await world.ask()
    assert page.pending
    assert [part.known for part in page.matches[0].parts if part.part == "text"] == [False]


async def test_signals_of_another_vocabulary_are_read_anew() -> None:
    """A profile that was linked with an older vocabulary is linked again for the list."""
    world = World(openings=(vacancy(1, occupation=Concept(CLEANER)), vacancy(2, occupation=Concept(COOK))))
    stored = world.uow.state.profiles[PROFILE_ID]
    old = replace(stored.signals, vocabulary="esco-older", wished=())
    world.uow.state.profiles[PROFILE_ID] = replace(stored, signals=old)
    page = await world.ask()
    assert page.matches[0].explanation.reasons[0].code == "occupation.wished"
