"""Feedback, contests and replays as wire types."""

from dataclasses import replace

from polku.matching.v1 import decision_replay_pb2 as replay_pb
from polku.matching.v1 import feedback_pb2 as pb

from services.matching.adapters.texts import Texts
from services.matching.adapters.wire.matches import Wire
from services.matching.adapters.wire.values import timestamp_to_wire
from services.matching.domain.feedback import Contest, Feedback
from services.matching.domain.matches import Decision
from services.matching.domain.replay import Replayed
from shared.kernel.names import parse_name, resource_name


def feedback_to_wire(feedback: Feedback) -> pb.Feedback:
    """A word on an opening."""
    return pb.Feedback(
        opening=resource_name("openings", feedback.opening_id),
        kind=pb.Feedback.Kind.ValueType(feedback.kind),
        reason=pb.Feedback.Reason.ValueType(feedback.reason),
        decision=_decision(feedback.decision_id),
        create_time=timestamp_to_wire(feedback.create_time),
    )


def contest_to_wire(contest: Contest) -> pb.Contest:
    """A contest with its answer, if there is one."""
    return pb.Contest(
        name=resource_name("contests", contest.id),
        profile=resource_name("profiles", contest.profile_id),
        opening=resource_name("openings", contest.opening_id),
        decision=_decision(contest.decision_id),
        about=contest.about,
        value=contest.value,
        words=contest.words,
        create_time=timestamp_to_wire(contest.create_time),
        answer=pb.Contest.Answer.ValueType(contest.answer),
        answer_words=contest.answer_words,
        answer_time=timestamp_to_wire(contest.answer_time) if contest.answer_time is not None else None,
    )


def replayed_to_wire(decision: Decision, replayed: Replayed, texts: Texts) -> replay_pb.ReplayDecisionResponse:
    """A replay: the decision with the items as they came out, and what came out differently."""
    again = replace(decision, matches=replayed.matches)
    return replay_pb.ReplayDecisionResponse(
        decision=Wire(texts, decision.language).decision(again),
        recomputed=not replayed.obstacles,
        identical=replayed.identical,
        differences=[
            replay_pb.ReplayDifference(about=one.about, rank=one.rank, recorded=one.recorded, replayed=one.replayed)
            for one in replayed.differences
        ],
        obstacles=[
            replay_pb.ReplayObstacle(about=one.about, recorded=one.recorded, current=one.current)
            for one in replayed.obstacles
        ],
    )


def decision_id_of(name: str) -> str:
    """The id in the name of a decision, "" for none."""
    return parse_name("decisions", name, field="decision") if name else ""


def _decision(decision_id: str) -> str:
    return resource_name("decisions", decision_id) if decision_id else ""
