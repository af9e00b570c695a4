"""What the pages show, made from what matching answers: everything in words, nothing left to compute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from polku.matching.v1 import match_pb2
from polku.openings.v1.opening_pb2 import Basis, Necessity
from polku.openings.v1.opening_service_pb2 import OpeningKind

from services.gateway.values import asked, had
from services.gateway.words import BASES, EFFORTS, FITS, KINDS, NECESSITIES, OUTCOMES, PARTS, SOURCES, Words


@dataclass(frozen=True, slots=True)
class OpeningView:
    """An opening in a list. `language` is the title's; `closing` the last day to apply in words."""

    id: str
    kind: str
    title: str
    language: str
    organisation: str
    place: str
    closing: str
    url: str


@dataclass(frozen=True, slots=True)
class FitView:
    """A total: words, full bars out of four, points out of a hundred."""

    words: str
    bars: int
    points: str


@dataclass(frozen=True, slots=True)
class RequirementView:
    """One requirement beside the person. `rule` and `subject` are its codes."""

    rule: str
    subject: str
    label: str
    necessity: str
    asked: str
    has: str
    outcome: str
    outcome_word: str
    source: str
    date: str
    note: str
    text: str


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of a score: its share of its own maximum (percent), and both in points."""

    label: str
    percent: int
    points: str
    most: str
    known: bool


@dataclass(frozen=True, slots=True)
class GapView:
    """A gap, and whether it is known to be one ("not_met") or not known ("unknown")."""

    text: str
    outcome: str


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match in a list and on its own page. `fit` is None where there is no ranking."""

    opening: OpeningView
    fit: FitView | None
    reasons: Sequence[str]
    gaps: Sequence[GapView]
    requirements: Sequence[RequirementView]
    parts: Sequence[PartView]
    eligible: bool


@dataclass(frozen=True, slots=True)
class FaultView:
    """A requirement that is not met, in words. `rule` and `subject` are its codes."""

    rule: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class ExclusionView:
    """An opening that was left out, with each requirement that is not met."""

    opening: OpeningView
    faults: Sequence[FaultView]


@dataclass(frozen=True, slots=True)
class ExclusionGroup:
    """What one rule left out: how many in all, and those that are shown."""

    label: str
    count: int
    items: Sequence[ExclusionView]


@dataclass(frozen=True, slots=True)
class StepView:
    """A next step and the ways to it.

    changes   what is to be changed, one or two
    opened    openings that it opens; `together` of them only where both changes are made
    effort    how much it asks in words; `bars` the same, full bars out of four
    """

    changes: Sequence[str]
    opened: int
    together: int
    effort: str
    bars: int
    ways: Sequence[OpeningView]


def opening_view(summary: match_pb2.OpeningSummary, words: Words) -> OpeningView:
    """What a list shows of an opening."""
    kind = OpeningKind.Value.Name(summary.kind).removeprefix("VALUE_").lower()
    return OpeningView(
        id=summary.name.removeprefix("openings/"),
        kind=words.of(KINDS, kind),
        title=summary.title,
        language=summary.title_language,
        organisation=summary.organisation,
        place=summary.place,
        closing=words.date(summary.closing_date),
        url=summary.url if summary.url.startswith(("https://", "http://")) else "",
    )


def match_view(match: match_pb2.Match, words: Words, *, ranked: bool = True, eligible: bool = True) -> MatchView:
    """What the pages show of a match; `ranked` is false where the person has opted out of ranking."""
    return MatchView(
        opening=opening_view(match.opening, words),
        fit=fit_view(match.total, words) if ranked else None,
        reasons=[reason.text for reason in match.explanation.reasons],
        gaps=[_gap_view(gap) for gap in match.explanation.gaps],
        requirements=sorted((requirement_view(verdict, words) for verdict in match.verdicts), key=_urgency),
        parts=[part_view(part, words) for part in match.parts] if ranked else [],
        eligible=eligible,
    )


def _gap_view(gap: match_pb2.Reason) -> GapView:
    return GapView(gap.text, "not_met" if gap.code.endswith(".not_met") else "unknown")


def fit_view(total: float, words: Words) -> FitView:
    """A total in words, bars and points."""
    bars, text = next((bars, text) for least, bars, text in FITS if total >= least or least == 0)
    return FitView(words.text(text), bars, words.number(round(total * 100)))


def requirement_view(verdict: match_pb2.Verdict, words: Words) -> RequirementView:
    """A verdict for the table."""
    outcome = match_pb2.Verdict.Outcome.Name(verdict.outcome).removeprefix("OUTCOME_").lower()
    necessity = Necessity.Kind.Name(verdict.necessity).removeprefix("KIND_").lower()
    basis = Basis.Kind.Name(verdict.basis).removeprefix("KIND_").lower()
    return RequirementView(
        rule=verdict.rule,
        subject=verdict.subject,
        label=words.rule(verdict.rule, verdict.subject),
        necessity=words.of(NECESSITIES, "required" if necessity == "unspecified" else necessity),
        asked=asked(verdict, words),
        has=had(verdict, words),
        outcome=outcome,
        outcome_word=words.of(OUTCOMES, outcome),
        source=words.of(SOURCES, verdict.source) if verdict.source else "",
        date=words.date(verdict.date, "medium"),
        note=words.of(BASES, basis) if basis in BASES else "",
        text=verdict.text,
    )


def _urgency(requirement: RequirementView) -> int:
    """What is missing first, then what is not known."""
    return ("not_met", "unknown", "met").index(requirement.outcome)


def part_view(part: match_pb2.ScorePart, words: Words) -> PartView:
    """A part for the bars. Points are out of a hundred for the whole match."""
    return PartView(
        label=words.of(PARTS, part.part),
        percent=round(max(0.0, min(1.0, part.value)) * 100),
        points=words.number(round(part.contribution * 100, 1)),
        most=words.number(round(part.weight * 100, 1)),
        known=part.known,
    )


def exclusion_groups(
    exclusions: Iterable[match_pb2.Exclusion], counts: dict[str, int], words: Words
) -> list[ExclusionGroup]:
    """What was left out, by rule, the rule that left out most first.

    An opening that several rules left out is shown once, under the first, with the texts of all.
    """
    shown: dict[str, list[ExclusionView]] = {}
    for exclusion in exclusions:
        rule = exclusion.verdicts[0].rule if exclusion.verdicts else ""
        shown.setdefault(rule, []).append(_exclusion_view(exclusion, words))
    whole = {rule: max(counts.get(rule, 0), len(items)) for rule, items in shown.items()} | {
        rule: count for rule, count in counts.items() if rule not in shown
    }
    ordered = sorted(whole.items(), key=lambda pair: (-pair[1], pair[0]))
    return [ExclusionGroup(words.rule(rule, ""), count, shown.get(rule, [])) for rule, count in ordered]


def _exclusion_view(exclusion: match_pb2.Exclusion, words: Words) -> ExclusionView:
    faults = [
        FaultView(verdict.rule, verdict.subject, verdict.text or exclusion.text) for verdict in exclusion.verdicts
    ]
    return ExclusionView(opening_view(exclusion.opening, words), faults)


def step_view(step: match_pb2.NextStep, words: Words) -> StepView:
    """A next step."""
    bars, effort = next((bars, text) for most, bars, text in EFFORTS if step.effort <= most)
    return StepView(
        changes=[change.text for change in step.changes] or [step.text],
        opened=step.openings_opened,
        together=step.openings_only_together,
        effort=words.text(effort),
        bars=bars,
        ways=[opening_view(way, words) for way in step.ways],
    )


def question_text(answer: Any) -> str:
    """The question in words; empty where there is none."""
    return str(answer.question.text) if answer.HasField("question") else ""
