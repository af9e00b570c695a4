"""`python -m services.matching.evaluation --model FOLDER`: how good linking is; `make quality` is the short form."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from services.matching.adapters.embedding.folder import ModelFolderError
from services.matching.adapters.linking.wordings import translators, wordings
from services.matching.domain.linking.gate import LanguageGate
from services.matching.domain.linking.label_search import by_language
from services.matching.domain.linking.normalising import fold
from services.matching.domain.linking.thesaurus import Thesaurus
from services.matching.evaluation import figures, report
from services.matching.evaluation.builtin import BuiltIn
from services.matching.evaluation.measuring import Bench, Model, Result
from services.matching.evaluation.progress import Progress
from services.matching.evaluation.tasks import Task, TaskFolderError, read_task
from shared import vocabulary
from shared.vocabulary.enrichment import with_glossary
from shared.vocabulary.glossary import load_glossary

DATA = figures.ROOT.parent / "shared" / "data"
SECTION = "Linking"


def main(arguments: Sequence[str]) -> int:
    """Run the command; 0, or 1 with the reason on standard error."""
    options = _parser().parse_args(arguments)
    progress = Progress()
    try:
        bench = _bench(options, progress)
        if options.data:
            results, skipped = list(_measured([read_task(options.data)], bench)), list[str]()
        else:
            results, skipped = _built_in(bench, options, progress)
    except (TaskFolderError, ModelFolderError, vocabulary.VocabularyFileError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.json:
        content = report.as_json(results, bench.polku.model_id, bench.plain.model_id, figures.machine(), skipped)
        options.json.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        progress.say(f"written: {options.json}")
    return 0


def _built_in(bench: Bench, options: argparse.Namespace, progress: Progress) -> tuple[list[Result], list[str]]:
    built_in = BuiltIn(options.shared_data, vocabulary.load(), load_glossary())
    chosen = (task for task in built_in.tasks() if options.only.casefold() in task.name.casefold())
    results = list(_measured(chosen, bench))
    for line in built_in.skipped:
        progress.say(f"SKIPPED: {line}")
    if results and not options.only:
        body = report.markdown(results, built_in.skipped)
        command = "make quality"
        figures.write_section(figures.Section(SECTION, command, body), datetime.now(UTC).date())
        progress.say(f"written: {figures.FIGURES.relative_to(figures.ROOT)}")
    return results, built_in.skipped


def _measured(tasks: Iterator[Task] | Sequence[Task], bench: Bench) -> Iterator[Result]:
    for task in tasks:
        result = bench.measure(task)
        sys.stdout.write(report.table(result) + "\n\n")
        sys.stdout.flush()
        yield result


def _bench(options: argparse.Namespace, progress: Progress) -> Bench:
    glossary = load_glossary()
    whole = with_glossary(vocabulary.load(), glossary)
    known = tuple(wordings(whole, "occupation", with_held_out=False))
    return Bench(
        polku=Model(options.model, options.store, progress),
        plain=Model(options.plain_model or options.model, options.store, progress, centred=False),
        thesaurus=Thesaurus(known),
        translators=translators(whole, glossary, with_held_out=False),
        languages=LanguageGate(by_language([fold(one.text) for one in known], [one.language for one in known])),
        progress=progress,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.matching.evaluation",
        description="Polku's own linking beside BM25, character n-grams and plain e5, on a labelled folder or the "
        "built-in tasks. The held-out fifth of the glossary is not looked up.",
    )
    parser.add_argument("--data", type=Path, help="a folder in MELO's format; without it, the built-in tasks")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--model", type=Path, required=True, help="Polku's model folder")
    parser.add_argument("--plain-model", type=Path, help="the folder of plain e5 (Polku's, where it is not tuned)")
    parser.add_argument("--only", default="", help="of the built-in tasks, those with this in their name")
    parser.add_argument("--shared-data", type=Path, default=DATA, help=f"where the built-in tasks' data is ({DATA})")
    store = figures.ROOT / "var" / "quality"
    parser.add_argument("--store", type=Path, default=store, help="where vectors are kept between runs")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
