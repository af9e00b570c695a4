"""Values of every kind that the unit of work keeps."""

from dataclasses import replace

from services.matching.application.people import stored_profile
from services.matching.application.ports import EmbeddingTask, Owner, StoredOpening, StoredProfile, StoredVector
from services.matching.domain.linking import link_opening
from services.matching.domain.matches import Decision, ListFilter, Match, Note, Order, Shortlisted, Versions
from services.matching.domain.pipeline import judge_all, match_of, rank
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
        shortlist=tuple(Shortlisted(match.opening.id, 1, match.total) for match in matches),
        matches=matches[:served],
    )
