"""Answering questions as a local program of the workbench does."""

from __future__ import annotations

import argparse
import base64
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aiwb_trainer.answer import Answerer, find_task, open_model
from aiwb_trainer.errors import TrainerError

from .conftest import Make, train
from .tiny import make_sound


def answerer(model: Path, task: str, base: Path | None = None) -> Answerer:
    options = argparse.Namespace(task=task, device="cpu", max_tokens=12)
    return Answerer(open_model(str(model), None if base is None else str(base), task), options)


def ask(asked: Answerer, **question: Any) -> dict[str, Any]:
    return asked.reply(json.dumps(question).encode())


def test_the_program_answers_lines_and_survives_a_bad_one(bases: Path) -> None:
    questions = [
        {"id": "1", "input": "hello", "messages": [{"role": "user", "content": "hello"}], "values": {}, "parameters": {"maxTokens": 4}},
        "no question",
        {"id": "2", "messages": [{"role": "user", "content": [{"type": "image", "data": ""}]}]},
        {"id": "3", "input": "hello", "messages": [], "parameters": {"maxTokens": 4}},
    ]
    command = [sys.executable, "-m", "aiwb_trainer", "answer", "--task", "text-generation", "--device", "cpu"]
    done = subprocess.run(
        [*command, "--model", str(bases / "llama")],
        input="".join(f"{json.dumps(question)}\n" for question in questions).encode(),
        capture_output=True,
        cwd=Path(__file__).parent.parent,
        check=True,
    )
    first, second, third, last = (json.loads(line) for line in done.stdout.splitlines())
    assert first["inputTokens"] > 0
    assert 0 < first["outputTokens"] <= 4
    assert "error" in second
    assert (third["id"], "text alone" in third["error"]) == ("2", True)
    assert (last["id"], last["output"]) == ("3", first["output"])


def test_choices_get_log_likelihoods(bases: Path) -> None:
    reply = ask(answerer(bases / "llama", "text-generation"), id="1", input="x", choices=["a", "bb"], parameters={})
    assert len(reply["choiceLogprobs"]) == 2
    assert all(value < 0 for value in reply["choiceLogprobs"])
    assert reply["output"] == ["a", "bb"][reply["choiceLogprobs"].index(max(reply["choiceLogprobs"]))]


def test_sampling_goes_by_its_seed(bases: Path) -> None:
    asked = answerer(bases / "llama", "text-generation")
    replies = [ask(asked, id="1", input="x", parameters={"temperature": 2, "seed": seed})["output"] for seed in (1, 1, 2)]
    assert replies[0] == replies[1] != replies[2]


def test_classes_have_probabilities_from_an_adapter_too(make: Make) -> None:
    rows = [{"row": at, "text": f"about {'ab'[at % 2]}", "label": "ab"[at % 2]} for at in range(8)]
    job = make(
        "bert",
        task="text-classification",
        labels=["b", "a"],
        rows={("train", "core-performance"): rows, ("validation", "core-performance"): rows, ("test", "core-performance"): rows},
        hyperparameters={"maxSteps": 2},
    )
    _, events, out = train(job)
    asked = answerer(out / events[-1]["checkpoints"][0]["folder"], "text-classification", job / "base")
    answers = [json.loads(line)["output"] for line in (out / "answers" / "test-tuned.jsonl").read_text().splitlines()]
    for row, output in zip(rows, answers, strict=True):
        reply = ask(asked, id="1", input=row["text"], messages=[], parameters={})
        assert set(reply["probabilities"]) == {"a", "b"}
        assert math.isclose(sum(reply["probabilities"].values()), 1)
        assert reply["output"] == output


def test_sounds_come_in_the_question(bases: Path, tmp_path: Path) -> None:
    make_sound(tmp_path / "a.wav", ["one"], rate=8000)
    asked = answerer(bases / "whisper", "automatic-speech-recognition")
    data = base64.b64encode((tmp_path / "a.wav").read_bytes()).decode()
    reply = ask(asked, id="1", input="", messages=[], audio={"mediaType": "audio/wav", "data": data}, parameters={})
    assert isinstance(reply["output"], str)
    assert "no sound" in ask(asked, id="2", input="", messages=[])["error"]
    assert "cannot be read" in ask(asked, id="3", audio={"data": base64.b64encode(b"x").decode()})["error"]


def test_a_model_says_itself_what_it_is_for(bases: Path) -> None:
    tasks = {name: find_task(str(bases / name), None) for name in ("llama", "bert", "whisper")}
    assert tasks == {"llama": "text-generation", "bert": "text-classification", "whisper": "automatic-speech-recognition"}


def test_an_adapter_needs_its_base(make: Make) -> None:
    _, events, out = train(make(hyperparameters={"maxSteps": 1}))
    with pytest.raises(TrainerError, match="is an adapter"):
        open_model(str(out / events[-1]["checkpoints"][0]["folder"]), None, "text-generation")
