"""What the fake matching service answers: fictional openings of every kind, in several languages and states."""

from typing import Any

from polku.matching.v1 import match_pb2, matching_service_pb2
from polku.openings.v1.opening_pb2 import Basis, Necessity
from polku.openings.v1.opening_service_pb2 import OpeningKind

from tests.fakes.gateway_texts import say

Verdict = match_pb2.Verdict
FIRST = "019a4c20-11b4-7f0e-8d3a-6c5b4a392801"
LEFT_OUT = "019a4c20-11b4-7f0e-8d3a-6c5b4a392811"
COURSE = "019a4c20-11b4-7f0e-8d3a-6c5b4a392803"
DECISION = "decisions/019a4c22-9f00-7a2b-8c4d-1e6f7a8b9c0d"
CARE = "http://data.europa.eu/esco/occupation/00000000-0000-0000-0000-000000000000"


def summary(
    number: int, title: str, organisation: str, *, kind: str = "VACANCY", language: str = "fi", closing: str = ""
) -> match_pb2.OpeningSummary:
    """What a list shows of an invented opening."""
    return match_pb2.OpeningSummary(
        name=f"openings/019a4c20-11b4-7f0e-8d3a-6c5b4a3928{number:02}",
        version=1,
        kind=OpeningKind.Value.Value(f"VALUE_{kind}"),
        title=title,
        title_language=language,
        organisation=organisation,
        place="Leppävaara, Espoo",
        closing_date=closing,
        url=f"https://jobs.example/{number}",
    )


OPENINGS = (
    (summary(1, "Kotihoidon hoiva-avustaja", "Esimerkkihoiva Oy", closing="2026-12-15"), 0.78),
    (summary(2, "Vårdbiträde till servicehus", "Exempelvård Ab", language="sv", closing="2026-12-01"), 0.66),
    (summary(3, "Suomen puhekurssi B1–B2, iltaisin", "Esimerkkiopisto", kind="TRAINING"), 0.54),
    (
        summary(
            4,
            "Työnhaun neuvonta ilman ajanvarausta palvelukeskuksessa: apua hakemuksiin, ansioluetteloihin ja "
            "haastatteluihin omalla kielelläsi",
            "Esimerkkikaupunki",
            kind="SERVICE",
        ),
        0.41,
    ),
    (summary(5, "Kitchen helper for a school kitchen", "Example Catering", language="en"), 0.33),
    (summary(6, "Siivooja päivävuoroon", "Puhdas Esimerkki Oy", closing="2026-11-30"), 0.21),
)
EXCLUDED = (
    (summary(11, "Sairaanhoitaja yövuoroon", "Esimerkkisairaala"), ("nights", "speaking_not")),
    (summary(12, "Yöhoitaja palvelutaloon", "Esimerkkihoiva Oy"), ("nights",)),
    (summary(13, "Myyjä päivittäistavarakauppaan", "Esimerkkikauppa"), ("speaking_not",)),
)


def verdicts(language: str) -> list[Verdict]:
    """A requirement in each outcome and of many kinds."""
    return [
        _speaking(language),
        Verdict(
            rule="licence.held",
            subject="hygiene-passport",
            outcome=Verdict.OUTCOME_UNKNOWN,
            necessity=Necessity.KIND_REQUIRED,
            required="2026-12-01",
            basis=Basis.KIND_INFERRED,
            text=say("gap", language),
        ),
        Verdict(
            rule="place.travel",
            subject="public_transport",
            outcome=Verdict.OUTCOME_MET,
            necessity=Necessity.KIND_REQUIRED,
            required="25",
            actual="45",
            source="self_reported",
            text=say("travel", language),
        ),
        Verdict(
            rule="experience.months",
            subject=CARE,
            outcome=Verdict.OUTCOME_MET,
            necessity=Necessity.KIND_PREFERRED,
            required="24",
            actual="60",
            source="employment",
            text=say("job", language),
        ),
        Verdict(
            rule="windows.weekly",
            outcome=Verdict.OUTCOME_MET,
            necessity=Necessity.KIND_REQUIRED,
            required="MO-FR 08:00-15:00 +25",
            actual="MO-FR 07:30-16:30",
            source="self_reported",
        ),
    ]


def _speaking(language: str) -> Verdict:
    return Verdict(
        rule="language.speaking",
        subject="fi",
        outcome=Verdict.OUTCOME_MET,
        necessity=Necessity.KIND_REQUIRED,
        required="B1",
        actual="B1",
        source="certificate",
        date="2026-05-20",
        basis=Basis.KIND_STATED,
        text=say("speaking", language),
    )


def missing(key: str, language: str) -> Verdict:
    """A requirement that is not met."""
    rule, subject, required, actual = {
        "nights": ("shift.night", "", "yes", "no"),
        "speaking_not": ("language.speaking", "fi", "B2", "B1"),
    }[key]
    return Verdict(
        rule=rule,
        subject=subject,
        outcome=Verdict.OUTCOME_NOT_MET,
        necessity=Necessity.KIND_REQUIRED,
        required=required,
        actual=actual,
        source="self_reported",
        text=say(key, language),
    )


def parts(total: float) -> list[match_pb2.ScorePart]:
    """Ten parts whose contributions sum to the total."""
    weights = {
        "occupation": 0.24,
        "must_have_skills": 0.20,
        "nice_to_have_skills": 0.08,
        "text": 0.18,
        "experience": 0.08,
        "travel": 0.08,
        "hours": 0.04,
        "language_margin": 0.05,
        "pay": 0.02,
        "freshness": 0.03,
    }
    return [
        match_pb2.ScorePart(part=part, value=total, weight=weight, contribution=total * weight, known=part != "pay")
        for part, weight in weights.items()
    ]


def match(rank: int, opening: match_pb2.OpeningSummary, total: float, language: str) -> match_pb2.Match:
    """One match."""
    reason = match_pb2.Reason
    return match_pb2.Match(
        opening=opening,
        rank=rank,
        total=total,
        parts=parts(total),
        verdicts=verdicts(language),
        explanation=match_pb2.Explanation(
            language=language,
            reasons=[reason(code=key, origin=key, text=say(key, language)) for key in ("job", "skill", "travel")],
            gaps=[reason(code="verdict.licence.held.unknown", origin="licence.held", text=say("gap", language))],
        ),
    )


def matches(request: Any) -> Any:
    """All matches of the kind asked for."""
    wanted = [pair for pair in OPENINGS if request.kind in (0, pair[0].kind)]
    return matching_service_pb2.ListMatchesResponse(
        matches=[match(rank, *pair, request.language) for rank, pair in enumerate(wanted, start=1)],
        decision=DECISION,
        eligible_count=len(wanted),
        excluded_count=len(EXCLUDED),
        order=matching_service_pb2.ListMatchesResponse.ORDER_BEST_FIRST,
        watch_token="listed",
    )


def exclusions(request: Any) -> Any:
    """All that was left out."""
    return matching_service_pb2.ListExclusionsResponse(
        exclusions=[
            match_pb2.Exclusion(
                opening=opening,
                verdicts=[missing(key, request.language) for key in keys],
                text=say(keys[0], request.language),
            )
            for opening, keys in EXCLUDED
        ],
        excluded_by_rule={"shift.night": 2, "language.speaking": 2},
        excluded_count=len(EXCLUDED),
    )


def explanation(request: Any) -> Any:
    """A match, or an opening that was left out."""
    for opening, total in OPENINGS:
        if opening.name == request.opening:
            return matching_service_pb2.ExplainMatchResponse(
                match=match(0, opening, total, request.language), eligible=True
            )
    found = next(((opening, keys) for opening, keys in EXCLUDED if opening.name == request.opening), EXCLUDED[0])
    refused = match_pb2.Match(opening=found[0], total=0.4, parts=parts(0.4))
    refused.verdicts.extend([*(missing(key, request.language) for key in found[1]), *verdicts(request.language)[1:]])
    return matching_service_pb2.ExplainMatchResponse(match=refused, eligible=False)


def next_steps(request: Any) -> Any:
    """A step alone, a pair, and one without a way to it."""
    step, change = match_pb2.NextStep, match_pb2.StepChange
    card, speaking = (change(text=say(key, request.language)) for key in ("change_card", "change_speaking"))
    return matching_service_pb2.ListNextStepsResponse(
        steps=[
            step(
                rule="language.speaking",
                subject="fi",
                required="B2",
                actual="B1",
                openings_opened=14,
                ways=[OPENINGS[2][0]],
                text=say("step", request.language),
                changes=[speaking],
                effort=20,
            ),
            step(
                rule="language.speaking",
                subject="fi",
                required="B2",
                actual="B1",
                openings_opened=9,
                openings_only_together=3,
                ways=[OPENINGS[2][0], OPENINGS[3][0]],
                text=say("step", request.language),
                changes=[speaking, card],
                effort=25,
            ),
            step(
                rule="licence.held",
                subject="hygiene-passport",
                openings_opened=1,
                text=say("step_card", request.language),
                changes=[card],
                effort=2,
            ),
        ]
    )


def question(request: Any) -> Any:
    """One question."""
    return matching_service_pb2.GetQuestionResponse(
        question=match_pb2.Question(
            field="work.licences",
            subject="hygiene-passport",
            openings_undecided=6,
            text=say("question", request.language),
        )
    )
