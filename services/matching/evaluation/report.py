"""Results as an aligned table, as JSON, and as the section of docs/figures.md."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.matching.evaluation.figures import markdown_table
from services.matching.evaluation.measuring import Result
from services.matching.evaluation.metrics import METRICS


def table(result: Result) -> str:
    """One task: a line a system, figures to three places, the best of each column marked."""
    best = {name: max(figures.values[name] for figures in result.figures.values()) for name in METRICS}
    width = max(map(len, result.figures))
    lines = [f"{result.task.name}  ({len(result.task.queries):,} queries, {len(result.task.corpus):,} elements)"]
    lines.append(" " * width + "".join(f"{name:>9} " for name in METRICS))
    for system, figures in result.figures.items():
        cells = "".join(
            f"{figures.values[name]:9.3f}{'*' if figures.values[name] == best[name] else ' '}" for name in METRICS
        )
        lines.append(f"{system:<{width}}{cells}")
    goals = ", ".join(f"{name} {goal:.2f}" for name, goal in result.task.goal.items())
    if goals:
        lines.append(f"{'goal':<{width}}  {goals}")
    return "\n".join(line.rstrip() for line in lines)


def as_json(results: Iterable[Result], model: str, plain: str, machine: str, skipped: Sequence[str]) -> dict[str, Any]:
    """Everything that the tables show, unrounded, with the models that were compared."""
    return {
        "model": model,
        "plain_model": plain,
        "machine": machine,
        "skipped": list(skipped),
        "tasks": [
            {
                "task": result.task.name,
                "queries": len(result.task.queries),
                "elements": len(result.task.corpus),
                "goal": result.task.goal,
                "systems": {name: dict(figures.values) for name, figures in result.figures.items()},
            }
            for result in results
        ],
    }


def markdown(results: Sequence[Result], skipped: Sequence[str]) -> str:
    """For each task the metrics of its goal, for every system."""
    systems = list(results[0].figures) if results else []
    rows = []
    for result in results:
        for metric in result.task.goal or ("MRR",):
            figures = [f"{result.figures[system].values[metric]:.3f}" for system in systems]
            goal = result.task.goal.get(metric)
            rows.append([result.task.name, metric, *figures, f"≥ {goal:.2f}" if goal else "–"])
    text = markdown_table(["task", "metric", *systems, "goal"], rows) if rows else ""
    if skipped:
        text += "\n\nNot measured: " + "; ".join(skipped) + "."
    return text
