"""The training itself: contrastive steps over batches of changing tasks, with a pull towards the published model."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional

from services.matching.training.batches import PASSAGE, QUERY, Batch, Sampler
from services.matching.training.encoder import TrainedEncoder
from services.matching.training.optimiser import MasterWeights, RowAdam

MOST_TOKENS = 64
"""Beyond this texts are cut off while training; the model itself reads 512."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a training depends on besides its data; `tasks` gives each task's share of the steps and its batch size."""

    steps: int
    seed: int = 7
    rate: float = 1.5e-4
    word_rate: float = 5e-4
    decay: float = 0.01
    temperature: float = 0.05
    warm_up: int = 60
    clip: float = 1.0
    remembered: int = 1024
    tasks: Mapping[str, tuple[float, int]] = field(
        default_factory=lambda: {
            "occupations": (0.42, 160),
            "skills": (0.16, 160),
            "sentences": (0.16, 48),
            "words": (0.12, 160),
            "phrases": (0.10, 120),
            "descriptions": (0.02, 48),
            "essential": (0.02, 128),
        }
    )


def contrast(left: Tensor, right: Tensor, fits: Tensor, temperature: float) -> Tensor:
    """Symmetric InfoNCE: row i of `left` (n, d) against all of `right` (m ≥ n, d), of which row i belongs to it.

    `fits` (n, m) marks what else would be right; it is left out, not told apart.
    """
    count = len(left)
    own = torch.arange(count)
    scores = left @ right.T / temperature
    scores = scores.masked_fill(fits & ~torch.eye(count, len(right), dtype=torch.bool), -1e4)
    back = scores[:, :count].T
    return (functional.cross_entropy(scores, own) + functional.cross_entropy(back, own)) / 2


def fitting(batch: Batch, remembered: Sequence[str] = ()) -> Tensor:
    """Which right texts, then which remembered ones, fit to each left text: (left, right + remembered) booleans."""
    concepts = [*batch.concepts, *remembered]
    return torch.tensor([[concept in also for concept in concepts] for also in batch.also])


class Training:
    """One run. `step` does a batch; `run` does them all and tells every now and then how it goes."""

    def __init__(
        self, encoder: TrainedEncoder, reference: TrainedEncoder, sampler: Sampler, settings: Settings
    ) -> None:
        self._encoder = encoder
        self._reference = reference.bfloat16()
        self._sampler = sampler
        self._settings = settings
        self.weights = MasterWeights(encoder, settings.decay)
        self._parameters = list(encoder.parameters())
        self._words = RowAdam(encoder.words)
        # The marks and prefixes stand in every text; their rows would follow every batch.
        self._kept = {number for tokens in encoder.tokens([QUERY, PASSAGE], MOST_TOKENS) for number in tokens}
        self._memory: dict[str, tuple[Tensor, list[str]]] = {}
        self._losses: dict[str, list[float]] = {}

    def run(self, told: Callable[[str], None], every: int = 25, each: Callable[[int], None] | None = None) -> None:
        """All steps; `told` hears about the losses, `each` is called after every step."""
        started = time.monotonic()
        order = _order(self._settings)
        for number, task in enumerate(order):
            self._losses.setdefault(task, []).append(self.step(task, self._rate(number)))
            if (number + 1) % every == 0:
                means = " ".join(f"{name} {sum(v) / len(v):.3f}" for name, v in sorted(self._losses.items()))
                told(f"step {number + 1}/{len(order)} {time.monotonic() - started:.0f} s  {means}")
                self._losses.clear()
            if each:
                each(number + 1)

    def step(self, task: str, share: float) -> float:
        """One batch of the task with `share` of the full learning rate; returns the contrastive loss."""
        settings = self._settings
        batch: Batch = getattr(self._sampler, task)(settings.tasks[task][1])
        count = len(batch.left)
        token_lists = self._encoder.tokens([*batch.left, *batch.right], MOST_TOKENS)
        numbers, rows = self._encoder.rows_of(token_lists)
        vectors = self._encoder(token_lists, rows)
        left, right = vectors[:count], vectors[count:]
        kept, kept_concepts = self._memory.get(task, (right[:0].detach(), []))
        loss = contrast(left, torch.cat([right, kept]), fitting(batch, kept_concepts), settings.temperature)
        total = loss
        if batch.pull:
            with torch.no_grad():
                before = self._reference(token_lists[:count] if batch.pull > 0.1 else token_lists[count : count + 32])
            now = left if batch.pull > 0.1 else right[:32]
            total = loss + batch.pull * (1 - (now * before).sum(1)).mean()
        total.backward()  # type: ignore[no-untyped-call]
        self._update(numbers, rows, share)
        self._memory[task] = (
            torch.cat([right.detach(), kept])[: settings.remembered],
            [*batch.concepts, *kept_concepts][: settings.remembered],
        )
        return float(loss.detach())

    def _update(self, numbers: Tensor, rows: Tensor, share: float) -> None:
        assert rows.grad is not None  # noqa: S101 -- the rows are what the batch was computed from
        squares = [p.grad.float().pow(2).sum() for p in self._parameters if p.grad is not None]
        norm = float(torch.stack(squares).sum().sqrt())
        scale = min(1.0, self._settings.clip / (norm + 1e-6))
        self.weights.step(self._settings.rate * share, scale)
        free = torch.tensor([number not in self._kept for number in numbers.tolist()])
        self._words.step(numbers[free], rows.grad[free] * scale, self._settings.word_rate * share)

    def _rate(self, number: int) -> float:
        warm = min(1.0, (number + 1) / self._settings.warm_up)
        return warm * max(0.0, 1 - number / self._settings.steps)


def _order(settings: Settings) -> list[str]:
    """The task of every step: each task evenly spread over the run by its share."""
    total = sum(share for share, _ in settings.tasks.values())
    due = dict.fromkeys(settings.tasks, 0.0)
    order = []
    for _ in range(settings.steps):
        for task, (share, _size) in settings.tasks.items():
            due[task] += share / total
        task = max(due, key=lambda name: due[name])
        due[task] -= 1
        order.append(task)
    return order
