"""Candidates for a vacancy: who may ask, who is in, who is named, and what is on record."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from services.matching.application import candidates as application
from services.matching.application.ports import Owner, StoredVector
from services.matching.domain.aspects import is_willing
from services.matching.domain.feedback import Feedback, FeedbackKind, FeedbackReason
from services.matching.domain.values import Answer, CefrLevel, Purpose
from services.matching.domain.work import Choices, LanguageSkill
from shared.kernel.errors import (
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unavailable,
)
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, Role
from tests.builders.matching import NOW, candidate, levels, opening_id, training, vacancy, weights
from tests.builders.matching_candidates import (
    COUNSELLOR,
    PUBLISHER,
    VACANCY,
    WILLING,
    CandidateWorld,
    crowd,
    person_id,
    sent,
    somebody,
)
from tests.fakes.matching import MODEL, vector

# -- who may ask -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COUNSELLOR, Role.PUBLISHER)])
async def test_others_than_counsellors_and_publishers_are_refused(role: Role) -> None:
    """No other role is shown anybody."""
    with pytest.raises(PermissionDenied):
        await crowd(6).candidates(Principal(role, "somebody"))


@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.JOB_MATCHING])
async def test_people_are_shown_to_fill_a_vacancy_and_for_nothing_else(purpose: Purpose) -> None:
    """Every other purpose is refused."""
    with pytest.raises(PermissionDenied):
        await crowd(6).candidates(purpose=purpose)


async def test_a_publisher_asks_for_its_own_vacancies_alone() -> None:
    """Another's vacancy and one that is not there get the same refusal; one's own is answered."""
    world = crowd(6)
    assert len((await world.candidates(PUBLISHER)).people) == 6
    stranger = replace(PUBLISHER, publisher="p-2")
    refusals = []
    for caller, opening in (
        (stranger, VACANCY.id),
        (stranger, opening_id(99)),
        (replace(PUBLISHER, publisher=""), VACANCY.id),
    ):
        with pytest.raises(PermissionDenied) as refused:
            await world.candidates(caller, opening)
        refusals.append(str(refused.value))
    assert len(set(refusals)) == 1


async def test_only_published_vacancies_have_candidates() -> None:
    """A training and an opening that is gone are refused with a reason."""
    world = CandidateWorld(openings=(training(2),))
    with pytest.raises(FailedPrecondition) as no_vacancy:
        await world.candidates(opening=opening_id(2))
    assert no_vacancy.value.reason == "NOT_A_VACANCY"
    with pytest.raises(NotFound):
        await world.candidates(opening=opening_id(1))


async def test_a_page_size_out_of_range_is_refused() -> None:
    """From 1 to 100."""
    for size in (-1, 101):
        with pytest.raises(InvalidArgument):
            await crowd(1).candidates(size=size)


# -- who is in -------------------------------------------------------------------------------------------------------


def test_who_is_willing_has_said_so_and_has_not_stood_back() -> None:
    """Of all choices: yes to requests, matching not refused, not paused, no opt-out of ranking."""
    for matching, requests, opt_out, paused in product(Answer, Answer, (True, False), (True, False)):
        choices = Choices(matching, requests, ranking_opt_out=opt_out, matching_paused=paused)
        expected = requests is Answer.YES and matching is not Answer.NO and not opt_out and not paused
        assert is_willing(choices) is expected


@pytest.mark.parametrize(
    "choices",
    [
        replace(WILLING, employer_requests=Answer.NO),
        replace(WILLING, employer_requests=Answer.UNKNOWN),
        replace(WILLING, matching=Answer.NO),
        replace(WILLING, matching_paused=True),
        replace(WILLING, ranking_opt_out=True),
    ],
)
async def test_who_is_not_willing_leaves_no_trace(choices: Choices) -> None:
    """The answer has the same bytes with that person there or not, though they have said yes to the vacancy."""
    world = crowd(8)
    without = sent(await world.candidates())
    world.add(somebody(9, choices=choices, languages=(LanguageSkill("fi", levels(CefrLevel.C1)),)))
    world.say_yes(9)
    assert sent(await world.candidates()) == without


async def test_whoever_changes_their_mind_is_gone_from_the_next_list() -> None:
    """Pausing, withdrawing, and being erased each take effect in the next answer."""
    world = crowd(8)
    before = {each.profile_id for each in (await world.candidates()).people}
    world.add(somebody(1, choices=replace(WILLING, matching_paused=True)))
    world.add(somebody(2, choices=replace(WILLING, employer_requests=Answer.NO)))
    async with world.uow as uow:
        await uow.profiles.delete(person_id(3))
        await uow.commit()
    after = {each.profile_id for each in (await world.candidates()).people}
    assert before - after == {person_id(1), person_id(2), person_id(3)}


async def test_somebody_who_changes_while_the_list_is_made_is_not_in_it() -> None:
    """Whoever has another version when the list is recorded is neither recorded nor shown."""
    world = crowd(8)
    paused = replace(somebody(4, choices=replace(WILLING, matching_paused=True)), version=2)
    world.consents.meanwhile = lambda: world.add(paused)
    made = await world.candidates()
    assert {each.profile_id for each in made.people} == {person_id(n) for n in range(1, 9)} - {person_id(4)}
    async with world.uow as uow:
        kept = await uow.candidate_lists.get(made.id)
    assert kept == made


async def test_who_does_not_fit_or_does_not_want_it_is_left_out() -> None:
    """Known not to have the language: counted as considered. Has said no to this vacancy: not considered."""
    world = crowd(6)
    world.add(somebody(7, languages=(LanguageSkill("fi", levels(CefrLevel.NONE)),)))
    word = Feedback(new_id(), person_id(1), VACANCY.id, FeedbackKind.NOT_INTERESTED, FeedbackReason.NONE, "", NOW)
    world.uow.state.records.feedback.append((person_id(1), VACANCY.id, word))
    made = await world.candidates()
    assert {each.profile_id for each in made.people} == {person_id(n) for n in range(2, 7)}
    assert (made.willing, made.considered, made.eligible) == (6, 6, 5)


async def test_of_very_many_those_with_the_nearest_texts_are_considered() -> None:
    """The bound is said in the answer."""
    world = crowd(0)
    number = application.MOST_CONSIDERED + 3
    shared = [somebody(place) for place in range(1, number + 1)]
    world.add(*shared)
    world.live.put_vector(VACANCY.id, "", vector(1.0, 0.0))
    near = {person_id(number - place) for place in range(5)}
    for profile_id in near:
        stored = world.uow.state.profiles[profile_id]
        made = StoredVector(Owner.PROFILE, profile_id, stored.digest, vector(1.0, 0.0))
        world.uow.state.vectors[Owner.PROFILE, profile_id] = made
    made_list = await world.candidates(size=5)
    assert (made_list.willing, made_list.considered) == (number, application.MOST_CONSIDERED)
    assert {each.profile_id for each in made_list.people} == near


# -- who is named ----------------------------------------------------------------------------------------------------


async def test_only_who_has_said_yes_to_this_vacancy_is_named() -> None:
    """A yes to another vacancy names nobody. That somebody is shown is on the profiles service's record."""
    world = crowd(8)
    world.say_yes(2)
    world.say_yes(3, opening_id(77))
    made = await world.candidates()
    assert [each.profile_id for each in made.people if each.named] == [person_id(2)]
    method = "polku.matching.v1.CandidateService/ListCandidates"
    assert world.consents.shown == [(COUNSELLOR.subject, person_id(2), Purpose.JOB_MATCHING, method)]
    leaving = sent(made)
    assert person_id(2).encode() in leaving
    assert not any(person_id(n).encode() in leaving for n in (1, 3, 4, 5, 6, 7, 8))


async def test_a_yes_that_is_taken_back_names_nobody_any_more() -> None:
    """From the next answer on."""
    world = crowd(8)
    world.say_yes(2)
    assert any(each.named for each in (await world.candidates()).people)
    world.consents.given.clear()
    assert not any(each.named for each in (await world.candidates()).people)


async def test_without_the_word_of_the_profiles_service_nothing_is_shown() -> None:
    """Silence is not taken for a no: the caller has to ask again."""
    world = crowd(8)
    world.consents.failure = Unavailable("PROFILES_UNAVAILABLE", "Try again.")
    with pytest.raises(Unavailable):
        await world.candidates()
    assert world.uow.state.candidate_lists == {}


async def test_only_those_of_the_page_are_asked_about() -> None:
    """Nobody is on record as shown who is not shown."""
    world = crowd(30)
    for number in range(1, 31):
        world.say_yes(number)
    made = await world.candidates(size=4)
    assert len(made.people) == 4
    assert {profile_id for _, profile_id, *_ in world.consents.shown} == {each.profile_id for each in made.people}


# -- the record ------------------------------------------------------------------------------------------------------


async def test_a_list_is_on_record_before_it_is_answered() -> None:
    """With versions, counts, and everyone's exact comparison; where it cannot be recorded, nothing is answered."""
    world = crowd(8)
    world.say_yes(2)
    made = await world.candidates(PUBLISHER)
    async with world.uow as uow:
        kept = await uow.candidate_lists.get(made.id)
    assert kept == made
    assert made.reader == "publisher:p-1"
    assert (made.versions.model, made.versions.weights, made.versions.profile_version) == (MODEL, weights().version, 0)
    assert all(each.match.verdicts and each.match.parts and each.profile_version == 1 for each in made.people)
    world.uow.failing = True
    with pytest.raises(Unavailable):
        await world.candidates()


async def test_who_is_erased_leaves_the_lists_they_were_in() -> None:
    """The list stays, without them."""
    world = crowd(8)
    made = await world.candidates()
    async with world.uow as uow:
        await uow.profiles.delete(person_id(3))
        await uow.commit()
    async with world.uow as uow:
        kept = await uow.candidate_lists.get(made.id)
    assert kept is not None
    assert {each.profile_id for each in made.people} - {each.profile_id for each in kept.people} == {person_id(3)}


async def test_a_publisher_who_has_been_shown_too_many_gets_no_other_list() -> None:
    """For a day; a counsellor goes on, and so does another publisher."""
    world = CandidateWorld(openings=(VACANCY, replace(VACANCY, id=opening_id(2), publisher="p-2")))
    people = application.MOST_A_DAY // 2
    for portion in range(2):
        world.uow.state.profiles.clear()
        world.add(*(somebody(number) for number in range(portion * people + 1, (portion + 1) * people + 1)))
        assert len((await world.candidates(PUBLISHER)).people) == people
    world.add(*(somebody(number) for number in range(1, people + 1)))
    with pytest.raises(ResourceExhausted) as refused:
        await world.candidates(PUBLISHER)
    assert refused.value.reason == "CANDIDATES_EXHAUSTED"
    assert len((await world.candidates()).people) == 100
    assert len((await world.candidates(replace(PUBLISHER, publisher="p-2"), opening_id(2))).people) == 100
    tomorrow = NOW + timedelta(days=1, minutes=1)
    assert len((await world.candidates(PUBLISHER, now=tomorrow)).people) == 100


async def test_a_withdrawn_vacancy_shows_nobody() -> None:
    """From the moment it is closed."""
    world = crowd(8)
    world.live.remove(VACANCY.id)
    with pytest.raises(NotFound):
        await world.candidates()
    world.live.put(candidate(vacancy()), "")
    assert len((await world.candidates()).people) == 8
