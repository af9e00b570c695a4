"""How answers of the API look on a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

WIDEST_TITLE = 70


def outcome(answer: Mapping[str, Any]) -> str:
    """What became of a published item, such as "created"."""
    return str(answer.get("outcome", "")).removeprefix("OUTCOME_").lower().replace("_", " ")


def matches(console: Console, answer: Mapping[str, Any], *, indent: str = "  ") -> None:
    """The list: rank, total of 100, title, organisation and place; below each the reasons (+) and the gaps (?)."""
    ranked = answer.get("order") != "ORDER_NEWEST_FIRST"
    if not ranked:
        console.print(f"{indent}newest first, not ranked: the person has opted out")
    found = answer.get("matches", [])
    if not found:
        console.print(f"{indent}no match {' '.join(answer.get('notes', ()))}")
    for match in found:
        _match(console, match, indent, ranked)


def _match(console: Console, match: Mapping[str, Any], indent: str, ranked: bool) -> None:
    opening = match["opening"]
    where = ", ".join(part for part in (opening.get("organisation"), opening.get("place")) if part)
    total = f"{100 * match.get('total', 0):3.0f}" if ranked else "  –"
    head = f"{match.get('rank', 0):>2}. {total}  {opening['title'][:WIDEST_TITLE]}"
    console.print(f"{indent}{head}  ({where})", highlight=False, markup=False, soft_wrap=True)
    explanation = match.get("explanation", {})
    for sign, sentences in (("+", explanation.get("reasons", ())), ("?", explanation.get("gaps", ()))):
        for sentence in sentences:
            console.print(f"{indent}       {sign} {sentence['text']}", highlight=False, markup=False, soft_wrap=True)


def excluded(console: Console, answer: Mapping[str, Any], *, indent: str = "  ", most: int = 5) -> None:
    """How many were left out by which rule, and the nearest of them with the reason."""
    by_rule = answer.get("excludedByRule", {})
    counts = ", ".join(f"{rule} {count}" for rule, count in sorted(by_rule.items(), key=lambda item: -item[1]))
    console.print(f"{indent}left out: {answer.get('excludedCount', 0)} ({counts})", highlight=False, soft_wrap=True)
    for exclusion in answer.get("exclusions", ())[:most]:
        text = f"{indent}     - {exclusion['opening']['title'][:WIDEST_TITLE]}: {exclusion.get('text', '')}"
        console.print(text, highlight=False, markup=False, soft_wrap=True)


def comparison(console: Console, answer: Mapping[str, Any]) -> None:
    """One person beside one opening: the requirements, then the parts of the score."""
    match = answer["match"]
    verdict = "fits" if answer.get("eligible") else "does not fit"
    console.print(f"{match['opening']['title']}: {verdict}, {100 * match.get('total', 0):.0f} of 100", markup=False)
    requirements = Table("outcome", "requirement", "source", "date")
    for item in match.get("verdicts", ()):
        result = str(item.get("outcome", "")).removeprefix("OUTCOME_").lower().replace("_", " ")
        requirements.add_row(result, item.get("text", ""), item.get("source", ""), item.get("date", ""))
    console.print(requirements)
    parts = Table("part", "value", "weight", "adds", "known")
    for part in match.get("parts", ()):
        numbers = (f"{part.get(field, 0):.2f}" for field in ("value", "weight", "contribution"))
        parts.add_row(part["part"], *numbers, "yes" if part.get("known") else "no")
    console.print(parts)
