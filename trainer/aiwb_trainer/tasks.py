"""What training and answering need to know of a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .rows import Row

Example = dict[str, Any]
Batch = dict[str, Any]
IGNORED = -100


@dataclass(frozen=True)
class Reply:
    output: str
    input_tokens: int
    output_tokens: int
    probabilities: dict[str, float] | None = None


@dataclass
class Counted:
    """What was cut while rows were read."""

    cut: int = 0
    unanswered: int = 0
    notes: list[str] = field(default_factory=list)


class Task(Protocol):
    """
    Rows become examples, examples become batches, and a model answers rows. `shifted`: a label is the next token's. `labels`: the classes,
    in the order of the model's outputs. `max_length`: tokens of a row that are learnt from.
    """

    shifted: bool
    labels: Sequence[str]
    max_length: int

    def encode(self, rows: Sequence[Row], counted: Counted) -> list[Example]: ...

    def collate(self, examples: Sequence[Example]) -> Batch: ...

    def answer(self, model: Any, rows: Sequence[Row], max_tokens: int) -> list[Reply]: ...


def pad(rows: Sequence[Sequence[int]], value: int, left: bool = False) -> Any:
    import torch

    width = max(len(row) for row in rows)
    filled = [[value] * (width - len(row)) + list(row) if left else list(row) + [value] * (width - len(row)) for row in rows]
    return torch.tensor(filled, dtype=torch.long)


def batches(rows: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]
