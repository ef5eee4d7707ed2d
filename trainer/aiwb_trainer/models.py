"""Loading models, with adapters, for training and for answering."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import TrainerError, explain, one_line
from .hub import check_folder, locate, read_config
from .job import BaseModel, Job, Method

CLASSES = {
    "text-generation": "AutoModelForCausalLM",
    "text-classification": "AutoModelForSequenceClassification",
    "automatic-speech-recognition": "AutoModelForSpeechSeq2Seq",
}
PEFT_TASKS = {"text-generation": "CAUSAL_LM", "text-classification": "SEQ_CLS"}


@dataclass
class Loaded:
    model: Any
    """A Transformers model, or one of PEFT around it."""
    processor: Any
    """The tokenizer; of speech models the processor with tokenizer and feature extractor."""
    folder: Path
    """Where the whole model below all adapters lies."""
    notes: tuple[str, ...] = ()


def load_base(base: BaseModel, task: str, labels: tuple[str, ...], dtype: str | None = None) -> Loaded:
    """A base with all its adapters. `dtype` is the number format of the weights; without it that of the files."""
    if base.kind == "adapter":
        folder = locate(base)
        if base.base is None:
            raise TrainerError("job-invalid", "job.json: an adapter has no `base`.")
        below = load_base(base.base, task, labels, dtype)
        processor = load_processor(folder, task) if has_processor(folder) else below.processor
        return Loaded(load_adapter(below.model, folder), processor, below.folder, below.notes)
    folder = locate(base)
    model, notes = load_model(folder, task, labels, dtype)
    return Loaded(model, load_processor(folder, task), folder, notes)


def load_model(folder: Path, task: str, labels: tuple[str, ...], dtype: str | None) -> tuple[Any, tuple[str, ...]]:
    import torch
    import transformers

    check_folder(folder, "config.json")
    options: dict[str, Any] = {
        "trust_remote_code": False,
        "use_safetensors": True,
        "local_files_only": True,
        "dtype": "auto" if dtype is None else getattr(torch, dtype),
    }
    notes: tuple[str, ...] = ()
    if task == "text-classification" and labels:
        order, has_head = _class_order(folder, labels)
        options["num_labels"] = len(order)
        options["id2label"] = dict(enumerate(order))
        options["label2id"] = {label: at for at, label in enumerate(order)}
        options["ignore_mismatched_sizes"] = True
        if not has_head:
            notes = ("The base had no output for these classes: training began with random weights there.",)
    try:
        model = getattr(transformers, CLASSES[task]).from_pretrained(str(folder), **options)
    except Exception as error:
        known = explain(error)
        if known.code == "out-of-memory":
            raise known from error
        raise TrainerError(
            "model-unsuitable",
            f"{folder.name} cannot be loaded for {task}: {one_line(str(error), 400)}",
            "Use a base of this task that Transformers knows by itself: code from a model's folder is never run.",
        ) from error
    return model, notes


def load_processor(folder: Path, task: str) -> Any:
    import transformers

    kind = transformers.AutoProcessor if task == "automatic-speech-recognition" else transformers.AutoTokenizer
    try:
        processor = kind.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except Exception as error:
        raise TrainerError(
            "model-unsuitable",
            f"{folder.name}: its {'processor' if task == 'automatic-speech-recognition' else 'tokenizer'} cannot be "
            f"loaded: {one_line(str(error), 300)}",
        ) from error
    tokenizer = tokenizer_of(processor)
    if tokenizer.pad_token_id is None:
        if tokenizer.eos_token is None:
            raise TrainerError("model-unsuitable", f"{folder.name}: its tokenizer knows neither a padding nor an end token.")
        tokenizer.pad_token = tokenizer.eos_token
    return processor


def tokenizer_of(processor: Any) -> Any:
    return getattr(processor, "tokenizer", processor)


def has_processor(folder: Path) -> bool:
    return (folder / "tokenizer_config.json").is_file()


def load_adapter(model: Any, folder: Path, trainable: bool = False) -> Any:
    from peft import PeftModel
    from transformers import GenerationConfig

    check_folder(folder, "adapter_config.json")
    try:
        if (folder / "generation_config.json").is_file():
            model.generation_config = GenerationConfig.from_pretrained(str(folder), local_files_only=True)
        return PeftModel.from_pretrained(model, str(folder), is_trainable=trainable, local_files_only=True)
    except Exception as error:
        raise TrainerError(
            "model-unsuitable", f"The adapter in {folder.name} does not fit its base: {one_line(str(error), 400)}"
        ) from error


def load_for_training(job: Job, precision: str) -> Loaded:
    """
    The job's base, ready to be trained. With an adapter the base's weights are frozen and lie in the precision it is computed in; in full
    they are float32, and computing alone is in that precision.
    """
    lora = job.method.name == "lora"
    dtype = precision if lora else "float32"
    base = job.base
    if lora and base.kind == "adapter" and base.base is not None:
        below = load_base(base.base, job.task, job.labels, dtype)
        folder = locate(base)
        processor = load_processor(folder, job.task) if has_processor(folder) else below.processor
        model = load_adapter(_mark_pad(below.model, processor), folder, trainable=True)
        note = "The base's own adapter was trained on: its rank and modules stay as they are."
        return Loaded(model, processor, below.folder, (*below.notes, note))
    loaded = load_base(base, job.task, job.labels, dtype)
    if base.kind == "adapter":
        loaded.model = loaded.model.merge_and_unload()
    _mark_pad(loaded.model, loaded.processor)
    if lora:
        loaded.model = _wrap(loaded.model, job.task, job.method)
    return loaded


def _mark_pad(model: Any, processor: Any) -> Any:
    pad = tokenizer_of(processor).pad_token_id
    if getattr(model.config, "pad_token_id", None) is None:
        model.config.pad_token_id = pad
    generation = getattr(model, "generation_config", None)
    if generation is not None and generation.pad_token_id is None:
        generation.pad_token_id = pad
    return model


def _wrap(model: Any, task: str, method: Method) -> Any:
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        # Whisper takes sound and no token ids, which PEFT's wrappers of a task insist on.
        task_type=PEFT_TASKS.get(task),
        r=method.rank,
        lora_alpha=method.alpha,
        lora_dropout=method.dropout,
        target_modules=list(method.target_modules) if method.target_modules else "all-linear",
        bias="none",
    )
    try:
        return get_peft_model(model, config)
    except ValueError as error:
        raise TrainerError(
            "job-invalid",
            f"The adapter does not fit the base: {one_line(str(error), 300)}",
            "Correct method.lora.targetModules, or leave it out.",
        ) from error


def _class_order(folder: Path, labels: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """The base's own order where its head already has exactly these classes, else the job's; and whether it has."""
    known = read_config(folder).get("id2label")
    if isinstance(known, dict) and all(str(key).isdigit() and isinstance(name, str) for key, name in known.items()):
        own = tuple(str(known[key]) for key in sorted(known, key=int))
        if sorted(own) == sorted(labels):
            return own, True
    return labels, False
