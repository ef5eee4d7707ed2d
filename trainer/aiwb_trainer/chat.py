"""`text-generation`: conversations, learnt as tokens, answered greedily."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import TrainerError, one_line
from .rows import Message, Row
from .tasks import IGNORED, Batch, Counted, Example, Reply, pad

PLAIN_TEMPLATE = (
    "{{ bos_token or '' }}{% for message in messages %}{{ message['role'] | capitalize }}: {{ message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ eos_token or '' }}{% endif %}\n{% endfor %}"
    "{% if add_generation_prompt %}Assistant:{% endif %}"
)
"""For bases without a chat template: a line for each message, beginning with its role."""


class ChatTask:
    shifted = True
    labels: Sequence[str] = ()

    def __init__(self, tokenizer: Any, model: Any, max_length: int, loss_on: str) -> None:
        self.tokenizer = tokenizer
        self.loss_on = loss_on
        self.has_own_template = tokenizer.chat_template is not None
        if not self.has_own_template:
            tokenizer.chat_template = PLAIN_TEMPLATE
        self.ends = _end_tokens(tokenizer, model)
        self.context = int(getattr(model.config.get_text_config(), "max_position_embeddings", 0) or 2**31)
        self.max_length = min(max_length, self.context)

    def prompt(self, messages: Sequence[Message], place: str = "") -> list[int]:
        """The conversation up to where the answer begins."""
        return self._render(messages, True, place)

    def _render(self, messages: Sequence[Message], ask: bool, place: str) -> list[int]:
        written = [{"role": message.role, "content": message.content} for message in messages]
        try:
            text = self.tokenizer.apply_chat_template(written, tokenize=False, add_generation_prompt=ask)
        except Exception as error:
            raise TrainerError(
                "data-invalid",
                f"{place}: the base's chat template does not take this conversation: {one_line(str(error), 200)}",
                "Let turns alternate between user and assistant, and leave out the system message where the base knows none.",
            ) from error
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def encode(self, rows: Sequence[Row], counted: Counted) -> list[Example]:
        examples = [self._encode(row, counted) for row in rows]
        if not self.has_own_template:
            counted.notes.append(
                "The base has no chat template: conversations were written as lines like `User: …`, and that template is saved with it."
            )
        return examples

    def _encode(self, row: Row, counted: Counted) -> Example:
        asked = self.prompt(row.messages, row.place)
        whole = self._render([*row.messages, Message("assistant", row.label or "")], False, row.place)
        if whole[: len(asked)] != asked:
            # The template writes an open answer otherwise than a finished one: learn what it writes when it asks.
            whole = asked + list(self.tokenizer(row.label or "", add_special_tokens=False)["input_ids"])
        answer = whole[len(asked) :]
        if not any(token in self.ends for token in answer) and self.tokenizer.eos_token_id is not None:
            # Without an end the model would never learn to stop.
            while answer and not self.tokenizer.decode([answer[-1]]).strip():
                answer.pop()
            answer.append(self.tokenizer.eos_token_id)
        tokens = asked + answer
        labels = list(tokens) if self.loss_on == "all" else [IGNORED] * len(asked) + answer
        if len(tokens) > self.max_length:
            counted.cut += 1
            tokens, labels = tokens[: self.max_length], labels[: self.max_length]
        if all(label == IGNORED for label in labels[1:]):
            counted.unanswered += 1
        return {"input_ids": tokens, "labels": labels, "weight": row.weight}

    def collate(self, examples: Sequence[Example]) -> Batch:
        import torch

        ids = [example["input_ids"] for example in examples]
        return {
            "input_ids": pad(ids, self.tokenizer.pad_token_id),
            "attention_mask": pad([[1] * len(row) for row in ids], 0),
            "labels": pad([example["labels"] for example in examples], IGNORED),
            "row_weights": torch.tensor([float(example["weight"]) for example in examples]),
        }

    def answer(self, model: Any, rows: Sequence[Row], max_tokens: int) -> list[Reply]:
        return self.generate(model, [self.prompt(row.messages, row.place) for row in rows], max_tokens)

    def generate(self, model: Any, prompts: Sequence[list[int]], max_tokens: int, sampling: dict[str, Any] | None = None) -> list[Reply]:
        """Greedy without `sampling`, whatever the model's own settings say."""
        import torch
        from transformers import GenerationConfig

        room = max(self.context - max_tokens, 1)
        asked = [prompt[-room:] for prompt in prompts]
        ids = pad(asked, self.tokenizer.pad_token_id, left=True).to(model.device)
        mask = pad([[1] * len(prompt) for prompt in asked], 0, left=True).to(model.device)
        config = GenerationConfig(
            max_new_tokens=min(max_tokens, max(self.context - 1, 1)),
            eos_token_id=sorted(self.ends) or None,
            pad_token_id=self.tokenizer.pad_token_id,
            use_cache=True,
            **({"do_sample": False} if sampling is None else {"do_sample": True, **sampling}),
        )
        with torch.no_grad():
            written = model.generate(input_ids=ids, attention_mask=mask, generation_config=config)
        return [self._reply(prompt, line[ids.shape[1] :].tolist()) for prompt, line in zip(asked, written, strict=True)]

    def _reply(self, prompt: list[int], tokens: list[int]) -> Reply:
        end = next((at for at, token in enumerate(tokens) if token in self.ends), None)
        said = tokens if end is None else tokens[:end]
        count = len(tokens) if end is None else end + 1
        text = self.tokenizer.decode(said, skip_special_tokens=True).strip()
        return Reply(text, len(prompt), count)

    def choice_logprobs(self, model: Any, prompt: list[int], choices: Sequence[str]) -> list[float]:
        """Log-likelihood of each choice after the prompt: the sum over its tokens."""
        import torch

        found = []
        for choice in choices:
            tokens = list(self.tokenizer(choice, add_special_tokens=False)["input_ids"])
            ids = torch.tensor([(prompt + tokens)[-self.context :]], device=model.device)
            with torch.no_grad():
                logits = model(input_ids=ids).logits[0, -len(tokens) - 1 : -1].float()
            picked = logits.log_softmax(-1).gather(1, ids[0, -len(tokens) :, None]) if tokens else logits.new_zeros(1)
            found.append(min(0.0, float(picked.sum())))
        return found


def _end_tokens(tokenizer: Any, model: Any) -> frozenset[int]:
    own = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    ends = own if isinstance(own, list) else [own]
    return frozenset(token for token in (*ends, tokenizer.eos_token_id) if token is not None)
