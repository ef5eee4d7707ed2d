"""`text-classification`: texts and classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .rows import Row
from .tasks import Batch, Counted, Example, Reply, pad


class ClassificationTask:
    shifted = False

    def __init__(self, tokenizer: Any, model: Any, max_length: int) -> None:
        self.tokenizer = tokenizer
        names: dict[int, str] = model.config.id2label
        self.labels: Sequence[str] = [names[at] for at in range(len(names))]
        context = int(getattr(model.config, "max_position_embeddings", 0) or 2**31)
        # RoBERTa and its kin keep the first positions for padding.
        own = int(tokenizer.model_max_length)
        self.max_length = min(max_length, context, own)

    def _tokens(self, text: str) -> list[int]:
        return list(self.tokenizer(text, truncation=True, max_length=self.max_length)["input_ids"])

    def encode(self, rows: Sequence[Row], counted: Counted) -> list[Example]:
        places = {label: at for at, label in enumerate(self.labels)}
        examples = []
        for row in rows:
            tokens = self._tokens(row.text)
            counted.cut += len(tokens) >= self.max_length and len(self.tokenizer(row.text)["input_ids"]) > self.max_length
            examples.append({"input_ids": tokens, "labels": places[row.label or ""], "weight": row.weight})
        return examples

    def collate(self, examples: Sequence[Example]) -> Batch:
        import torch

        batch = self._inputs([example["input_ids"] for example in examples])
        batch["labels"] = torch.tensor([example["labels"] for example in examples], dtype=torch.long)
        batch["row_weights"] = torch.tensor([float(example["weight"]) for example in examples])
        return batch

    def _inputs(self, ids: Sequence[list[int]]) -> Batch:
        return {
            "input_ids": pad(ids, self.tokenizer.pad_token_id),
            "attention_mask": pad([[1] * len(row) for row in ids], 0),
        }

    def answer(self, model: Any, rows: Sequence[Row], max_tokens: int) -> list[Reply]:
        import torch

        ids = [self._tokens(row.text) for row in rows]
        inputs = {name: value.to(model.device) for name, value in self._inputs(ids).items()}
        with torch.no_grad():
            shares = model(**inputs).logits.double().softmax(-1).tolist()
        replies = []
        for tokens, row in zip(ids, shares, strict=True):
            best = max(range(len(row)), key=row.__getitem__)
            replies.append(Reply(self.labels[best], len(tokens), 0, dict(zip(self.labels, row, strict=True))))
        return replies
