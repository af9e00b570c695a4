"""Suggestions for a work profile, read from a person's document: each is confirmed or refused, and then gone.

Nothing enters the profile unconfirmed. What is confirmed carries its provenance: imported, on the day it was confirmed.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any

from services.profiles.domain.values import Answer, CefrProfile, Concept, Provenance, Source
from services.profiles.domain.work import Education, LanguageSkill, Licence, Skill, WorkExperience, WorkProfile
from shared.kernel.errors import FailedPrecondition, FieldViolation, InvalidArgument

Claim = WorkExperience | Skill | Education | Licence | LanguageSkill
KEPT_FOR = timedelta(days=90)
"""Suggestions that nobody looked at are forgotten after so long."""
MOST: Mapping[str, int] = {"experiences": 50, "skills": 200, "educations": 30, "licences": 50, "languages": 20}
"""As many as a work profile holds of each (profile.proto)."""


class Verdict(IntEnum):
    """What a person says to a suggestion. The numbers are those of the proto."""

    NONE = 0
    CONFIRMED = 1
    REFUSED = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A claim that a document makes about the person.

    evidence      the words that gave it
    inferred      the words only resemble the concept, they do not name it
    alternatives  other occupations that the job title may mean; the claim's own is the likeliest
    """

    id: str
    claim: Claim = field(repr=False)
    evidence: tuple[str, ...] = field(default=(), repr=False)
    inferred: bool = False
    alternatives: tuple[Concept, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """A person's open suggestions. `version` rises with every change; `notes` are codes of what was not at hand."""

    profile_id: str
    version: int
    import_time: datetime
    open: tuple[Suggestion, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on one suggestion; `occupation` is the URI of the alternative that is right, "" for the claim's own."""

    suggestion_id: str
    verdict: Verdict
    occupation: str = ""


def imported(
    before: Suggestions | None, profile_id: str, found: Iterable[Suggestion], notes: tuple[str, ...], now: datetime
) -> Suggestions:
    """The suggestions of a new document in place of what was still open."""
    version = before.version + 1 if before is not None else 1
    return Suggestions(profile_id, version, now, tuple(found), notes)


def expired(suggestions: Suggestions, now: datetime) -> bool:
    """Whether nobody has answered for so long that they are forgotten."""
    return now - suggestions.import_time >= KEPT_FOR


def new_to(work: WorkProfile, claim: Claim) -> bool:
    """Whether a profile does not say this already. What a person or a test has said is never put in question."""
    if isinstance(claim, Skill):
        return all(not _same(each.skill, claim.skill) for each in work.skills)
    if isinstance(claim, Licence):
        return all(each.code != claim.code or each.held is Answer.UNKNOWN for each in work.licences)
    if isinstance(claim, LanguageSkill):
        known = (each for each in work.languages if each.language == claim.language)
        return all(each.levels == CefrProfile() and claim.levels != CefrProfile() for each in known)
    if isinstance(claim, Education):
        return all(each.title.casefold() != claim.title.casefold() for each in work.educations)
    return all(not _same(each.occupation, claim.occupation) or each.months != claim.months for each in work.experiences)


def resolve(
    suggestions: Suggestions, decisions: Sequence[Decision], rest: Verdict, work: WorkProfile, today: date
) -> tuple[Suggestions, WorkProfile]:
    """What stays open, and the work profile with what was confirmed; `rest` is the verdict on those not named.

    Raises InvalidArgument SUGGESTION_UNKNOWN, SUGGESTION_REPEATED, OCCUPATION_NOT_SUGGESTED; FailedPrecondition
    PROFILE_FULL where a list would hold more than it may.
    """
    verdicts = _verdicts(suggestions, decisions)
    still: list[Suggestion] = []
    for suggestion in suggestions.open:
        decision = verdicts.get(suggestion.id, Decision(suggestion.id, rest))
        if decision.verdict is Verdict.NONE:
            still.append(suggestion)
        elif decision.verdict is Verdict.CONFIRMED:
            claim = _chosen(suggestion, decision.occupation)
            work = _with(work, replace(claim, provenance=Provenance(Source.IMPORTED, today)))
    _check_room(work)
    return replace(suggestions, version=suggestions.version + 1, open=tuple(still)), work


def _verdicts(suggestions: Suggestions, decisions: Sequence[Decision]) -> Mapping[str, Decision]:
    known = {suggestion.id for suggestion in suggestions.open}
    for number, decision in enumerate(decisions):
        if decision.suggestion_id not in known:
            rule = "Name suggestions that are still open: list them again."
            raise _refused(f"decisions[{number}].suggestion", "SUGGESTION_UNKNOWN", rule)
    verdicts = {decision.suggestion_id: decision for decision in decisions}
    if len(verdicts) != len(decisions):
        raise _refused("decisions", "SUGGESTION_REPEATED", "Decide about each suggestion once.")
    return verdicts


def _chosen(suggestion: Suggestion, occupation: str) -> Claim:
    claim = suggestion.claim
    if not occupation:
        return claim
    if isinstance(claim, WorkExperience):
        for concept in (claim.occupation, *suggestion.alternatives):
            if concept.uri == occupation:
                # The person's own words stay; the concept is the one that they have chosen.
                return replace(claim, occupation=replace(claim.occupation, uri=occupation))
    rule = "Choose an occupation that the suggestion names."
    raise _refused("decisions.occupation", "OCCUPATION_NOT_SUGGESTED", rule)


def _with(work: WorkProfile, claim: Claim) -> WorkProfile:
    """The work profile with a claim; one that it makes already stays as it is."""
    if not new_to(work, claim):
        return work
    if isinstance(claim, WorkExperience):
        return replace(work, experiences=(*work.experiences, claim))
    if isinstance(claim, Skill):
        return replace(work, skills=(*work.skills, claim))
    if isinstance(claim, Education):
        return replace(work, educations=(*work.educations, claim))
    if isinstance(claim, Licence):
        return replace(work, licences=_replaced(work.licences, claim, lambda each: each.code))
    return replace(work, languages=_replaced(work.languages, claim, lambda each: each.language))


def _replaced(held: Sequence[Any], claim: Claim, key: Callable[[Any], str]) -> tuple[Any, ...]:
    """A list with the claim in the place of the one of the same key, of which nothing was known, or at its end."""
    if all(key(each) != key(claim) for each in held):
        return (*held, claim)
    return tuple(claim if key(each) == key(claim) else each for each in held)


def _same(one: Concept, other: Concept) -> bool:
    if one.uri and other.uri:
        return one.uri == other.uri
    return one.text.casefold() == other.text.casefold()


def _check_room(work: WorkProfile) -> None:
    full: Collection[str] = [name for name, most in MOST.items() if len(getattr(work, name)) > most]
    if full:
        message = f"The profile has no room for so many {', '.join(full)}: refuse some, or remove some from it."
        raise FailedPrecondition("PROFILE_FULL", message)


def _refused(place: str, reason: str, rule: str) -> InvalidArgument:
    return InvalidArgument(reason, rule, violations=(FieldViolation(place, reason, rule),))
