"""Results as wire types, with their sentences in the reader's language."""

from functools import lru_cache

from polku.matching.v1 import match_pb2 as pb
from polku.matching.v1 import matching_service_pb2 as service_pb
from polku.openings.v1 import opening_service_pb2 as openings_pb

from services.matching.adapters.texts import Texts
from services.matching.adapters.wire import values
from services.matching.application.answers import ExclusionPage, Explained
from services.matching.application.lists import MatchPage
from services.matching.application.next_steps import NextStepPage
from services.matching.domain.matches import (
    Decision,
    Exclusion,
    Match,
    NextStep,
    OpeningSummary,
    Question,
    Reason,
    StepChange,
    Versions,
)
from services.matching.domain.parts import ScorePart
from services.matching.domain.verdicts import Verdict
from shared.kernel.names import resource_name


class Wire:
    """Maps for one reader: `language` is the BCP 47 tag that was asked for."""

    def __init__(self, texts: Texts, language: str) -> None:
        self._texts = texts
        self._language = language

    def match_page(self, page: MatchPage) -> service_pb.ListMatchesResponse:
        """A page of a list."""
        answer = service_pb.ListMatchesResponse(
            next_page_token=page.next_page_token,
            decision=resource_name("decisions", page.decision_id),
            eligible_count=page.eligible_count,
            excluded_count=page.excluded_count,
            order=service_pb.ListMatchesResponse.Order.ValueType(page.order),
            pending=page.pending,
            versions=versions_to_wire(page.versions),
            notes=[note.value for note in page.notes],
            stale=page.stale,
            watch_token=page.watch_token,
            hidden_count=page.hidden_count,
            interesting=[resource_name("openings", opening_id) for opening_id in page.interesting],
        )
        for match in page.matches:
            self._fill(answer.matches.add(), match)
        return answer

    def exclusion_page(self, page: ExclusionPage) -> service_pb.ListExclusionsResponse:
        """A page of what was left out."""
        return service_pb.ListExclusionsResponse(
            exclusions=[self._exclusion(exclusion) for exclusion in page.exclusions],
            next_page_token=page.next_page_token,
            excluded_by_rule=dict(page.excluded_by_rule),
            excluded_count=page.excluded_count,
        )

    def explained(self, explained: Explained) -> service_pb.ExplainMatchResponse:
        """One person beside one opening."""
        return service_pb.ExplainMatchResponse(
            match=self.match(explained.match),
            eligible=explained.eligible,
            versions=versions_to_wire(explained.versions),
        )

    def step_page(self, page: NextStepPage) -> service_pb.ListNextStepsResponse:
        """A page of next steps."""
        return service_pb.ListNextStepsResponse(
            steps=[self._step(step) for step in page.steps], next_page_token=page.next_page_token
        )

    def question(self, question: Question | None) -> service_pb.GetQuestionResponse:
        """The question, not set where there is none."""
        if question is None:
            return service_pb.GetQuestionResponse()
        asked = pb.Question(
            field=question.field,
            subject=question.subject,
            openings_undecided=question.undecided,
            text=self._texts.question(question, self._language),
        )
        return service_pb.GetQuestionResponse(question=asked)

    def decision(self, decision: Decision) -> pb.Decision:
        """A list as it was served. The reasons are those recorded; their sentences are made anew."""
        return pb.Decision(
            name=resource_name("decisions", decision.id),
            create_time=values.timestamp_to_wire(decision.create_time),
            profile=resource_name("profiles", decision.profile_id),
            versions=versions_to_wire(decision.versions),
            matches=[self.match(match) for match in decision.matches],
            excluded_by_rule=dict(decision.excluded_by_rule),
            eligible_count=decision.eligible_count,
            hidden_count=decision.hidden_count,
            watched=decision.watched,
        )

    def match(self, match: Match) -> pb.Match:
        """An opening beside the person."""
        made = pb.Match()
        self._fill(made, match)
        return made

    def _fill(self, made: pb.Match, match: Match) -> None:
        """Write an item into its place: to make messages first and put them into others copies them at each level."""
        made.opening.CopyFrom(self._summary(match.opening))
        made.rank = match.rank
        made.total = match.total
        for part in match.parts:
            _add_part(made, part)
        made.verdicts.extend([self._verdict(verdict) for verdict in match.verdicts])
        made.explanation.language = self._texts.language_of(self._language)
        for reason in match.explanation.reasons:
            made.explanation.reasons.add(**self._reason(reason))
        for gap in match.explanation.gaps:
            made.explanation.gaps.add(**self._reason(gap))

    def _summary(self, opening: OpeningSummary) -> pb.OpeningSummary:
        return pb.OpeningSummary(
            name=resource_name("openings", opening.id),
            version=opening.version,
            kind=openings_pb.OpeningKind.Value.ValueType(opening.kind),
            title=opening.title,
            title_language=opening.title_language,
            organisation=opening.organisation,
            place=self._texts.place(opening.places, self._language),
            closing_date=values.date_to_wire(opening.closing_date),
            url=opening.url,
        )

    def _reason(self, reason: Reason) -> dict[str, str]:
        return {"code": reason.code, "origin": reason.origin, "text": self._texts.reason(reason, self._language)}

    def _verdict(self, verdict: Verdict) -> pb.Verdict:
        return _verdict_to_wire(verdict, self._language, self._texts)

    def _exclusion(self, exclusion: Exclusion) -> pb.Exclusion:
        return pb.Exclusion(
            opening=self._summary(exclusion.opening),
            verdicts=[self._verdict(verdict) for verdict in exclusion.verdicts],
            text=self._texts.exclusion(exclusion.verdicts, self._language),
        )

    def _step(self, step: NextStep) -> pb.NextStep:
        first = step.changes[0]
        return pb.NextStep(
            rule=first.rule,
            subject=first.subject,
            required=first.required,
            actual=first.actual,
            openings_opened=step.opened,
            openings=[resource_name("openings", opening_id) for opening_id in step.openings],
            ways=[self._summary(way) for way in step.ways],
            text=self._texts.next_step(step, self._language),
            changes=[self._change(change) for change in step.changes],
            openings_only_together=step.together,
            effort=step.effort,
        )

    def _change(self, change: StepChange) -> pb.StepChange:
        return pb.StepChange(
            rule=change.rule,
            subject=change.subject,
            required=change.required,
            actual=change.actual,
            text=self._texts.step_change(change, self._language),
        )


@lru_cache(maxsize=1 << 14)
def _verdict_to_wire(verdict: Verdict, language: str, texts: Texts) -> pb.Verdict:
    """Openings ask for the same few things: most verdicts of a list are those of another one. Not to be changed."""
    return pb.Verdict(
        rule=verdict.rule,
        subject=verdict.subject,
        outcome=pb.Verdict.Outcome.ValueType(verdict.outcome),
        necessity=values.necessity_to_wire(verdict.necessity),
        required=verdict.required,
        actual=verdict.actual,
        source=verdict.source.name.lower() if verdict.source else "",
        date=values.date_to_wire(verdict.date),
        basis=values.basis_to_wire(verdict.basis),
        text=texts.verdict(verdict, language),
    )


def _add_part(made: pb.Match, part: ScorePart) -> None:
    """Add a part of the score to an item."""
    added = made.parts.add(
        part=part.part, value=part.value, weight=part.weight, contribution=part.contribution, known=part.known
    )
    for each in part.evidence:
        added.evidence.add(asked=each.asked, had=each.had, fit=each.fit)


def versions_to_wire(versions: Versions) -> pb.Versions:
    """The versions of all that a list was made with."""
    return pb.Versions(
        model=versions.model,
        weights=versions.weights,
        rules=versions.rules,
        index_generation=versions.index_generation,
        profile_version=versions.profile_version,
        vocabulary=versions.vocabulary,
    )
