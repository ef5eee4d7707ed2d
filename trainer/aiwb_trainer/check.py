"""`check`: one line about this environment, for whoever wants to know whether it can train."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sys
from typing import BinaryIO

from .errors import one_line

LIBRARIES = (
    "torch",
    "transformers",
    "peft",
    "trl",
    "accelerate",
    "datasets",
    "safetensors",
    "sentencepiece",
    "soundfile",
    "jiwer",
    "sacrebleu",
)


def check(output: BinaryIO) -> int:
    found = look()
    output.write(f"{json.dumps(found, ensure_ascii=False)}\n".encode())
    output.flush()
    return 0 if found["ok"] else 1


def look() -> dict[str, object]:
    versions: dict[str, str | None] = {}
    for name in LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    problems = [f"{name} is not installed." for name, version in versions.items() if version is None]
    if sys.version_info < (3, 10):  # noqa: UP036 - told here rather than by a syntax error somewhere
        problems.append(f"Python {platform.python_version()} is older than 3.10.")
    device = _look_at_device(problems) if versions["torch"] is not None else {"device": "cpu"}
    if not problems:
        problems += _try_imports()
    return {
        "ok": not problems,
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count() or 1,
        "memoryBytes": _memory_bytes(),
        **device,
        "libraries": versions,
        "problems": problems,
    }


def _look_at_device(problems: list[str]) -> dict[str, object]:
    try:
        import torch

        # Computes something: a wheel for another driver loads well and fails here.
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        total = float((torch.ones(8, 8, device=device) @ torch.ones(8, 8, device=device)).sum())
        if total != 512:
            problems.append(f"torch computes wrongly on {device}: {total} for 512.")
        if device != "cuda":
            return {"device": device}
        properties = torch.cuda.get_device_properties(0)
        return {
            "device": device,
            "gpu": properties.name,
            "gpuMemoryBytes": properties.total_memory,
            "gpus": torch.cuda.device_count(),
            "bfloat16": torch.cuda.is_bf16_supported(),
        }
    except Exception as error:
        problems.append(f"torch does not work: {one_line(str(error), 300)}")
        return {"device": "cpu"}


def _try_imports() -> list[str]:
    try:
        import jiwer  # noqa: F401
        import peft  # noqa: F401
        import sacrebleu  # noqa: F401
        import soundfile  # noqa: F401

        from . import training  # noqa: F401
    except Exception as error:
        return [f"A library cannot be loaded: {one_line(str(error), 300)}"]
    return []


def _memory_bytes() -> int:
    import psutil

    return int(psutil.virtual_memory().total)
