"""`python -m services.matching.evaluation.calibrate --model FOLDER`: fit weights.toml on cases; `make calibrate`.

People and openings of the occupations that are not held out, with a seed of their own: the benchmark of `make quality`
never sees them. The same seed, cases, vocabulary and model give the same file.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.matching.adapters.embedding.folder import ModelFolderError
from services.matching.adapters.weights import DEFAULT, read_weights
from services.matching.domain.weights import Weights
from services.matching.evaluation import figures
from services.matching.evaluation.cases.__main__ import OPENINGS_A_SEEKER, source_of
from services.matching.evaluation.cases.bench import CaseBench, encoded
from services.matching.evaluation.cases.drawing import Part, draw
from services.matching.evaluation.cases.search import fit
from services.matching.evaluation.cases.trial import Score, Trial
from services.matching.evaluation.cases.vectors import Encoder
from services.matching.evaluation.progress import Progress
from shared import vocabulary

_PROVENANCE = re.compile(r"(?m)^# Calibrated:.*\n(?:#   .*\n)*")


def main(arguments: Sequence[str]) -> int:
    """Run the command; 0, or 1 with the reason on standard error."""
    options = _parser().parse_args(arguments)
    progress = Progress()
    try:
        source = source_of(options.vocabulary)
        openings = round(options.cases * OPENINGS_A_SEEKER)
        progress.say(f"calibrating on {options.cases:,} people and {openings:,} openings, seed {options.seed}")
        bench = CaseBench(draw(options.cases, openings, options.seed, Part.CALIBRATING, source), source)
        encoder = Encoder(options.model, options.store, progress)
        trial = Trial(bench, encoded(bench, encoder))
    except (ModelFolderError, vocabulary.VocabularyFileError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    fitted, before, after = fit(trial, read_weights(options.weights), progress.step("rounds of the search"))
    origin = (
        f"CASES={options.cases} SEED={options.seed}: {openings:,} openings, of occupations that are not held out",
        f"vocabulary {source.vocabulary.tables.esco_version}, model {encoder.model_id}",
        "objective (nDCG@10 of all + half that of the worst language) / 1.5",
        f"before {_told(before)}; after {_told(after)}",
    )
    options.weights.write_text(written(options.weights.read_text(encoding="utf-8"), fitted, origin), encoding="utf-8")
    sys.stdout.write("\n".join(origin) + f"\nwritten: {options.weights}\n")
    return 0


def written(content: str, weights: Weights, origin: Sequence[str]) -> str:
    """The file's text with these numbers, a version named after them, and where they come from; comments stay."""
    values = {"text_low": weights.text_low, "text_high": weights.text_high}
    content = _with(content, values)
    for section, numbers in (("parts", weights.parts), ("neutral", weights.neutral)):
        head, mark, tail = content.partition(f"[{section}]\n")
        body, end, rest = tail.partition("\n[")
        content = head + mark + _with(body, numbers) + end + rest
    numbers_only = repr((values, sorted(weights.parts.items()), sorted(weights.neutral.items())))
    version = "cases-" + hashlib.sha256(numbers_only.encode()).hexdigest()[:8]
    told = "# Calibrated: make calibrate\n" + "".join(f"#   {line}\n" for line in origin)
    content = _PROVENANCE.sub("", content)
    return re.sub(r'(?m)^version = ".*"$', f'{told}version = "{version}"', content, count=1)


def _with(text: str, numbers: Mapping[str, float]) -> str:
    for name, value in numbers.items():
        text = re.sub(rf"(?m)^{name} = [-\d.]+", f"{name} = {value:g}", text, count=1)
    return text


def _told(score: Score) -> str:
    return f"{score.objective:.3f} (all {score.mean:.3f}, worst language {score.worst:.3f})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.matching.evaluation.calibrate", description=__doc__)
    parser.add_argument("--cases", type=int, default=1400, help="people, rounded up to whole sets of seven languages")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--model", type=Path, required=True, help="Polku's model folder")
    parser.add_argument("--weights", type=Path, default=DEFAULT, help="the file to fit")
    parser.add_argument("--vocabulary", type=Path, help="a compiled vocabulary, such as all of ESCO")
    parser.add_argument("--store", type=Path, default=figures.ROOT / "var" / "quality", help="where vectors are kept")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
