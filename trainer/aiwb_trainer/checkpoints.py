"""Checkpoints that are kept: model folders with safetensors weights, and nothing that can run when it is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .files import digest_file, link_or_copy, publish_folder, remove, write_whole
from .hub import read_config
from .job import BaseModel

KEPT = (".safetensors", ".json", ".jinja", ".txt", ".model", ".tiktoken")
LABELS = "labels.json"
NOT_KEPT = ("trainer_state.json",)


def keep_checkpoint(state: Path, place: Path) -> None:
    """Gives the model in a saved state a place of its own. Large files are the same on disk."""
    staged = place.with_name(f".{place.name}.part")
    remove(staged)
    staged.mkdir(parents=True)
    for file in sorted(state.rglob("*")):
        if file.is_file() and file.suffix in KEPT and file.name not in NOT_KEPT:
            link_or_copy(file, staged / file.relative_to(state))
    publish_folder(staged, place)


def is_adapter(folder: Path) -> bool:
    return (folder / "adapter_config.json").is_file()


def describe_base(folder: Path, base: BaseModel, labels: Sequence[str]) -> None:
    """What an adapter must say of its base: the hub's name, no path of this machine, and the classes, which its config lacks."""
    if not is_adapter(folder):
        return
    below = base
    while below.kind == "adapter" and below.base is not None:
        below = below.base
    config = read_config(folder, "adapter_config.json")
    config["base_model_name_or_path"] = below.id
    config["revision"] = below.revision
    modules = config.get("target_modules")
    if isinstance(modules, list):
        # PEFT keeps a set, whose order is another one in each process.
        config["target_modules"] = sorted(modules)
    write_whole(folder / "adapter_config.json", json.dumps(config, indent=2, sort_keys=True).encode())
    if labels:
        write_whole(folder / LABELS, json.dumps(list(labels), ensure_ascii=False).encode())


def merge_adapter(model: Any, processor: Any, place: Path) -> None:
    """Replaces an adapter's folder by the whole model."""
    merged = model.merge_and_unload(safe_merge=True)
    staged = place.with_name(f".{place.name}.part")
    remove(staged)
    staged.mkdir(parents=True)
    merged.save_pretrained(str(staged))
    processor.save_pretrained(str(staged))
    publish_folder(staged, place)


def list_files(folder: Path) -> list[dict[str, object]]:
    return [
        {"path": file.relative_to(folder).as_posix(), "digest": digest_file(file), "bytes": file.stat().st_size}
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    ]
