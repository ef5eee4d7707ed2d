"""Where a base model's files are: a folder of the job, or fetched from the hub. Only safetensors weights, never code, never pickles."""

from __future__ import annotations

import json
from pathlib import Path

from .errors import TrainerError, one_line
from .job import BaseModel

PATTERNS = ["*.safetensors", "*.json", "*.jinja", "*.txt", "*.model", "*.tiktoken"]
IGNORED = ["*/*", "consolidated*.safetensors"]
"""Other formats of the same weights, for other libraries."""
PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")


def locate(base: BaseModel) -> Path:
    """The folder of a base model's files (of an adapter: the adapter's own)."""
    folder = _fetch(base) if base.kind == "hub" else base.path
    if folder is None or not folder.is_dir():
        raise TrainerError("model-unreachable", f"The base model's folder {base.path} is not there.")
    check_folder(folder, "adapter_config.json" if base.kind == "adapter" else "config.json")
    return folder


def name_of(base: BaseModel) -> str:
    return base.id or (base.path.name if base.path is not None else base.kind)


def check_folder(folder: Path, config: str) -> None:
    """Refuses what is no model, or one whose weights only a pickle holds."""
    if not (folder / config).is_file():
        raise TrainerError("model-unsuitable", f"{folder.name} is no such model: it has no {config}.")
    if any(folder.glob("*.safetensors")):
        return
    pickles = [file.name for pattern in PICKLES for file in folder.glob(pattern)]
    if pickles:
        raise TrainerError(
            "model-unsuitable",
            f"{folder.name} has pickled weights alone ({pickles[0]}), which can run any code when they are read.",
            "Use a revision with safetensors files, or convert the weights to safetensors where you trust them.",
        )
    raise TrainerError("model-unsuitable", f"{folder.name} has no weights: no safetensors file is there.")


def _fetch(base: BaseModel) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    name = f"{base.id}@{base.revision}" if base.revision else f"{base.id}"
    if base.id is None:
        raise TrainerError("job-invalid", "job.json: a base of the hub has no `id`.")
    try:
        return Path(snapshot_download(base.id, revision=base.revision, allow_patterns=PATTERNS, ignore_patterns=IGNORED))
    except GatedRepoError as error:
        raise TrainerError(
            "model-unreachable",
            f"The hub does not give {name} to everybody.",
            "Accept the model's terms on the hub, and set HF_TOKEN where the job runs.",
        ) from error
    except RevisionNotFoundError as error:
        raise TrainerError("model-unreachable", f"The hub has {base.id}, but not the revision {base.revision}.") from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise TrainerError(
            "model-unreachable",
            f"The hub has no model {name}, or does not show it without a token.",
            "Correct `base`, or set HF_TOKEN where the job runs.",
        ) from error
    except (LocalEntryNotFoundError, OfflineModeIsEnabled, EntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise TrainerError(
            "model-unreachable",
            f"The hub cannot be reached for {name}: {one_line(str(error), 300)}",
            "Let the machine reach the hub (HF_ENDPOINT names a mirror), or use a base that is a folder.",
        ) from error
    except Exception as error:
        # The hub's client tells of lost connections by its transport's own exceptions.
        if "httpx" in type(error).__module__ or "httpcore" in type(error).__module__:
            raise TrainerError(
                "model-unreachable",
                f"The hub cannot be reached for {name}: {one_line(str(error), 300)}",
                "Let the machine reach the hub (HF_ENDPOINT names a mirror), or use a base that is a folder.",
            ) from error
        raise


def read_config(folder: Path, name: str = "config.json") -> dict[str, object]:
    try:
        value = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainerError("model-unsuitable", f"{folder.name}: {name} cannot be read: {error}.") from error
    if not isinstance(value, dict):
        raise TrainerError("model-unsuitable", f"{folder.name}: {name} is no JSON object.")
    return value
