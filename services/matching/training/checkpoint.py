"""Tuned weights as a file between training and packing, and the means of several of them."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from services.matching.training.encoder import WORDS, TrainedEncoder
from services.matching.training.optimiser import MasterWeights


def write_checkpoint(path: Path, encoder: TrainedEncoder, weights: MasterWeights) -> None:
    """Write the float32 masters, which the encoder gets too, and the words, under the names of transformers."""
    encoder.float()
    for parameter, master in zip(encoder.parameters(), weights.masters, strict=True):
        parameter.data.copy_(master)
    tensors = {name: tensor.detach().clone() for name, tensor in encoder.named().items()}
    save_file({**tensors, WORDS: encoder.words}, path)


def mean_of(paths: Sequence[Path]) -> dict[str, Tensor]:
    """The mean of several trainings that started from the same weights: steadier than each of them."""
    summed = load_file(paths[0])
    for path in paths[1:]:
        for name, tensor in load_file(path).items():
            summed[name] += tensor
    return {name: torch.div(tensor, len(paths)) for name, tensor in summed.items()}
