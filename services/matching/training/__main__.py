"""`python -m services.matching.training train|pack`: from the training data to the file of tuned weights.

    train BASE OUT [--start TUNED] [--steps N] [--seed N] [--all]
                                        tune the model folder BASE (or go on from TUNED), write its weights to OUT
    pack [--share S] BASE FILE TUNED…   write the differences of (the mean of) TUNED, or a share of them, to FILE

BASE is the folder of the published model: `python -m deploy.embedded.model --base VAR_DIR` builds it. `--all` trains
on the development split too; without it the figures of that split are told at the end. The data's folder is
POLKU_TRAINING_DATA, by default ../shared/data beside the checkout.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import torch

from services.matching.training.batches import Sampler
from services.matching.training.checkpoint import mean_of, write_checkpoint
from services.matching.training.corpus import Corpus, read_corpus
from services.matching.training.development import measure, tasks
from services.matching.training.encoder import TrainedEncoder
from services.matching.training.loop import Settings, Training
from services.matching.training.neighbours import nearest_concepts
from services.matching.training.packing import pack
from services.matching.training.sources import MissingData, essential_skills

_CHECKOUT = Path(__file__).parents[3]
_THREADS = 2


def main(arguments: list[str]) -> int:
    """0 when the file is written; 1 with the reason on standard error when data is missing."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(_THREADS)
    try:
        if options.stage == "train":
            _train(options)
        else:
            _pack(options)
    except MissingData as error:
        _say(str(error))
        return 1
    return 0


def _train(options: argparse.Namespace) -> None:
    _say("data: reading what may be learnt")
    data, vocabulary = _data(), _CHECKOUT / "shared" / "vocabulary" / "data"
    corpus = read_corpus(data, vocabulary, essential_skills(data), with_development=options.all)
    _say(f"data: {_sizes(corpus)}")
    encoder, reference = TrainedEncoder(options.base), TrainedEncoder(options.base)
    if options.start:
        encoder.load_named(mean_of([options.start]))
    _say("pairs: finding the nearest skills")
    settings = Settings(steps=options.steps, seed=options.seed)
    sampler = Sampler(corpus, nearest_concepts(reference, corpus.skills), settings.seed)
    training = Training(encoder, reference, sampler, settings)
    training.run(lambda line: _say(f"training: {line}"))
    write_checkpoint(options.out, encoder, training.weights)
    _say(f"training: wrote {options.out}")
    if not options.all:
        for task in tasks(data, vocabulary):
            rank, first_ten = measure(encoder, task)
            _say(f"development: {task.name}: MRR {rank:.3f}, hit@10 {first_ten:.3f} ({len(task.queries)} queries)")


def _pack(options: argparse.Namespace) -> None:
    tuned = {name: tensor.numpy() for name, tensor in mean_of(options.tuned).items()}
    weights = json.loads((options.base / "manifest.json").read_text(encoding="utf-8"))["weights"]
    rows = pack(options.base / "model.safetensors", tuned, options.out, weights, share=options.share)
    _say(f"packing: wrote {options.out}, {options.out.stat().st_size:,} bytes with {rows:,} rows of the word table")


def _sizes(corpus: Corpus) -> str:
    names = sum(len(names) for one in corpus.occupations for names in one.forms.values())
    return (
        f"{len(corpus.occupations):,} occupations with {names:,} names, {len(corpus.skills):,} skills, "
        f"{len(corpus.words):,} words, {len(corpus.sentences):,} sentences"
    )


def _data() -> Path:
    return Path(os.environ.get("POLKU_TRAINING_DATA", _CHECKOUT.parent / "shared" / "data"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.matching.training")
    stages = parser.add_subparsers(dest="stage", required=True)
    train = stages.add_parser("train", help="tune the published model")
    train.add_argument("base", type=Path)
    train.add_argument("out", type=Path)
    train.add_argument("--start", type=Path, help="weights of an earlier training, from which this one goes on")
    train.add_argument("--steps", type=int, default=900)
    train.add_argument("--seed", type=int, default=7)
    train.add_argument("--all", action="store_true", help="train on the development split too")
    packing = stages.add_parser("pack", help="write the differences as a small file")
    packing.add_argument("--share", type=float, default=1.0, help="how far to go towards TUNED, 0 to 1 (default 1)")
    packing.add_argument("base", type=Path)
    packing.add_argument("out", type=Path)
    packing.add_argument("tuned", type=Path, nargs="+")
    return parser


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
