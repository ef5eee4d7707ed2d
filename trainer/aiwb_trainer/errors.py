"""What can go wrong, in the words of the protocol: a code, what happened, and what to do."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "job-invalid",
    "data-invalid",
    "model-unreachable",
    "model-unsuitable",
    "out-of-memory",
    "training-diverged",
    "deadline-exceeded",
    "cancelled",
    "storage-failed",
    "environment",
    "unexpected",
]

MEMORY_REMEDY = (
    "Make hyperparameters.batchSize smaller (and gradientAccumulation larger), set gradientCheckpointing: true, "
    "lower maxLength, or use hardware with more memory."
)


class TrainerError(Exception):
    """A failure whose cause is known. `message` says what happened and where, `remedy` what to do."""

    def __init__(self, code: Code, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message
        self.remedy = remedy


def explain(error: BaseException) -> TrainerError:
    """Any exception as a failure of the protocol. What is not known is `unexpected`, with its own words."""
    if isinstance(error, TrainerError):
        return error
    words = one_line(str(error))
    name = type(error).__name__
    if isinstance(error, MemoryError) or name == "OutOfMemoryError" or _tells_of_memory(words):
        return TrainerError("out-of-memory", f"The memory did not suffice: {words or name}.", MEMORY_REMEDY)
    if isinstance(error, OSError) and error.errno == 28:
        return TrainerError(
            "storage-failed",
            f"The disk is full: {words}.",
            "Make room, or keep fewer checkpoints (`checkpoints.every`).",
        )
    if isinstance(error, ImportError):
        return TrainerError(
            "environment",
            f"A library cannot be loaded: {words}.",
            "Install the trainer's requirements.txt anew in this Python environment.",
        )
    if isinstance(error, (PermissionError, FileNotFoundError)):
        return TrainerError("storage-failed", f"A file cannot be used: {words}.")
    return TrainerError("unexpected", f"{name}: {words}" if words else name)


def one_line(text: str, limit: int = 600) -> str:
    """Text as one line of bounded length."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _tells_of_memory(words: str) -> bool:
    lowered = words.lower()
    return "out of memory" in lowered or "can't allocate memory" in lowered or "cannot allocate memory" in lowered
