"""
What an attempt leaves for the next one, in `OUT/state/`: `progress.json`, and the folder `step-N` with weights, optimizer, scheduler and
random numbers of the newest saved step. `progress.json` alone says which step counts, and is replaced at once; so a kill at any moment
leaves either the earlier state or the new one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .errors import TrainerError
from .files import remove, write_whole


@dataclass
class Progress:
    digest: str
    """The job it belongs to."""
    step: int = 0
    epoch: float = 0.0
    events: int = 0
    """Bytes of `events.jsonl` that belong to this state."""
    measured: int = -1
    """The newest measured step."""
    best: int | None = None
    best_figure: float | None = None
    since_best: int = 0
    """Measurements after the best one."""
    kept: list[int] = field(default_factory=list)
    """Steps whose weights lie in `checkpoints/`."""
    tokens: int = 0
    unreported: list[float] = field(default_factory=list)
    """Losses of the steps after the last `loss` event."""
    loss_sum: float = 0.0
    """Of the steps since the last measurement."""
    loss_steps: int = 0
    stopped_early: bool = False
    finished: bool = False
    """Nothing is left to train."""


class State:
    """The folder of what was saved."""

    def __init__(self, out: Path, digest: str) -> None:
        self.out = out
        self.folder = out / "state"
        self.file = self.folder / "progress.json"
        self.usage_file = self.folder / "usage.json"
        self.progress = self._open(digest)

    def _open(self, digest: str) -> Progress:
        if not self.file.is_file():
            for step in self.folder.glob("step-*"):
                remove(step)
            return Progress(digest)
        try:
            value = json.loads(self.file.read_text())
            progress = Progress(**value)
            known = progress.digest
        except (ValueError, TypeError) as error:
            raise TrainerError(
                "job-invalid",
                f"The saved state in {self.folder} cannot be read: {error}.",
                "Remove the folder to begin anew.",
            ) from error
        if known != digest:
            raise TrainerError(
                "job-invalid",
                f"{self.out} holds the saved state of another job.",
                "Give another output folder, or remove this one to begin anew.",
            )
        if progress.step > 0 and not self.step_folder(progress.step).is_dir():
            raise TrainerError(
                "job-invalid",
                f"The saved state in {self.folder} lacks its step {progress.step}.",
                "Remove the folder to begin anew.",
            )
        self._tidy(progress)
        return progress

    def step_folder(self, step: int) -> Path:
        return self.folder / f"step-{step:09d}"

    def checkpoint(self, step: int) -> Path:
        return self.out / "checkpoints" / f"step-{step}"

    def save(self) -> None:
        write_whole(self.file, json.dumps(asdict(self.progress)).encode())
        self._tidy(self.progress)

    def _tidy(self, progress: Progress) -> None:
        """Removes what no state counts: older steps, half-written ones, checkpoints that are not kept."""
        if self.folder.is_dir():
            for entry in self.folder.iterdir():
                if entry.is_dir() and entry != self.step_folder(progress.step):
                    remove(entry)
        checkpoints = self.out / "checkpoints"
        if checkpoints.is_dir():
            names = {f"step-{step}" for step in progress.kept}
            for entry in checkpoints.iterdir():
                if entry.name not in names:
                    remove(entry)
