"""Measuring a model on the validation rows: the loss over all of them, answers to some."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .device import untouched_randomness
from .figures import compute_figure
from .rows import Row
from .stop import Stop
from .tasks import IGNORED, Batch, Example, Task, batches

RowLosses = Callable[[Any, Batch], Any]


@dataclass(frozen=True)
class Measured:
    aspects: list[dict[str, object]]
    answers: list[dict[str, object]]
    selected: float | None


@dataclass
class Validation:
    """The validation rows, as examples, and how to measure them."""

    rows: Sequence[Row]
    examples: Sequence[Example]
    limit: int
    max_tokens: int
    batch_size: int
    aspect: str
    figure: str


def measure(model: Any, task: Task, validation: Validation, row_losses: RowLosses, precision: str, stop: Stop) -> Measured:
    with untouched_randomness(), evaluating(model, precision):
        aspects: list[dict[str, object]] = []
        answers: list[dict[str, object]] = []
        selected: float | None = None
        for aspect in dict.fromkeys(row.aspect for row in validation.rows):
            places = [at for at, row in enumerate(validation.rows) if row.aspect == aspect]
            examples = [validation.examples[at] for at in places]
            loss = mean_loss(model, task, examples, row_losses, validation.batch_size, stop)
            rows = [validation.rows[at] for at in places[: validation.limit]]
            outputs = answer_all(model, task, rows, validation.max_tokens, validation.batch_size, stop)
            aspects.append({"aspect": aspect, "rows": len(places), "loss": loss})
            answers += answer_lines(rows, outputs)
            if aspect == validation.aspect:
                labels = [row.label or "" for row in rows]
                selected = loss if validation.figure == "loss" else compute_figure(validation.figure, outputs, labels)
        return Measured(aspects, answers, selected if selected is None or math.isfinite(selected) else None)


def mean_loss(model: Any, task: Task, examples: Sequence[Example], row_losses: RowLosses, size: int, stop: Stop) -> float | None:
    """Mean over learnt tokens (of classes: rows), without weights; computed as it is while training, in as little memory."""
    import torch

    total, count = 0.0, 0
    for part in batches(examples, size):
        stop.check()
        batch: Batch = task.collate(part)
        batch.pop("row_weights")
        labels = batch["labels"][:, 1:] if task.shifted else batch["labels"]
        learnt = int((labels != IGNORED).sum())
        if learnt == 0:
            continue
        with torch.no_grad():
            losses = row_losses(model, {name: value.to(model.device) for name, value in batch.items()})
        total += float(losses.sum())
        count += learnt
    return total / count if count else None


def answer_all(model: Any, task: Task, rows: Sequence[Row], max_tokens: int, size: int, stop: Stop) -> list[str]:
    outputs: list[str] = []
    for part in batches(rows, size):
        stop.check()
        outputs += [reply.output for reply in task.answer(model, part, max_tokens)]
    return outputs


def answer_lines(rows: Sequence[Row], outputs: Sequence[str]) -> list[dict[str, object]]:
    return [{"aspect": row.aspect, "row": row.row, "output": output} for row, output in zip(rows, outputs, strict=True)]


@contextlib.contextmanager
def evaluating(model: Any, precision: str) -> Iterator[None]:
    """Without dropout, in the precision of the training."""
    import torch

    was_training = model.training
    model.eval()
    dtype = {"bfloat16": torch.bfloat16, "float16": torch.float16}.get(precision)
    autocast = torch.autocast(model.device.type, dtype=dtype) if dtype is not None else contextlib.nullcontext()
    try:
        with autocast:
            yield
    finally:
        model.train(was_training)
