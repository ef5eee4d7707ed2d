"""Which device trains and answers, in which number format, and the same way each time."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Iterator
from typing import Any

from .errors import TrainerError


def prepare_environment() -> None:
    """Settings that libraries read while they load."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    # One process trains on one accelerator; several would be wrapped into something that none of the trainers supports.
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    os.environ["CUDA_VISIBLE_DEVICES"] = "0" if visible is None else visible.split(",")[0]


def choose_device(wanted: str) -> str:
    import torch

    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if wanted == "auto":
        return "cuda" if cuda else "mps" if mps else "cpu"
    if (wanted == "cuda" and not cuda) or (wanted == "mps" and not mps):
        raise TrainerError(
            "environment",
            f"The job asks for {wanted}, which PyTorch {torch.__version__} does not find on this machine.",
            "Use `device: auto`, or an environment whose PyTorch fits the machine's driver.",
        )
    return wanted


def choose_precision(wanted: str, device: str) -> str:
    """`auto` is bfloat16 where an accelerator computes with it, else float32."""
    import torch

    if wanted == "auto":
        return "bfloat16" if device == "cuda" and torch.cuda.is_bf16_supported() else "float32"
    if wanted == "float16" and device != "cuda":
        raise TrainerError("environment", f"float16 cannot be trained on {device}.", "Set hyperparameters.precision to auto.")
    return wanted


def make_deterministic(seed: int) -> None:
    import torch
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    transformers.set_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False


@contextlib.contextmanager
def untouched_randomness() -> Iterator[None]:
    """What is drawn inside does not change what is drawn after: measuring more often must not train otherwise."""
    import numpy
    import torch

    state: tuple[Any, ...] = (random.getstate(), numpy.random.get_state(), torch.get_rng_state())
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None
    try:
        yield
    finally:
        random.setstate(state[0])
        numpy.random.set_state(state[1])
        torch.set_rng_state(state[2])
        if cuda is not None:
            torch.cuda.set_rng_state_all(cuda)
