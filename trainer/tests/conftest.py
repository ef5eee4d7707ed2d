"""Tiny models for all tests, made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiwb_trainer.device import prepare_environment
from aiwb_trainer.stop import Stop
from aiwb_trainer.train import train_folder

from . import tiny

prepare_environment()


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bases")
    tiny.make_llama(folder / "llama")
    tiny.make_llama(folder / "plain", chat_template=None)
    tiny.make_bert(folder / "bert")
    tiny.make_whisper(folder / "whisper")
    tiny.make_whisper(folder / "many-languages", ["en", "de", "fr"])
    return folder


Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path, bases: Path) -> Make:
    """Makes a job's folder with a copy of a tiny base in it."""

    def make_job(model: str = "llama", name: str = "job", **changes: Any) -> Path:
        folder = tiny.make_job(tmp_path / name, **changes)
        shutil.copytree(bases / model, folder / "base", dirs_exist_ok=True)
        return folder

    return make_job


def train(job: Path, out: Path | None = None) -> tuple[int, list[dict[str, Any]], Path]:
    """Trains in this process: the exit status, the events, the output folder."""
    place = out or job.parent / f"{job.name}-out"
    status = train_folder(job, place, None, Stop())
    return status, tiny.read_events(place), place


def of(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["event"] == kind]
