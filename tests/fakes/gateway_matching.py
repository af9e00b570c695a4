"""The matching service in memory, for the gateway's tests."""

import asyncio
from functools import partial
from typing import Any

from polku.matching.v1 import (
    bulk_service_pb2,
    bulk_service_pb2_grpc,
    candidate_service_pb2,
    candidate_service_pb2_grpc,
    decision_replay_pb2,
    feedback_pb2,
    match_pb2,
    matching_service_pb2,
    matching_service_pb2_grpc,
    text_service_pb2,
    text_service_pb2_grpc,
    watch_pb2,
)

from shared.kernel.errors import PermissionDenied, PolkuError
from shared.kernel.ids import new_id
from tests.fakes import gateway_matches
from tests.fakes.gateway import DEADLINE, NOON
from tests.fakes.gateway_calls import Fake, refuse
from tests.fakes.gateway_candidates import candidates


class FakeMatching(
    matching_service_pb2_grpc.MatchingServiceServicer,
    bulk_service_pb2_grpc.BulkServiceServicer,
    candidate_service_pb2_grpc.CandidateServiceServicer,
    text_service_pb2_grpc.TextServiceServicer,
    Fake,
):
    """The same openings for every person, but for what was said to them; a test may put other answers in their place.

    said        what holds now, by profile and opening
    contests    by name, newest last
    news        what a watcher is told next: a message, or an error that ends the stream
    watching    how many watch now
    consenting  name of the profile of the candidate who has said yes
    personal    words that are found in texts, with their kind
    """

    def __init__(self) -> None:
        Fake.__init__(self)
        self.answers: dict[str, Any] = {}
        self.said: dict[tuple[str, str], feedback_pb2.Feedback] = {}
        self.contests: dict[str, feedback_pb2.Contest] = {}
        self.news: asyncio.Queue[watch_pb2.WatchMatchesResponse | PolkuError] = asyncio.Queue()
        self.watching = 0
        self.personal: dict[str, int] = {"Somaliasta": text_service_pb2.PersonalWords.KIND_NATIONALITY}
        self.consenting = "profiles/019a4c1e-7d52-7c31-9a64-2f8e5b6d1c07"

    def reset(self) -> None:
        """Also forget the answers that a test has put, and what was said."""
        Fake.reset(self)
        self.answers.clear()
        self.said.clear()
        self.contests.clear()
        self.news = asyncio.Queue()

    async def ListMatches(self, request: Any, context: Any) -> Any:
        """List, filtered by kind, without what the person does not want to see."""
        answer = await self._answer("ListMatches", request, context, gateway_matches.matches)
        words = {opening: word for (profile, opening), word in self.said.items() if profile == request.profile}
        kept = [match for match in answer.matches if not _hides(words.get(match.opening.name))]
        changed = matching_service_pb2.ListMatchesResponse()
        changed.CopyFrom(answer)
        changed.ClearField("matches")
        changed.matches.extend(kept)
        changed.hidden_count = len(answer.matches) - len(kept)
        changed.eligible_count = answer.eligible_count - changed.hidden_count
        changed.interesting.extend(opening for opening, word in words.items() if not _hides(word))
        return changed

    async def ListExclusions(self, request: Any, context: Any) -> Any:
        """List what was left out."""
        return await self._answer("ListExclusions", request, context, gateway_matches.exclusions)

    async def ExplainMatch(self, request: Any, context: Any) -> Any:
        """Explain, whether it fits or not."""
        return await self._answer("ExplainMatch", request, context, gateway_matches.explanation)

    async def ListNextSteps(self, request: Any, context: Any) -> Any:
        """List the steps."""
        return await self._answer("ListNextSteps", request, context, gateway_matches.next_steps)

    async def GetQuestion(self, request: Any, context: Any) -> Any:
        """Ask."""
        return await self._answer("GetQuestion", request, context, gateway_matches.question)

    async def GetDecision(self, request: Any, context: Any) -> Any:
        """Give the decision back."""
        await self.received("GetDecision", request, context)
        decision = match_pb2.Decision(name=request.name, eligible_count=6)
        return matching_service_pb2.GetDecisionResponse(decision=decision)

    async def ReplayDecision(self, request: Any, context: Any) -> Any:
        """Work the decision out again: the same."""
        await self.received("ReplayDecision", request, context)
        decision = match_pb2.Decision(name=request.name, eligible_count=6)
        return decision_replay_pb2.ReplayDecisionResponse(decision=decision, recomputed=True, identical=True)

    async def CheckTexts(self, request: Any, context: Any) -> Any:
        """Find the personal words, each where it stands first."""
        await self.received("CheckTexts", request, context)
        answer = text_service_pb2.CheckTextsResponse()
        for text in request.texts:
            checked = answer.texts.add()
            for words, kind in self.personal.items():
                if (start := text.find(words)) >= 0:
                    found = checked.found.add(kind=kind)
                    found.span.start, found.span.end, found.span.words = start, start + len(words), words
        return answer

    # -- what people say -------------------------------------------------------------------------------------------

    async def GiveFeedback(self, request: Any, context: Any) -> Any:
        """Keep the word."""
        await self.received("GiveFeedback", request, context)
        word = feedback_pb2.Feedback(
            opening=request.opening,
            kind=request.kind,
            reason=request.reason,
            decision=request.decision,
            create_time=NOON,
        )
        self.said[request.profile, request.opening] = word
        return feedback_pb2.GiveFeedbackResponse(feedback=word)

    async def WithdrawFeedback(self, request: Any, context: Any) -> Any:
        """Forget the word."""
        await self.received("WithdrawFeedback", request, context)
        word = self.said.pop((request.profile, request.opening), None)
        return feedback_pb2.WithdrawFeedbackResponse(withdrawn=word is not None)

    async def ListFeedback(self, request: Any, context: Any) -> Any:
        """List the words."""
        await self.received("ListFeedback", request, context)
        words = [word for (profile, _), word in self.said.items() if profile == request.profile]
        return feedback_pb2.ListFeedbackResponse(feedback=reversed(words))

    async def ContestMatch(self, request: Any, context: Any) -> Any:
        """Keep the contest."""
        await self.received("ContestMatch", request, context)
        contest = feedback_pb2.Contest(
            name=f"contests/{new_id()}",
            profile=request.profile,
            opening=request.opening,
            decision=request.decision,
            about=request.about,
            value=request.value,
            words=request.words,
            create_time=NOON,
        )
        self.contests[contest.name] = contest
        return feedback_pb2.ContestMatchResponse(contest=contest)

    async def ListContests(self, request: Any, context: Any) -> Any:
        """List a person's contests."""
        await self.received("ListContests", request, context)
        theirs = [contest for contest in self.contests.values() if contest.profile == request.profile]
        shown = [contest for contest in theirs if not (request.open_only and contest.answer)]
        return feedback_pb2.ListContestsResponse(contests=reversed(shown))

    async def ResolveContest(self, request: Any, context: Any) -> Any:
        """Answer a contest."""
        await self.received("ResolveContest", request, context)
        contest = self.contests.get(request.name)
        if contest is None:
            await refuse(context, PermissionDenied())
            raise AssertionError("abort ends the call")
        contest.answer, contest.answer_words = request.answer, request.words
        contest.answer_time.CopyFrom(NOON)
        return feedback_pb2.ResolveContestResponse(contest=contest)

    # -- watching, and lists for all -------------------------------------------------------------------------------

    async def WatchMatches(self, request: Any, context: Any) -> Any:
        """Say at once that nothing has happened, then whatever the test puts."""
        await self.received("WatchMatches", request, context)
        self.watching += 1
        try:
            yield watch_pb2.WatchMatchesResponse(since="begun")
            while True:
                told = await self.news.get()
                if isinstance(told, PolkuError):
                    await refuse(context, told)
                yield told
        finally:
            self.watching -= 1

    async def ListCandidates(self, request: Any, context: Any) -> Any:
        """List three people."""
        return await self._answer("ListCandidates", request, context, partial(candidates, profile=self.consenting))

    async def AskCandidate(self, request: Any, context: Any) -> Any:
        """Give them a week."""
        await self.received("AskCandidate", request, context)
        return candidate_service_pb2.AskCandidateResponse(answer_by_time=DEADLINE)

    async def StartBulkRun(self, request: Any, context: Any) -> Any:
        """Start."""
        await self.received("StartBulkRun", request, context)
        return bulk_service_pb2.StartBulkRunResponse(run=_run("bulkRuns/019a4c24-3c5d-7e6f-9a0b-1c2d3e4f5a6b"))

    async def GetBulkRun(self, request: Any, context: Any) -> Any:
        """Tell how far."""
        await self.received("GetBulkRun", request, context)
        return bulk_service_pb2.GetBulkRunResponse(run=_run(request.name))

    async def ListPreparedMatches(self, request: Any, context: Any) -> Any:
        """List the first match."""
        await self.received("ListPreparedMatches", request, context)
        first = gateway_matches.match(1, *gateway_matches.OPENINGS[0], request.language)
        return bulk_service_pb2.ListPreparedMatchesResponse(matches=[first], decision=gateway_matches.DECISION)

    async def _answer(self, method: str, request: Any, context: Any, make: Any) -> Any:
        await self.received(method, request, context)
        return self.answers[method] if method in self.answers else make(request)


def _hides(word: feedback_pb2.Feedback | None) -> bool:
    return word is not None and word.kind != feedback_pb2.Feedback.KIND_INTERESTED


def _run(name: str) -> bulk_service_pb2.BulkRun:
    return bulk_service_pb2.BulkRun(name=name, create_time=NOON, items=1, items_done=1, people=6, people_done=6)
