"""Ended at any moment and gone on with: the same weights and the same events as without."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from aiwb_trainer import files, progress
from aiwb_trainer.errors import TrainerError
from aiwb_trainer.events import EventLog
from aiwb_trainer.stop import Stop
from aiwb_trainer.train import train_folder

from .conftest import Make, of, train
from .tiny import read_events

SHAPE: dict[str, Any] = {
    "hyperparameters": {"maxSteps": 12, "gradientAccumulation": 2, "epochs": 20},
    "evaluation": {"everySteps": 3},
    "checkpoints": {"everySteps": 4, "everyEpochs": 0},
}


class KilledError(BaseException):
    """Stands for the end of the process: nothing after it is run."""


def essence(events: list[dict[str, Any]], *more: str) -> list[dict[str, Any]]:
    """What must not differ: no times, no phases, no usage, and no states that were saved because it was cancelled."""
    told = [event for event in events if event["event"] in ("loss", "measurement", "result", *more)]
    return [{key: value for key, value in event.items() if key not in ("at", "seconds")} for event in told]


def weights(out: Path) -> bytes:
    return (out / "checkpoints" / "step-12" / "adapter_model.safetensors").read_bytes()


def test_killed_while_writing_and_resumed_gives_the_same(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    job = make(**SHAPE)
    _, expected, whole = train(job, job.parent / "whole")
    points = 0
    limit: int | None = None

    def counted(function: Callable[..., Any], after: bool) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            nonlocal points
            points += 1
            if points == limit and not after:
                raise KilledError
            result = function(*arguments, **named)
            if points == limit:
                raise KilledError
            return result

        return run

    out = job.parent / "killed"
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", counted(os.replace, after=False))
        patched.setattr(os, "rename", counted(os.rename, after=True))
        patched.setattr(EventLog, "emit", counted(EventLog.emit, after=True))
        patched.setattr(progress, "remove", counted(files.remove, after=False))
        train(job, job.parent / "counted")
        total = points
        kills = 0
        # Each attempt is killed a little later than the one before, until one comes to its end.
        for ending in range(5, total + 40, max(1, total // 12)):
            points, limit = 0, ending
            try:
                train_folder(job, out, None, Stop())
                break
            except KilledError:
                kills += 1
    assert kills >= 4
    status, events, _ = train(job, out)
    assert status == 0
    assert essence(events, "checkpoint") == essence(expected, "checkpoint")
    assert weights(out) == weights(whole)
    left = [path for path in out.rglob("*") if ".part" in path.name]
    assert left == []


class StopAfter(Stop):
    """Cancelled once it has been asked so often."""

    def __init__(self, asked: int) -> None:
        super().__init__()
        self.left = asked

    def reason(self) -> TrainerError | None:
        self.left -= 1
        if self.left < 0:
            self.cancel()
        return super().reason()


def test_cancelled_between_and_within_steps_and_measurements_gives_the_same(make: Make) -> None:
    job = make(**SHAPE)
    _, expected, whole = train(job, job.parent / "whole")
    out = job.parent / "cancelled"
    cancelled = 0
    # Now in a measurement, now between two steps.
    for asked in range(8, 60):
        status = train_folder(job, out, None, StopAfter(asked))
        events = read_events(out)
        if status == 0:
            break
        cancelled += 1
        assert status == 130
        assert (events[-1]["event"], events[-1]["code"]) == ("failure", "cancelled")
    assert cancelled >= 2
    assert essence(read_events(out)) == essence(expected)
    assert weights(out) == weights(whole)
    # What earlier attempts used counts as well.
    assert of(read_events(out), "usage")[-1]["wallSeconds"] > of(expected, "usage")[-1]["wallSeconds"] / 2


def test_a_deadline_saves_and_ends(make: Make) -> None:
    job = make(**SHAPE)
    value = json.loads((job / "job.json").read_text())
    (job / "job.json").write_text(json.dumps({**value, "deadline": 0.0}))
    status, events, out = train(job)
    assert status == 1
    assert events[-1]["code"] == "deadline-exceeded"
    # With more time the same job goes on: its deadline is no part of what it is.
    (job / "job.json").write_text(json.dumps({**value, "deadline": 600}))
    assert train(job, out)[0] == 0


def test_the_state_of_another_job_is_refused_and_left_alone(make: Make) -> None:
    job = make(hyperparameters={"maxSteps": 2})
    _, _, out = train(job)
    before = (out / "events.jsonl").read_bytes()
    other = make(name="other", hyperparameters={"maxSteps": 3})
    assert train_folder(other, out, None, Stop()) == 1
    assert (out / "events.jsonl").read_bytes() == before
    (line,) = (out / "refused.jsonl").read_text().splitlines()
    assert json.loads(line)["code"] == "job-invalid"
    assert "another job" in json.loads(line)["message"]


def start(job: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "aiwb_trainer", "train", "--job", str(job), "--out", str(out), *more]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    folder = Path(__file__).parent.parent
    return subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def read_until(stream: IO[bytes] | None, kind: str, step: int) -> None:
    assert stream is not None
    for line in stream:
        event = json.loads(line)
        if event["event"] == kind and event["step"] >= step:
            return
    pytest.fail(f"no {kind} came")


def test_a_process_that_is_killed_and_one_whose_caller_goes_leave_what_the_next_needs(make: Make) -> None:
    job = make(**SHAPE)
    _, expected, whole = train(job, job.parent / "whole")
    out = job.parent / "out"
    first = start(job, out)
    read_until(first.stdout, "checkpoint", 3)
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = start(job, out, "--watch-stdin")
    read_until(second.stdout, "checkpoint", 6)
    assert second.stdin is not None
    assert second.stdout is not None
    second.stdin.close()
    rest = second.stdout.read().splitlines()
    status = second.wait()
    # It may have been at its end already.
    assert (status, json.loads(rest[-1])["event"]) in ((130, "failure"), (0, "result"))
    third = start(job, out)
    printed, _ = third.communicate()
    assert third.returncode == 0
    # Standard output tells the whole story, of earlier attempts too.
    assert printed == (out / "events.jsonl").read_bytes()
    assert essence(read_events(out)) == essence(expected)
    assert weights(out) == weights(whole)
