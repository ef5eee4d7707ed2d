"""The libraries' trainers, with our own loss (rows have weights), our own moments of saving and measuring, and nothing that phones home."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import PrinterCallback, Seq2SeqTrainer, Seq2SeqTrainingArguments, Trainer, TrainerCallback, TrainingArguments
from trl import SFTConfig, SFTTrainer

from .job import Hyperparameters, Job
from .tasks import IGNORED, Batch, Example, Task


class WeightedLoss:
    """
    Mixed into a trainer: the loss is Σ wᵣ·ℓ(t) ÷ n over the n learnt tokens t (or rows) of all batches of a step, where r is the row of t.
    So a row's weight is a factor on its gradient. Counts tokens and the steps' losses beside.
    """

    shifted = False
    tokens = 0
    step_loss = 0.0
    model: Any
    args: Any
    state: Any
    accelerator: Any

    def _get_num_items_in_batch(self, batch_samples: list[Batch], device: Any) -> Any:
        count = 0
        for batch in batch_samples:
            labels = batch["labels"][:, 1:] if self.shifted else batch["labels"]
            count += int((labels != IGNORED).sum())
        return torch.tensor(max(count, 1), device=device)

    def compute_loss(self, model: Any, inputs: Batch, return_outputs: bool = False, num_items_in_batch: Any = None) -> Any:
        weights = inputs.pop("row_weights")
        self.tokens += int(inputs["attention_mask"].sum()) if "attention_mask" in inputs else int((inputs["labels"] != IGNORED).sum())
        losses = self.row_losses(model, inputs)
        loss = (losses * weights).sum() / num_items_in_batch
        self.step_loss += float(loss.detach())
        return loss

    def row_losses(self, model: Any, inputs: Batch) -> Any:
        """The sum of each row's losses."""
        labels = inputs.pop("labels")
        logits = model(**inputs, **({"labels": labels} if labels.dim() > 1 else {})).logits.float()
        losses = torch.nn.functional.cross_entropy(
            logits.reshape(-1, logits.shape[-1]), labels.reshape(-1), ignore_index=IGNORED, reduction="none"
        )
        return losses.reshape(labels.shape[0], -1).sum(-1)

    def floating_point_ops(self, inputs: Batch) -> int:
        return 0

    def save_state(self, folder: Path) -> None:
        """All that going on needs, as files in a new folder."""
        self.args.output_dir = str(folder.parent)
        # What would be saved by a trainer's own rules comes with a model card, which is none of ours.
        Trainer._save_checkpoint(self, self.model, None)
        made = folder.parent / f"checkpoint-{self.state.global_step}"
        # A pickle that nobody reads again.
        (made / "training_args.bin").unlink(missing_ok=True)
        made.rename(folder)


class ClassificationTrainer(WeightedLoss, Trainer):
    pass


class SpeechTrainer(WeightedLoss, Seq2SeqTrainer):
    def save_state(self, folder: Path) -> None:
        super().save_state(folder)
        # With an adapter too: the language it was trained to write is no part of its weights.
        self.model.generation_config.save_pretrained(str(folder))


class ChatTrainer(WeightedLoss, SFTTrainer):
    shifted = True

    def row_losses(self, model: Any, inputs: Batch) -> Any:
        outputs = model(**inputs, use_cache=False, fused_lm_head=True)
        return -outputs.log_probs.sum(-1)


class Steps(TrainerCallback):
    """Tells of the beginning and of each step's end."""

    def __init__(self, on_begin: Callable[[], None], on_step: Callable[[], bool]) -> None:
        self._on_begin = on_begin
        self._on_step = on_step

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._on_begin()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self._on_step():
            control.should_training_stop = True


class ListDataset(torch.utils.data.Dataset):
    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = examples

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, at: int) -> Example:
        return dict(self._examples[at])


def steps_per_epoch(rows: int, parameters: Hyperparameters) -> int:
    return math.ceil(math.ceil(rows / parameters.batch_size) / parameters.gradient_accumulation)


def total_steps(rows: int, parameters: Hyperparameters) -> int:
    steps = steps_per_epoch(rows, parameters) * parameters.epochs
    return steps if parameters.max_steps is None else min(steps, parameters.max_steps)


def make_trainer(
    job: Job,
    task: Task,
    model: Any,
    processor: Any,
    examples: Sequence[Example],
    device: str,
    precision: str,
    scratch: Path,
    callback: Steps,
) -> Any:
    parameters = job.hyperparameters
    total = total_steps(len(examples), parameters)
    warmup = math.ceil(parameters.warmup_ratio * total)
    scheduler = parameters.scheduler
    options: dict[str, Any] = {
        "output_dir": str(scratch),
        "max_steps": total,
        "per_device_train_batch_size": parameters.batch_size,
        "gradient_accumulation_steps": parameters.gradient_accumulation,
        "learning_rate": parameters.learning_rate,
        "weight_decay": parameters.weight_decay,
        "warmup_steps": warmup,
        "lr_scheduler_type": "constant_with_warmup" if scheduler == "constant" else scheduler,
        "optim": "adamw_torch",
        "seed": job.seed,
        "data_seed": job.seed,
        "bf16": precision == "bfloat16",
        "fp16": precision == "float16",
        "gradient_checkpointing": parameters.gradient_checkpointing,
        "gradient_checkpointing_kwargs": {"use_reentrant": False} if parameters.gradient_checkpointing else None,
        "use_cpu": device == "cpu",
        "dataloader_pin_memory": device == "cuda",
        "logging_strategy": "no",
        "logging_nan_inf_filter": False,
        "save_strategy": "no",
        "eval_strategy": "no",
        "report_to": [],
        "disable_tqdm": True,
        "remove_unused_columns": False,
    }
    kinds: dict[str, tuple[Any, Any]] = {
        "text-generation": (ChatTrainer, SFTConfig),
        "text-classification": (ClassificationTrainer, TrainingArguments),
        "automatic-speech-recognition": (SpeechTrainer, Seq2SeqTrainingArguments),
    }
    trainer_kind, arguments_kind = kinds[job.task]
    dataset: Any = ListDataset(examples)
    if job.task == "text-generation":
        options.update(max_length=None, packing=False, dataset_kwargs={"skip_prepare_dataset": True})
        dataset = Dataset.from_list(list(examples))
    trainer = trainer_kind(
        model=model,
        args=arguments_kind(**options),
        data_collator=task.collate,
        train_dataset=dataset,
        processing_class=processor,
        callbacks=[callback],
    )
    trainer.loss_is_scaled_for_ga = True
    trainer.remove_callback(PrinterCallback)
    return trainer
