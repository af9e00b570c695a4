"""The outcome as a table, as JSON, and as a section of docs/figures.md."""

from typing import Any

import numpy as np

from services.matching.evaluation.cases.measuring import POLKU, Outcome
from services.matching.evaluation.figures import markdown_table

LEAST_LEAD, WIDEST_GAP = 0.15, 0.10
"""What the project set itself: Polku ahead of the best baseline, and its languages near each other, in nDCG@10."""


def rows(outcome: Outcome) -> tuple[list[str], list[list[str]]]:
    """Header and a row for each system: nDCG@10, recall@50, nDCG@10 by language, the gap."""
    header = ["system", "nDCG@10", "recall@50", *outcome.languages, "gap"]
    lines = []
    for system in outcome.lists:
        by_language = outcome.by_language(system).values()
        figures = [outcome.mean(system), outcome.mean(system, "recall"), *by_language, outcome.gap(system)]
        lines.append([system, *(f"{figure:.3f}" for figure in figures)])
    return header, lines


def by_given(outcome: Outcome) -> tuple[list[str], list[list[str]]]:
    """nDCG@10 of each system by how the person's work was told."""
    kinds = list(dict.fromkeys(sorted(outcome.given)))
    lines = [[system, *(f"{_of_kind(outcome, system, kind):.3f}" for kind in kinds)] for system in outcome.lists]
    return ["nDCG@10 where told by", *kinds], lines


def sentences(outcome: Outcome) -> list[str]:
    """Eligibility, lead and gap in words, with the goals."""
    errors = outcome.errors
    return [
        f"Eligibility errors: {errors.wrongly_excluded} wrongly excluded, {errors.wrongly_let_through} wrongly let "
        f"through, of {errors.pairs:,} pairs ({errors.excluded:,} to exclude, {errors.undecided:,} with something "
        "unknown); goal 0.",
        f"Polku ahead of the best baseline by {outcome.lead():.3f} nDCG@10; goal ≥ {LEAST_LEAD:.2f}.",
        f"Gap between Polku's best and worst language {outcome.gap(POLKU):.3f} nDCG@10; goal ≤ {WIDEST_GAP:.2f}.",
    ]


def table(outcome: Outcome) -> str:
    """Aligned text."""
    return "\n\n".join((_aligned(*rows(outcome)), _aligned(*by_given(outcome)), "\n".join(sentences(outcome))))


def markdown(outcome: Outcome, head: str) -> str:
    """The section's body."""
    told = "\n".join(f"- {sentence}" for sentence in sentences(outcome))
    return "\n\n".join((head, markdown_table(*rows(outcome)), markdown_table(*by_given(outcome)), told))


def as_json(outcome: Outcome, about: dict[str, Any]) -> dict[str, Any]:
    """Everything unrounded."""
    errors = outcome.errors
    return {
        **about,
        "systems": {
            system: {
                "ndcg@10": outcome.mean(system),
                "recall@50": outcome.mean(system, "recall"),
                "ndcg@10 by language": outcome.by_language(system),
                "gap": outcome.gap(system),
            }
            for system in outcome.lists
        },
        "lead": outcome.lead(),
        "mean pool": outcome.pool,
        "eligibility": {
            "pairs": errors.pairs,
            "excluded": errors.excluded,
            "wrongly excluded": errors.wrongly_excluded,
            "wrongly let through": errors.wrongly_let_through,
            "with something unknown": errors.undecided,
        },
    }


def _of_kind(outcome: Outcome, system: str, kind: str) -> float:
    return outcome.mean(system, places=np.array([place for place, given in enumerate(outcome.given) if given == kind]))


def _aligned(header: list[str], lines: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]
    told = []
    for line in (header, *lines):
        first, *others = (
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        told.append("  ".join((first, *others)))
    return "\n".join(told)
