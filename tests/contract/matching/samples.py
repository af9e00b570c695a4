"""Values of every kind that the unit of work keeps."""

from dataclasses import replace

from services.matching.application.people import stored_profile
from services.matching.application.ports import EmbeddingTask, Owner, StoredOpening, StoredProfile, StoredVector
from services.matching.application.records import MadeWith
from services.matching.domain.feedback import Contest, Feedback, FeedbackKind, FeedbackReason
from services.matching.domain.linking import link_opening
from services.matching.domain.matches import Decision, ListFilter, Match, Note, Order, Shortlisted, Versions
from services.matching.domain.pipeline import judge_all, match_of, rank
from services.matching.domain.replay import OpeningInput, PersonInput
from services.matching.domain.snapshots import OpeningSnapshot
from services.matching.domain.values import LocalizedText, OpeningKind
from services.matching.domain.work import Goals
from shared.kernel.ids import new_id
from tests.builders.matching import NOW, candidate, profile, query, vacancy, vocabulary, weights
from tests.fakes.matching import MODEL, vector


def an_opening(version: int = 1, *, opening_id: str = "", title: str = "Siivooja") -> StoredOpening:
    """A version of an opening with its signals."""
    snapshot = replace(vacancy(), id=opening_id or new_id(), version=version, titles=(LocalizedText("fi", title),))
    return StoredOpening(snapshot, link_opening(snapshot, vocabulary()), f"digest of {title}")


def a_profile(version: int = 1, *, profile_id: str = "", goal: str = "siivous") -> StoredProfile:
    """A version of a profile with its signals."""
    snapshot = replace(profile(goals=Goals(text=goal)), id=profile_id or new_id(), version=version)
    return stored_profile(snapshot, vocabulary(), MODEL)


def a_task(owner: Owner, owner_id: str, text: str = "siivooja", priority: int = 1) -> EmbeddingTask:
    """A text that waits."""
    return EmbeddingTask(owner, owner_id, f"digest of {text}", text, priority)


def a_vector(owner: Owner, owner_id: str, *values: float) -> StoredVector:
    """A stored vector."""
    return StoredVector(owner, owner_id, "digest of siivooja", vector(*(values or (1.0, 0.0))))


def some_matches(count: int) -> tuple[Match, ...]:
    """Matches as a list has them, with verdicts, parts and reasons."""
    person = query(profile(goals=Goals(text="siivous")))
    openings: list[OpeningSnapshot] = [vacancy(number) for number in range(1, count + 1)]
    judged = judge_all(person, [candidate(opening) for opening in openings])
    ranked = rank(person, judged, {}, weights()).matches
    return tuple(match_of(person, each, place) for place, each in enumerate(ranked, start=1))


def a_decision(profile_id: str = "", served: int = 2) -> Decision:
    """A list of three of which some are served."""
    matches = some_matches(3)
    return Decision(
        id=new_id(),
        create_time=NOW,
        profile_id=profile_id or new_id(),
        language="fi",
        filter=ListFilter(OpeningKind.VACANCY, "049"),
        order=Order.BEST_FIRST,
        versions=Versions(MODEL, "w1", "r1", 7, 3, "esco-small"),
        eligible_count=3,
        excluded_count=4,
        excluded_by_rule={"licence.held": 3, "language.speaking": 2},
        notes=(Note.NO_SIGNAL,),
        pending=True,
        hidden_count=1,
        method="m1",
        shortlist=tuple(Shortlisted(match.opening.id, 1, match.total, 0.25) for match in matches),
        matches=matches[:served],
    )


def made_with(decision: Decision) -> MadeWith:
    """What a decision was made with: openings of the shortlist's ids and versions."""
    person = a_profile(profile_id=decision.profile_id)

    def opening(place: int) -> OpeningInput:
        short = decision.shortlist[place]
        stored = an_opening(short.version, opening_id=short.opening_id)
        return OpeningInput(stored.snapshot, stored.signals)

    return MadeWith(PersonInput(person.snapshot, person.signals), weights(), opening)


def a_word(profile_id: str, opening_id: str = "", kind: FeedbackKind = FeedbackKind.NOT_INTERESTED) -> Feedback:
    """Something said to an opening."""
    return Feedback(new_id(), profile_id, opening_id or new_id(), kind, FeedbackReason.NONE, "", NOW)


def a_contest(profile_id: str) -> Contest:
    """Something held to be wrong."""
    return Contest(new_id(), profile_id, new_id(), new_id(), "travel", "35", "The bus takes an hour.", NOW)
