"""What goes wrong is told by a code, with what to do; and nothing hostile gets its way."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch

from aiwb_trainer import hub
from aiwb_trainer.archive import pack, unpack
from aiwb_trainer.errors import TrainerError, explain
from aiwb_trainer.job import BaseModel, read_job
from aiwb_trainer.rows import read_rows

from .conftest import Make, train
from .tiny import chat_rows, make_sound

Change = Callable[[dict[str, Any]], None]


def change(job: Path, edit: Change) -> Path:
    value = json.loads((job / "job.json").read_text())
    edit(value)
    (job / "job.json").write_text(json.dumps(value))
    return job


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda job: job.update(protocol=2), "another protocol"),
        (lambda job: job.update(surprise=1), "`surprise` is not known"),
        (lambda job: job.pop("seed"), "`seed` is missing"),
        (lambda job: job["hyperparameters"].update(epochs=0), "`epochs` is less than 1"),
        (lambda job: job["hyperparameters"].update(learningRate="fast"), "`learningRate` is no number"),
        (lambda job: job["base"].update(path="/etc"), "does not lie in the job's folder"),
        (lambda job: job["base"].update(path="../job-out"), "does not lie in the job's folder"),
        (lambda job: job["inputs"][0].update(path="../x.jsonl"), "does not lie in the job's folder"),
        (lambda job: job.update(inputs=job["inputs"][1:]), "nothing to train on"),
    ],
)
def test_a_wrong_job_is_told_by_its_place(make: Make, edit: Change, words: str) -> None:
    with pytest.raises(TrainerError) as caught:
        read_job(change(make(), edit))
    assert caught.value.code == "job-invalid"
    assert words in caught.value.message


def test_links_out_of_the_folder_are_refused_unless_allowed(make: Make, tmp_path: Path) -> None:
    job = make()
    outside = tmp_path / "outside"
    (job / "base").rename(outside)
    (job / "base").symlink_to(outside)
    with pytest.raises(TrainerError, match="does not lie"):
        read_job(job)
    assert read_job(job, (outside,)).base.path == outside


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 2 is not JSON"),
        ('{"row": 0, "label": "x"}', "line 2: `messages` is missing"),
        ('{"row": 0, "label": "x", "messages": [{"role": "robot", "content": ""}]}', "line 2: messages[0]: `role` is none of"),
        ('{"row": 0, "messages": [{"role": "user", "content": ""}]}', "line 2: `label` is missing"),
        ('{"row": NaN, "label": "x", "messages": []}', "line 2 is not JSON"),
    ],
)
def test_a_bad_row_is_told_by_file_and_line(make: Make, line: str, words: str) -> None:
    job = make()
    file = job / "rows" / "train-core-performance.jsonl"
    file.write_text(f"{json.dumps(chat_rows(1)[0])}\n{line}\n")
    with pytest.raises(TrainerError) as caught:
        read_rows(read_job(job), "train")
    assert caught.value.code == "data-invalid"
    assert words in caught.value.message
    assert "rows/train-core-performance.jsonl" in caught.value.message


def test_another_file_than_the_job_names_is_refused(make: Make) -> None:
    job = make()
    with (job / "rows" / "train-core-performance.jsonl").open("a") as file:
        file.write(f"{json.dumps(chat_rows(1)[0])}\n")
    with pytest.raises(TrainerError, match="SHA-256 differs"):
        read_rows(read_job(job), "train")


def test_an_unknown_class_is_told(make: Make) -> None:
    row = {"row": 0, "text": "a", "label": "c"}
    job = make("bert", task="text-classification", labels=["a", "b"], rows={("train", "x"): [row]})
    with pytest.raises(TrainerError, match="none of the job's classes: 'c'"):
        read_rows(read_job(job), "train")


def test_a_broken_sound_is_told_by_its_line(make: Make) -> None:
    job = make("whisper", task="automatic-speech-recognition", rows={("train", "x"): [{"row": 0, "audio": "a.wav", "label": "one"}]})
    with pytest.raises(TrainerError, match="names a file that is not there"):
        read_rows(read_job(job), "train")
    (job / "a.wav").write_bytes(b"no sound at all")
    _, events, _ = train(job)
    assert events[-1]["code"] == "data-invalid"
    assert "train-x.jsonl, line 1" in events[-1]["message"]


def test_a_loss_that_is_no_number_ends_it(make: Make) -> None:
    status, events, _ = train(make(hyperparameters={"learningRate": 1e30, "warmupRatio": 0}))
    assert status == 1
    assert events[-1]["code"] == "training-diverged"
    assert "learningRate" in events[-1]["remedy"]


def test_pickled_weights_are_refused(make: Make) -> None:
    job = make()
    (job / "base" / "model.safetensors").rename(job / "base" / "pytorch_model.bin")
    _, events, _ = train(job)
    assert events[-1]["code"] == "model-unsuitable"
    assert "can run any code" in events[-1]["message"]


def test_code_that_comes_with_a_model_is_not_run(make: Make) -> None:
    job = make()
    config = json.loads((job / "base" / "config.json").read_text())
    config.update(model_type="own", auto_map={"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"})
    (job / "base" / "config.json").write_text(json.dumps(config))
    marker = job.parent / "was-run"
    (job / "base" / "own.py").write_text(f"open({str(marker)!r}, 'w')")
    _, events, _ = train(job)
    assert events[-1]["code"] == "model-unsuitable"
    assert not marker.exists()


def test_adapters_that_do_not_fit_are_told(make: Make) -> None:
    _, events, _ = train(make(method={"targetModules": ["no_such_layer"]}))
    assert events[-1]["code"] == "job-invalid"
    assert "targetModules" in events[-1]["remedy"]


def test_an_unreachable_hub_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(TrainerError) as caught:
        hub.locate(BaseModel("hub", id="nobody/no-such-model"))
    assert caught.value.code == "model-unreachable"
    assert "nobody/no-such-model" in caught.value.message


def test_what_the_memory_does_not_hold_is_told_with_what_helps() -> None:
    for error in (torch.OutOfMemoryError("CUDA out of memory"), MemoryError(), RuntimeError("[enforce fail] can't allocate memory")):
        failure = explain(error)
        assert failure.code == "out-of-memory"
        for word in ("batchSize", "gradientCheckpointing", "maxLength"):
            assert word in (failure.remedy or "")


def make_tar(file: Path, *members: tuple[str, bytes]) -> Path:
    with tarfile.open(file, "w") as archive:
        for name, kind in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            info.size = 1 if kind == tarfile.REGTYPE else 0
            archive.addfile(info, BytesIO(b"x") if kind == tarfile.REGTYPE else None)
    return file


@pytest.mark.parametrize(
    "member",
    [
        ("../up", tarfile.REGTYPE),
        ("/absolute", tarfile.REGTYPE),
        ("a/../../up", tarfile.REGTYPE),
        ("c:/windows", tarfile.REGTYPE),
        ("link", tarfile.SYMTYPE),
        ("hard", tarfile.LNKTYPE),
        ("pipe", tarfile.FIFOTYPE),
        ("disk", tarfile.BLKTYPE),
    ],
)
def test_a_hostile_archive_is_refused(tmp_path: Path, member: tuple[str, bytes]) -> None:
    archive = make_tar(tmp_path / "a.tar", ("fine", tarfile.REGTYPE), member)
    with pytest.raises(TrainerError, match="not unpacked"):
        unpack(archive, tmp_path / "into")
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["a.tar", "fine"]


def test_an_archive_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "ä.txt").write_text("x")
    (folder / "second").hardlink_to(folder / "deep" / "ä.txt")
    pack(tmp_path / "a.tar", folder, sorted(path for path in folder.rglob("*") if path.is_file()))
    unpack(tmp_path / "a.tar", tmp_path / "back")
    assert (tmp_path / "back" / "deep" / "ä.txt").read_text() == "x"
    assert (tmp_path / "back" / "second").read_text() == "x"


def test_a_half_archive_is_refused(tmp_path: Path) -> None:
    make_sound(tmp_path / "a.wav", ["one"])
    pack(tmp_path / "a.tar", tmp_path, [tmp_path / "a.wav"])
    data = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "half.tar").write_bytes(data[:2000])
    with pytest.raises(TrainerError, match="not unpacked"):
        unpack(tmp_path / "half.tar", tmp_path / "back")
