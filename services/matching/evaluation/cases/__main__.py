"""`python -m services.matching.evaluation.cases --model FOLDER`: the case benchmark, `make quality CASES=2000`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from services.matching.adapters.embedding.folder import ModelFolderError
from services.matching.adapters.weights import DEFAULT, read_weights
from services.matching.evaluation import figures
from services.matching.evaluation.cases import report
from services.matching.evaluation.cases.bench import CaseBench, encoded
from services.matching.evaluation.cases.drawing import Part, Source, draw
from services.matching.evaluation.cases.measuring import Outcome, measure
from services.matching.evaluation.cases.texts import Wordings, read_texts
from services.matching.evaluation.cases.vectors import Encoder
from services.matching.evaluation.progress import Progress
from shared import vocabulary
from shared.vocabulary.glossary import load_glossary

TODAY = date(2026, 11, 24)
"""The day of the lists: always the same, so that a seed gives the same cases on every day."""
OPENINGS_A_SEEKER = 1.5
SECTION = "Cases"


def main(arguments: Sequence[str]) -> int:
    """Run the command; 0, or 1 with the reason on standard error; 2 where eligibility and the truth differ."""
    options = _parser().parse_args(arguments)
    progress = Progress()
    try:
        source = source_of(options.vocabulary)
        openings = options.openings or round(options.cases * OPENINGS_A_SEEKER)
        progress.say(f"cases: {options.cases:,} people, {openings:,} openings, seed {options.seed}")
        bench = CaseBench(draw(options.cases, openings, options.seed, Part.MEASURED, source), source)
        outcome = _measured(bench, options, progress)
    except (ModelFolderError, vocabulary.VocabularyFileError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(report.table(outcome) + "\n")
    _write(outcome, bench, options, progress)
    return 2 if outcome.errors.count else 0


def source_of(path: Path | None) -> Source:
    """The vocabulary (all of ESCO where a file is given) and the texts."""
    words = vocabulary.load(path)
    return Source(words, read_texts(), Wordings(words, load_glossary()), TODAY)


def _measured(bench: CaseBench, options: argparse.Namespace, progress: Progress) -> Outcome:
    polku = encoded(bench, Encoder(options.model, options.store, progress))
    plain_model = options.plain_model or options.model
    plain = encoded(bench, Encoder(plain_model, options.store, progress, centred=False))
    return measure(bench, polku, plain, read_weights(options.weights), progress.step("people"))


def _write(outcome: Outcome, bench: CaseBench, options: argparse.Namespace, progress: Progress) -> None:
    about = {
        "people": len(bench.cases.seekers),
        "openings": len(bench.cases.openings),
        "seed": options.seed,
        "weights": read_weights(options.weights).version,
        "model": Encoder(options.model, options.store, progress).model_id,
        "machine": figures.machine(),
    }
    if options.json:
        content = json.dumps(report.as_json(outcome, about), ensure_ascii=False, indent=2)
        options.json.write_text(content + "\n", encoding="utf-8")
        progress.say(f"written: {options.json}")
    if options.figures:
        head = (
            f"{about['people']:,} people of the held-out occupations, {about['openings']:,} openings, of which "
            f"{outcome.pool:,.0f} are open to a person on average; weights {about['weights']}, model {about['model']}."
        )
        command = f"make quality CASES={options.cases} SEED={options.seed}"
        section = figures.Section(SECTION, command, report.markdown(outcome, head))
        figures.write_section(section, datetime.now(UTC).date())
        progress.say(f"written: {figures.FIGURES.relative_to(figures.ROOT)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.matching.evaluation.cases",
        description="Generated people and openings whose fit is known, ranked by Polku, BM25, plain e5 and both fused.",
    )
    parser.add_argument("--cases", type=int, default=2000, help="people, rounded up to whole sets of seven languages")
    parser.add_argument("--openings", type=int, default=0, help=f"openings ({OPENINGS_A_SEEKER:g} a person)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model", type=Path, required=True, help="Polku's model folder")
    parser.add_argument("--plain-model", type=Path, help="the folder of plain e5 (Polku's, where it is not tuned)")
    parser.add_argument("--weights", type=Path, default=DEFAULT, help="the weights to measure")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--figures", action="store_true", help="write the section of docs/figures.md")
    named = os.environ.get("POLKU_VOCABULARY_FILE")
    parser.add_argument("--vocabulary", type=Path, default=Path(named) if named else None, help="a compiled vocabulary")
    store = figures.ROOT / "var" / "quality"
    parser.add_argument("--store", type=Path, default=store, help="where vectors are kept between runs")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
