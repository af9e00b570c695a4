"""Feedback, contests and replays of the running service: at once, on record, the person's own, refused to strangers."""

from typing import Any

import pytest
from polku.matching.v1 import decision_replay_pb2 as replay_pb
from polku.matching.v1 import feedback_pb2 as pb
from polku.matching.v1 import matching_service_pb2 as service_pb
from polku.profiles.v1 import profile_events_pb2 as profile_events

from shared.kernel.ids import new_id
from tests.integration.matching.calls import OWN_DATA, SECONDS, City, Seeker, a_vacancy, bare_id, refusal

NOT_INTERESTED = pb.Feedback.KIND_NOT_INTERESTED


@pytest.fixture(scope="module")
async def openings(city: City) -> list[str]:
    """Some vacancies."""
    made = [a_vacancy(f"Siivooja {number}") for number in range(4)]
    for opening in made:
        await city.publish(opening)
    await city.settled()
    return [opening.name for opening in made]


@pytest.fixture
async def seeker(city: City, openings: list[str]) -> Seeker:
    """A person of the test's own."""
    return await city.person("Siivooja")


async def call(city: City, request: Any, subject: str, role: str = "seeker") -> Any:
    """The method that takes this request."""
    method = getattr(city.stub, type(request).__name__.removesuffix("Request"))
    return await method(request, metadata=city.process.keys.user(subject, role), timeout=SECONDS)


def said(seeker: Seeker, opening: str, **fields: Any) -> pb.GiveFeedbackRequest:
    """A word on an opening."""
    given: dict[str, Any] = {"request_id": new_id(), "kind": NOT_INTERESTED} | fields
    return pb.GiveFeedbackRequest(profile=seeker.name, purpose=OWN_DATA, opening=opening, **given)


def contested(seeker: Seeker, opening: str, **fields: Any) -> pb.ContestMatchRequest:
    """Something that is wrong."""
    given: dict[str, Any] = {"request_id": new_id(), "about": "travel", "value": "35"} | fields
    return pb.ContestMatchRequest(profile=seeker.name, purpose=OWN_DATA, opening=opening, **given)


async def test_what_is_said_holds_for_the_next_list_and_can_be_taken_back(
    city: City, seeker: Seeker, openings: list[str]
) -> None:
    """Hidden at once, counted and noted; listed; back in the list once it is taken back."""
    before = await seeker.ask()
    request = said(seeker, openings[0], decision=before.decision)
    word = (await call(city, request, seeker.subject)).feedback
    assert (word.opening, word.kind, word.decision) == (openings[0], NOT_INTERESTED, before.decision)
    assert await call(city, request, seeker.subject) == pb.GiveFeedbackResponse(feedback=word)
    await call(city, said(seeker, openings[1], kind=pb.Feedback.KIND_INTERESTED), seeker.subject)
    after = await seeker.ask()
    assert openings[0] not in [match.opening.name for match in after.matches]
    assert (after.hidden_count, after.eligible_count) == (1, before.eligible_count - 1)
    assert list(after.notes) == ["hidden_by_feedback"]
    assert list(after.interesting) == [openings[1]]
    listing = pb.ListFeedbackRequest(profile=seeker.name, purpose=OWN_DATA)
    listed = (await call(city, listing, seeker.subject)).feedback
    assert [each.opening for each in listed] == [openings[1], openings[0]]
    back = pb.WithdrawFeedbackRequest(request_id=new_id(), profile=seeker.name, purpose=OWN_DATA, opening=openings[0])
    assert (await call(city, back, seeker.subject)).withdrawn
    assert (await seeker.ask()).eligible_count == before.eligible_count


async def test_a_contest_reaches_a_human_and_comes_back_answered(
    city: City, seeker: Seeker, openings: list[str]
) -> None:
    """The event names the contest alone; the answer is there for the person to read."""
    words = "Bussi kulkee vain kerran tunnissa."
    contest = (await call(city, contested(seeker, openings[0], words=words), seeker.subject)).contest
    assert (contest.about, contest.value, contest.words, contest.answer) == ("travel", "35", words, 0)
    event = "select subject || ' ' || encode(payload, 'escape') from outbox where aggregate_id = %s"
    told = city.one(event, bare_id(contest.name))
    assert f"polku.matching.contest.opened.v1.{bare_id(contest.name)}" in told
    assert seeker.profile_id not in told
    assert "Bussi" not in told
    answer = pb.ResolveContestRequest(
        request_id=new_id(),
        name=contest.name,
        purpose=OWN_DATA,
        answer=pb.Contest.ANSWER_OPENING_REPORTED,
        words="Kysytty työnantajalta.",
    )
    await call(city, answer, seeker.subject)
    listing = pb.ListContestsRequest(profile=seeker.name, purpose=OWN_DATA)
    (listed,) = (await call(city, listing, seeker.subject)).contests
    assert (listed.answer, listed.answer_words) == (pb.Contest.ANSWER_OPENING_REPORTED, "Kysytty työnantajalta.")
    assert listed.HasField("answer_time")
    again = pb.ResolveContestRequest()
    again.CopyFrom(answer)
    again.request_id = new_id()
    code, error = await refusal(call(city, again, seeker.subject))
    assert (code, error.reason) == ("FAILED_PRECONDITION", "CONTEST_RESOLVED")


async def test_a_list_is_worked_out_again(city: City, seeker: Seeker) -> None:
    """Order and reasons as recorded, also after the profile has changed; an unknown list is refused like a forbidden
    one."""
    answer = await seeker.ask()
    await seeker.change("kokki")
    request = replay_pb.ReplayDecisionRequest(name=answer.decision, purpose=OWN_DATA)
    replayed = await call(city, request, seeker.subject)
    assert (replayed.recomputed, replayed.identical) == (True, True)
    assert (list(replayed.differences), list(replayed.obstacles)) == ([], [])
    assert list(replayed.decision.matches) == list(answer.matches)
    unknown = replay_pb.ReplayDecisionRequest(name=f"decisions/{new_id()}", purpose=OWN_DATA)
    refusals = [await refusal(call(city, one, who)) for one, who in ((request, "other"), (unknown, seeker.subject))]
    assert {(code, error.reason) for code, error in refusals} == {("PERMISSION_DENIED", refusals[0][1].reason)}


async def test_what_is_over_is_said_to_be_over(city: City, seeker: Seeker) -> None:
    """A list of two years ago is expired, whosever it was; one that went with its person is erased, for auditors."""
    old = "decisions/018b0000-0000-7000-8000-000000000001"
    request = service_pb.GetDecisionRequest(name=old, purpose=OWN_DATA)
    code, error = await refusal(call(city, request, seeker.subject))
    assert (code, error.reason) == ("FAILED_PRECONDITION", "DECISION_EXPIRED")
    served = (await seeker.ask()).decision
    await call(city, said(seeker, (await seeker.ask()).matches[0].opening.name), seeker.subject)
    city.process.people.remove(seeker.profile_id)
    seeker.version += 1
    await city.profiles.publish(
        profile_events.ProfileUpdated(profile=seeker.name, version=seeker.version), seeker.profile_id, seeker.version
    )
    await city.settled()
    gone = replay_pb.ReplayDecisionRequest(name=served, purpose=OWN_DATA)
    assert (await refusal(call(city, gone, seeker.subject)))[0] == "PERMISSION_DENIED"
    code, error = await refusal(call(city, gone, "auditor-1", "auditor"))
    assert (code, error.reason) == ("FAILED_PRECONDITION", "DECISION_ERASED")
    for table in ("decision", "decision_input", "feedback", "contest"):
        assert city.one(f"select count(*) from {table} where profile_id = %s", seeker.profile_id) == 0  # noqa: S608


async def test_strangers_are_refused_everywhere(city: City, seeker: Seeker, openings: list[str]) -> None:
    """Nothing is kept of what they say."""
    contest = (await call(city, contested(seeker, openings[0]), seeker.subject)).contest
    requests: list[Any] = [
        said(seeker, openings[0]),
        pb.WithdrawFeedbackRequest(request_id=new_id(), profile=seeker.name, purpose=OWN_DATA, opening=openings[0]),
        pb.ListFeedbackRequest(profile=seeker.name, purpose=OWN_DATA),
        contested(seeker, openings[0]),
        pb.ListContestsRequest(profile=seeker.name, purpose=OWN_DATA),
        pb.ResolveContestRequest(
            request_id=new_id(), name=contest.name, purpose=OWN_DATA, answer=pb.Contest.ANSWER_STANDS
        ),
    ]
    for request in requests:
        assert (await refusal(call(city, request, "somebody")))[0] == "PERMISSION_DENIED"
    assert city.one("select count(*) from feedback where profile_id = %s", seeker.profile_id) == 0
    assert city.one("select count(*) from contest where profile_id = %s", seeker.profile_id) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": 0}, "kind"),
        ({"kind": 9}, "kind"),
        ({"reason": 3}, "reason"),
        ({"kind": pb.Feedback.KIND_NOT_FITTING}, "reason"),
        ({"opening": "openings/1"}, "opening"),
        ({"decision": "decisions/1"}, "decision"),
        ({"decision": "decisions/01960000-0000-7000-8000-00000000aaaa"}, "decision"),
        ({"request_id": "1"}, "request_id"),
    ],
    ids=str,
)
async def test_malformed_words_are_refused(
    city: City, seeker: Seeker, openings: list[str], changes: dict[str, Any], field: str
) -> None:
    """INVALID_ARGUMENT with the field."""
    given = {"opening": openings[0]} | changes
    code, error = await refusal(call(city, said(seeker, **given), seeker.subject))
    assert (code, [violation.field for violation in error.violations]) == ("INVALID_ARGUMENT", [field])


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"words": "x" * 1001}, "words"), ({"about": "zodiac"}, "about"), ({"value": "x" * 201}, "value")],
    ids=["words", "about", "value"],
)
async def test_malformed_contests_are_refused(
    city: City, seeker: Seeker, openings: list[str], changes: dict[str, Any], field: str
) -> None:
    """INVALID_ARGUMENT with the field."""
    code, error = await refusal(call(city, contested(seeker, openings[0], **changes), seeker.subject))
    assert (code, [violation.field for violation in error.violations]) == ("INVALID_ARGUMENT", [field])
