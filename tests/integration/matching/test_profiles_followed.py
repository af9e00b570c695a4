"""Lists follow the person: what they change shows, what they choose holds, and who is gone leaves nothing behind."""

from polku.matching.v1 import matching_service_pb2 as pb
from polku.profiles.v1 import profile_events_pb2, profile_pb2
from polku.type.v1 import types_pb2

from shared.kernel.errors import Unavailable
from tests.integration.matching.calls import City, Seeker, a_vacancy, bare_id, eventually, refusal, text_values

YES = types_pb2.Answer.VALUE_YES
NO = types_pb2.Answer.VALUE_NO


async def best(seeker: Seeker, *names: str) -> str:
    """Which of these openings comes first."""
    return next(match.opening.name for match in await seeker.whole() if match.opening.name in names)


async def test_a_changed_profile_gives_another_list(city: City) -> None:
    """What the person wishes now is first now, and the list names the version of the profile that it is of."""
    cleaning, cooking = a_vacancy("hotelli siivous"), a_vacancy("keittiö kokki")
    for opening in (cleaning, cooking):
        await city.publish(opening)
    seeker = await city.person("siivous hotelli")
    await city.indexed()
    assert await best(seeker, cleaning.name, cooking.name) == cleaning.name

    await seeker.change("kokki keittiö")
    await city.indexed()
    assert await best(seeker, cleaning.name, cooking.name) == cooking.name
    assert (await seeker.ask()).versions.profile_version == 2


async def test_a_requirement_that_the_person_fails_takes_the_opening_out(city: City) -> None:
    """A licence that the person says not to have excludes what asks for it, and the rule is named."""
    seeker, opening = await city.person(), a_vacancy()
    opening.vacancy.licences.add(code="hygiene-passport")
    await city.publish(opening)
    await city.taken(opening.name, 1)
    assert opening.name in await seeker.listed()

    work = profile_pb2.WorkProfile()
    work.licences.add(code="hygiene-passport", held=NO)
    await seeker.change("siivooja", work=work)
    assert opening.name not in await seeker.listed()
    request = pb.ListExclusionsRequest(profile=seeker.name, purpose=types_pb2.Purpose.KIND_OWN_DATA, page_size=100)
    metadata = city.process.keys.user(seeker.subject)
    excluded = await city.stub.ListExclusions(request, metadata=metadata, timeout=10)
    rules = {one.opening.name: [verdict.rule for verdict in one.verdicts] for one in excluded.exclusions}
    assert rules[opening.name] == ["licence.held"]
    assert excluded.excluded_by_rule["licence.held"] >= 1


async def test_a_profile_that_is_not_known_yet_has_a_list(city: City) -> None:
    """The person asks before the news of the profile has come: it is fetched, and the list says it will get better."""
    seeker, opening = await city.person(told=False), a_vacancy()
    await city.publish(opening)
    await city.taken(opening.name, 1)
    answer = await seeker.ask()
    assert answer.pending
    assert opening.name in await seeker.listed()
    assert city.one("select count(*) from profile where id = %s", seeker.profile_id) == 0


async def test_who_opts_out_of_ranking_gets_the_newest_first(city: City) -> None:
    """No totals, no parts, newest first; the text of the person is compared with nothing."""
    old, new = a_vacancy(), a_vacancy("Kokki")
    old.publish_time.FromJsonString("2026-01-01T00:00:00Z")
    new.publish_time.FromJsonString("2027-01-01T00:00:00Z")
    for opening in (old, new):
        await city.publish(opening)
    seeker = await city.person("siivooja", choices=profile_pb2.Choices(ranking_opt_out=True))
    await city.settled()
    answer = await seeker.ask()
    assert answer.order == pb.ListMatchesResponse.ORDER_NEWEST_FIRST
    assert {match.total for match in answer.matches} == {0.0}
    assert not any(match.parts for match in answer.matches)
    assert await best(seeker, old.name, new.name) == new.name


async def test_who_is_not_to_be_matched_gets_an_empty_list_that_says_so(city: City) -> None:
    """Paused, or matching refused: nothing is listed and the note says why; afterwards the list is back."""
    await city.publish(a_vacancy())
    await city.settled()
    seeker = await city.person(choices=profile_pb2.Choices(matching_paused=True))
    answer = await seeker.ask()
    assert (len(answer.matches), list(answer.notes)) == (0, ["matching_paused"])
    await seeker.change("siivooja", choices=profile_pb2.Choices(matching=NO))
    assert list((await seeker.ask()).notes) == ["matching_paused"]
    await seeker.change("siivooja", choices=profile_pb2.Choices(matching=YES))
    assert await seeker.listed()


async def test_a_person_who_is_gone_leaves_nothing(city: City) -> None:
    """Snapshot, vector, waiting text and decisions are deleted, and the list is refused like a stranger's."""
    seeker, other = await city.person("kuljettaja"), await city.person("kuljettaja")
    await city.indexed()
    decision = bare_id((await seeker.ask()).decision)
    kept = bare_id((await other.ask()).decision)
    city.process.people.remove(seeker.profile_id)
    event = profile_events_pb2.ProfileUpdated(profile=seeker.name, version=2)
    await city.profiles.publish(event, seeker.profile_id, 2)

    async def is_gone() -> bool:
        return bool(city.one("select count(*) = 0 from profile where id = %s", seeker.profile_id))

    await eventually(is_gone, "the deletion")
    for query in (
        "select count(*) from vector where owner_id = %s",
        "select count(*) from embedding_task where owner_id = %s",
        "select count(*) from decision where profile_id = %s",
    ):
        assert city.one(query, seeker.profile_id) == 0
    assert city.one("select count(*) from decision_match where decision_id = %s", decision) == 0
    assert city.one("select count(*) from decision where id = %s", kept) == 1
    assert (await refusal(seeker.ask()))[0] == "PERMISSION_DENIED"


async def test_row_39_old_news_of_a_person_has_no_effect(city: City) -> None:
    """The newest version stays, whatever order the news comes in; news of an unknown person is taken without effect."""
    seeker = await city.person("puuseppä")
    await seeker.change("puuseppä metsä")
    for version in (1, 2, 1):
        event = profile_events_pb2.ProfileUpdated(profile=seeker.name, version=version)
        await city.profiles.publish(event, seeker.profile_id, version)
    unknown = Seeker(city, seeker.profile_id[:-4] + "0000", "nobody")
    await city.profiles.publish(
        profile_events_pb2.ProfileCreated(profile=unknown.name, version=1), unknown.profile_id, 1
    )
    await city.settled()
    assert city.one("select version from profile where id = %s", seeker.profile_id) == 2
    assert city.one("select count(*) from profile where id = %s", unknown.profile_id) == 0
    query = "select count(*) from dead_letter where headers->>'ce-subject' = any(%s)"
    assert city.one(query, [seeker.profile_id, unknown.profile_id]) == 0


async def test_news_waits_for_a_profiles_service_that_is_away(city: City) -> None:
    """While profiles cannot be asked nothing is lost: the news is taken when it answers again."""
    seeker = await city.person("maalari", told=False)
    city.process.people.failure = Unavailable("STORAGE_UNAVAILABLE", "Away.")
    try:
        event = profile_events_pb2.ProfileCreated(profile=seeker.name, version=1)
        await city.profiles.publish(event, seeker.profile_id, 1)
        code, _ = await refusal(seeker.ask())
    finally:
        city.process.people.failure = None
    assert code == "UNAVAILABLE"
    await city.taken(seeker.name, 1)
    await city.indexed()
    assert text_values(await seeker.whole()) is not None
    assert city.one("select count(*) from profile where id = %s", seeker.profile_id) == 1
