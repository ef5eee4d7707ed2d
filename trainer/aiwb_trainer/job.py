"""`job.json`: all that the trainer is told. See `schemas/messages/training.schema.json`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .errors import TrainerError
from .fields import Fields, inside, parse_json

TASKS = ("text-generation", "text-classification", "automatic-speech-recognition")
FIGURES = ("loss", "accuracy", "macro-f1", "wer", "cer", "bleu", "chrf", "exact-match")


@dataclass(frozen=True)
class BaseModel:
    kind: str
    id: str | None = None
    revision: str | None = None
    path: Path | None = None
    base: BaseModel | None = None


@dataclass(frozen=True)
class Method:
    name: str
    rank: int = 16
    alpha: float = 32
    dropout: float = 0.05
    target_modules: tuple[str, ...] | None = None
    merge: bool = False


@dataclass(frozen=True)
class Input:
    role: str
    aspect: str
    weight: float
    path: Path
    rows: int
    digest: str


@dataclass(frozen=True)
class Hyperparameters:
    epochs: int
    max_steps: int | None
    learning_rate: float
    batch_size: int
    gradient_accumulation: int
    weight_decay: float
    warmup_ratio: float
    scheduler: str
    max_length: int
    precision: str
    gradient_checkpointing: bool
    loss_on: str


@dataclass(frozen=True)
class Evaluation:
    every_steps: int
    every_epochs: int
    aspect: str
    figure: str
    direction: str
    patience: int | None
    limit: int
    max_tokens: int


@dataclass(frozen=True)
class Job:
    folder: Path
    run_id: str
    name: str
    task: str
    base: BaseModel
    method: Method
    inputs: tuple[Input, ...]
    labels: tuple[str, ...]
    hyperparameters: Hyperparameters
    seed: int
    evaluation: Evaluation
    keep_steps: int
    keep_epochs: int
    deadline: float | None
    device: str
    digest: str
    """SHA-256 over what is trained on and how: a saved state belongs to it."""

    def inputs_of(self, role: str) -> tuple[Input, ...]:
        return tuple(given for given in self.inputs if given.role == role)


def read_job(folder: Path, allowed: tuple[Path, ...] = ()) -> Job:
    """Reads `job.json`. `allowed` are folders outside the job's that a base model may lie in."""
    file = folder / "job.json"
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainerError("job-invalid", f"{file} cannot be read: {error}.") from error
    value = parse_json(text, "job.json", "job-invalid")
    fields = Fields(value, "job.json")
    if fields.whole("protocol", 0) != 1:
        raise TrainerError(
            "job-invalid",
            "job.json speaks another protocol than 1.",
            "Use the trainer that comes with this version of the workbench.",
        )
    task = fields.choice("task", TASKS)
    job = Job(
        folder=folder.resolve(),
        run_id=fields.text("runId"),
        name=fields.text("name"),
        task=task,
        base=_read_base(fields.inner("base"), folder, allowed),
        method=_read_method(fields.inner("method")),
        inputs=tuple(_read_input(item, folder) for item in fields.items("inputs")),
        labels=fields.texts("labels"),
        hyperparameters=_read_hyperparameters(fields.inner("hyperparameters")),
        seed=fields.whole("seed", 0),
        evaluation=_read_evaluation(fields.inner("evaluation")),
        **_read_checkpoints(fields.inner("checkpoints")),
        deadline=fields.number("deadline") if fields.has("deadline") else None,
        device=fields.choice("device", ("auto", "cpu", "cuda", "mps")) if fields.has("device") else "auto",
        digest=_digest(value),
    )
    fields.end()
    if not job.inputs_of("train"):
        raise TrainerError("job-invalid", "job.json: `inputs` has nothing to train on.")
    if task == "text-classification" and (len(job.labels) < 2 or len(set(job.labels)) != len(job.labels)):
        raise TrainerError("job-invalid", "job.json: `labels` needs at least two different classes.")
    return job


def _digest(value: object) -> str:
    """What an attempt may change, because less time is left or it runs elsewhere, does not count."""
    kept = {key: item for key, item in value.items() if key not in ("deadline", "device")} if isinstance(value, dict) else value
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _read_base(fields: Fields, folder: Path, allowed: tuple[Path, ...], depth: int = 0) -> BaseModel:
    kind = fields.choice("kind", ("hub", "folder", "adapter"))
    if kind == "hub":
        identity = fields.text("id")
        revision = fields.text("revision") if fields.has("revision") else None
        fields.end()
        return BaseModel(kind, id=identity, revision=revision)
    path = _base_path(folder, fields.text("path"), fields.place, allowed)
    base = None
    if kind == "adapter":
        if depth > 4:
            raise TrainerError("job-invalid", f"{fields.place}: too many adapters stand on each other.")
        base = _read_base(fields.inner("base"), folder, allowed, depth + 1)
    fields.end()
    return BaseModel(kind, path=path, base=base)


def _base_path(folder: Path, written: str, place: str, allowed: tuple[Path, ...]) -> Path:
    path = (folder / written).resolve()
    if any(path.is_relative_to(other.resolve()) for other in allowed):
        return path
    return inside(folder, written, place)


def _read_method(fields: Fields) -> Method:
    name = fields.choice("name", ("full", "lora"))
    rank = fields.whole("rank", 1) if fields.has("rank") else 16
    method = Method(
        name=name,
        rank=rank,
        alpha=fields.number("alpha") if fields.has("alpha") else 2 * rank,
        dropout=fields.number("dropout") if fields.has("dropout") else 0.05,
        target_modules=fields.texts("targetModules") if fields.has("targetModules") else None,
        merge=fields.flag("merge") if fields.has("merge") else False,
    )
    fields.end()
    return method


def _read_input(fields: Fields, folder: Path) -> Input:
    given = Input(
        role=fields.choice("role", ("train", "validation", "test")),
        aspect=fields.text("aspect"),
        weight=fields.number("weight"),
        path=inside(folder, fields.text("path"), fields.place),
        rows=fields.whole("rows", 0),
        digest=fields.text("digest"),
    )
    fields.end()
    return given


def _read_hyperparameters(fields: Fields) -> Hyperparameters:
    parameters = Hyperparameters(
        epochs=fields.whole("epochs", 1),
        max_steps=fields.whole("maxSteps", 1) if fields.has("maxSteps") else None,
        learning_rate=fields.number("learningRate"),
        batch_size=fields.whole("batchSize", 1),
        gradient_accumulation=fields.whole("gradientAccumulation", 1),
        weight_decay=fields.number("weightDecay"),
        warmup_ratio=fields.number("warmupRatio"),
        scheduler=fields.choice("scheduler", ("linear", "cosine", "constant")),
        max_length=fields.whole("maxLength", 1),
        precision=fields.choice("precision", ("auto", "float32", "bfloat16", "float16")),
        gradient_checkpointing=fields.flag("gradientCheckpointing"),
        loss_on=fields.choice("lossOn", ("answer", "all")),
    )
    fields.end()
    return parameters


def _read_evaluation(fields: Fields) -> Evaluation:
    select = fields.inner("select")
    select.text("metric")
    evaluation = Evaluation(
        every_steps=fields.whole("everySteps", 0),
        every_epochs=fields.whole("everyEpochs", 0),
        aspect=select.text("aspect"),
        figure=select.choice("figure", FIGURES),
        direction=select.choice("direction", ("higher", "lower")),
        patience=fields.whole("patience", 1) if fields.has("patience") else None,
        limit=fields.whole("limit", 1),
        max_tokens=fields.whole("maxTokens", 1),
    )
    select.end()
    fields.end()
    return evaluation


def _read_checkpoints(fields: Fields) -> dict[str, int]:
    every = {"keep_steps": fields.whole("everySteps", 0), "keep_epochs": fields.whole("everyEpochs", 0)}
    fields.end()
    return every
