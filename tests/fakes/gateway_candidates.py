"""Candidates of the fake matching service: one who has said yes, one who has not, one of whom little is shown."""

from typing import Any

from polku.matching.v1.candidate_service_pb2 import Candidate, ListCandidatesResponse, Standing
from polku.matching.v1.match_pb2 import Explanation, Reason
from polku.openings.v1.opening_pb2 import Necessity

from tests.fakes.gateway_matches import OPENINGS, match
from tests.fakes.gateway_texts import say

YES, NO, LITTLE = "Zk3v0Q8cT1mN5xYb7RwLpA", "p9QxW2eRt6YuI8oP0aSdFg", "aB1cD2eF3gH4iJ5kL6mN7o"


def candidates(request: Any, profile: str) -> Any:
    """The three, best first; `profile` is the name of the one who has said yes."""
    language = request.language
    named = Candidate(
        rank=1,
        handle=YES,
        profile=profile,
        standings=_standings(language),
        total=0.78,
        explanation=Explanation(language=language, reasons=[Reason(code="a", origin="b", text=say("job", language))]),
        match=match(0, *OPENINGS[0], language),
    )
    unnamed = Candidate(
        rank=2,
        handle=NO,
        standings=_standings(language),
        total=0.61,
        explanation=Explanation(language=language, reasons=[Reason(code="a", origin="b", text=say("skill", language))]),
    )
    little = Candidate(rank=3, handle=LITTLE, standings=[Standing(kind="travel", value="withheld", text="–")])
    return ListCandidatesResponse(
        candidates=[named, unnamed, little],
        record="candidateLists/019a4c26-2b3c-7d4e-8f5a-6b7c8d9e0f1a",
        willing_count=40,
        considered_count=38,
        eligible_count=12,
    )


def _standings(language: str) -> list[Standing]:
    required = Necessity.KIND_REQUIRED
    return [
        Standing(kind="language", subject="fi", value="met", necessity=required, text=say("speaking", language)),
        Standing(kind="licence", value="unknown", necessity=required, text=say("gap", language)),
        Standing(kind="travel", value="under_30_minutes", text=say("travel", language)),
    ]
