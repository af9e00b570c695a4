"""AdamW in float32 for weights that compute in bfloat16, and for the few rows of the word table that a step reads."""

import torch
from torch import Tensor

_BETAS = (0.9, 0.98)
_EPSILON = 1e-8


class MasterWeights:
    """float32 masters of bfloat16 parameters: small steps would vanish in bfloat16's eight bits."""

    def __init__(self, module: torch.nn.Module, decay: float) -> None:
        """Keeps the module's float32 parameters as masters and turns the module to bfloat16."""
        self.masters = [parameter.detach().clone() for parameter in module.parameters()]
        module.bfloat16()
        self._parameters = list(module.parameters())
        groups = [
            {"params": [m for m in self.masters if m.ndim > 1], "weight_decay": decay},
            {"params": [m for m in self.masters if m.ndim == 1], "weight_decay": 0.0},
        ]
        self._adam = torch.optim.AdamW(groups, lr=0.0, betas=_BETAS, eps=_EPSILON, fused=True)

    def step(self, rate: float, scale: float) -> None:
        """One step with the parameters' gradients times `scale`, which are used up."""
        for parameter, master in zip(self._parameters, self.masters, strict=True):
            assert parameter.grad is not None  # noqa: S101 -- every parameter takes part in every batch
            master.grad = parameter.grad.float().mul_(scale)
            parameter.grad = None
        for group in self._adam.param_groups:
            group["lr"] = rate
        self._adam.step()
        with torch.no_grad():
            for parameter, master in zip(self._parameters, self.masters, strict=True):
                parameter.copy_(master)


class RowAdam:
    """Adam over the rows of a large table of which each step touches few; other rows keep value and moments."""

    def __init__(self, table: Tensor) -> None:
        self._table = table
        self._mean = torch.zeros_like(table)
        self._square = torch.zeros_like(table)
        self._steps = torch.zeros(len(table), 1)

    @torch.no_grad()
    def step(self, numbers: Tensor, gradient: Tensor, rate: float) -> None:
        """Move the numbered rows against their gradient."""
        first, second = _BETAS
        self._steps[numbers] += 1
        steps = self._steps[numbers]
        mean = self._mean[numbers].lerp_(gradient, 1 - first)
        square = self._square[numbers].lerp_(gradient**2, 1 - second)
        self._mean[numbers], self._square[numbers] = mean, square
        unbiased = mean / (1 - first**steps)
        spread = (square / (1 - second**steps)).sqrt_().add_(_EPSILON)
        self._table[numbers] -= rate * unbiased / spread
