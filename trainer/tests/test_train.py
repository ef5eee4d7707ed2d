"""Training itself, on tiny models: what is learnt, chosen, kept, and said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from .conftest import Make, of, train
from .tiny import chat_rows, make_sound


def losses(events: list[dict[str, Any]]) -> list[float]:
    return [event["loss"] for event in of(events, "loss")]


def selected(events: list[dict[str, Any]]) -> list[float | None]:
    return [event["selected"] for event in of(events, "measurement")]


def read_answers(out: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / name).read_text().splitlines()]


def test_an_adapter_learns_answers_and_is_exported_without_pickles(make: Make) -> None:
    status, events, out = train(make())
    assert status == 0
    figures = selected(events)
    assert figures[0] is not None
    assert figures[-1] is not None
    assert figures[-1] < figures[0] - 0.3
    assert [event["step"] for event in of(events, "measurement")] == [0, 10, 20, 30, 40]
    result = events[-1]
    assert result["event"] == "result"
    (checkpoint,) = result["checkpoints"]
    assert (checkpoint["best"], checkpoint["last"], checkpoint["format"]) == (True, True, "peft")
    names = {file["path"] for file in checkpoint["files"]}
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "chat_template.jinja"} <= names
    assert not [name for name in names if Path(name).suffix in (".bin", ".pt", ".pth", ".pkl", ".py")]
    assert str(out.parent) not in (out / checkpoint["folder"] / "adapter_config.json").read_text()
    for name in result["answers"].values():
        assert [answer["row"] for answer in read_answers(out, name)] == [0, 1, 2, 3]
    usage = of(events, "usage")[-1]
    assert usage["tokens"] > 0
    assert usage["wallSeconds"] > 0
    assert usage["peakMemoryBytes"] > 2**20


def test_the_same_seed_gives_the_same_losses_to_the_last_bit_and_another_seed_others(make: Make) -> None:
    first, second, other = (train(make(name=name, seed=seed)) for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    assert losses(first[1]) == losses(second[1])
    assert selected(first[1]) == selected(second[1])
    weights = [(out / "checkpoints" / "step-40" / "adapter_model.safetensors").read_bytes() for _, _, out in (first, second)]
    assert weights[0] == weights[1]
    assert losses(first[1]) != losses(other[1])


def test_how_often_is_measured_does_not_change_what_is_learnt(make: Make) -> None:
    often = train(make(name="often", evaluation={"everySteps": 1}, hyperparameters={"maxSteps": 8}))
    once = train(make(name="once", evaluation={"everySteps": 8}, hyperparameters={"maxSteps": 8}))
    assert losses(often[1]) == losses(once[1])


def test_full_training_saves_a_whole_model(make: Make) -> None:
    status, events, out = train(make(method={"name": "full"}, hyperparameters={"learningRate": 0.003, "maxSteps": 20}))
    assert status == 0
    assert events[-1]["checkpoints"][0]["format"] == "transformers"
    figures = selected(events)
    assert (figures[-1] or 0) < (figures[0] or 0) - 0.5
    assert "model.embed_tokens.weight" in load_file(out / events[-1]["checkpoints"][0]["folder"] / "model.safetensors")


def test_a_merged_adapter_is_a_whole_model_that_answers_as_the_adapter_does(make: Make) -> None:
    apart = train(make(name="apart", hyperparameters={"maxSteps": 20}))
    merged = train(make(name="merged", hyperparameters={"maxSteps": 20}, method={"merge": True}))
    assert merged[1][-1]["checkpoints"][0]["format"] == "transformers"
    folder = merged[2] / merged[1][-1]["checkpoints"][0]["folder"]
    assert not (folder / "adapter_config.json").exists()
    assert (folder / "chat_template.jinja").is_file()
    answers = [read_answers(out, "answers/test-tuned.jsonl") for _, _, out in (apart, merged)]
    assert answers[0] == answers[1]


def test_an_adapter_can_be_trained_on(make: Make, tmp_path: Path) -> None:
    _, before, out = train(make(name="first", hyperparameters={"maxSteps": 20}))
    job = make(
        name="second",
        base={"kind": "adapter", "path": "adapter", "base": {"kind": "folder", "path": "base"}},
        hyperparameters={"maxSteps": 10},
    )
    (out / before[-1]["checkpoints"][0]["folder"]).rename(job / "adapter")
    status, events, _ = train(job)
    assert status == 0
    # The base is what the first training ended with.
    assert selected(events)[0] == pytest.approx(selected(before)[-1], abs=1e-5)
    assert any("own adapter" in note["message"] for note in of(events, "note"))


def test_a_base_without_chat_template_gets_a_plain_one_and_it_is_saved(make: Make) -> None:
    _, events, out = train(make("plain", hyperparameters={"maxSteps": 4}))
    assert any("no chat template" in note["message"] for note in of(events, "note"))
    assert "Assistant:" in (out / events[-1]["checkpoints"][0]["folder"] / "chat_template.jinja").read_text()


def test_a_weight_is_a_factor_on_the_gradient(make: Make) -> None:
    rows = {
        ("train", "core-performance"): chat_rows(4),
        ("train", "robustness"): chat_rows(4),
        ("validation", "core-performance"): chat_rows(4),
        ("test", "core-performance"): [],
    }
    shape: dict[str, Any] = {"rows": rows, "hyperparameters": {"maxSteps": 1, "batchSize": 8}}
    plain = losses(train(make(name="plain", **shape))[1])[0]
    twice = losses(train(make(name="twice", weights={"core-performance": 2, "robustness": 2}, **shape))[1])[0]
    none = losses(train(make(name="none", weights={"core-performance": 0, "robustness": 0}, **shape))[1])[0]
    assert twice == pytest.approx(2 * plain, rel=1e-5)
    assert none == 0


def test_batches_of_a_step_count_by_their_tokens(make: Make) -> None:
    one = train(make(name="one", hyperparameters={"maxSteps": 4, "batchSize": 8}, method={"dropout": 0}))
    two = train(make(name="two", hyperparameters={"maxSteps": 4, "batchSize": 4, "gradientAccumulation": 2}, method={"dropout": 0}))
    assert losses(one[1]) == pytest.approx(losses(two[1]), rel=1e-4)


def test_loss_on_all_tokens_is_another_loss(make: Make) -> None:
    answer = train(make(name="answer", hyperparameters={"maxSteps": 1}))
    everything = train(make(name="all", hyperparameters={"maxSteps": 1, "lossOn": "all"}))
    assert losses(answer[1]) != losses(everything[1])


def test_the_best_is_the_earliest_among_equals_and_patience_ends_it(make: Make) -> None:
    # A learning rate of nothing: every measurement is the same.
    job = make(
        hyperparameters={"learningRate": 1e-12},
        evaluation={
            "everySteps": 5,
            "patience": 2,
            "select": {"aspect": "core-performance", "metric": "x", "figure": "exact-match", "direction": "higher"},
        },
    )
    status, events, _ = train(job)
    assert status == 0
    assert events[-1]["stoppedEarly"] is True
    assert [(item["step"], item["best"], item["last"]) for item in events[-1]["checkpoints"]] == [(5, True, False), (15, False, True)]


def test_every_nth_checkpoint_is_kept(make: Make) -> None:
    _, events, out = train(make(hyperparameters={"maxSteps": 20}, checkpoints={"everySteps": 8}))
    assert [item["step"] for item in events[-1]["checkpoints"]] == [8, 16, 20]
    assert sorted(folder.name for folder in (out / "checkpoints").iterdir()) == ["step-16", "step-20", "step-8"]


def test_epochs_are_intervals_too(make: Make) -> None:
    _, events, _ = train(make(hyperparameters={"epochs": 3}, evaluation={"everySteps": 0, "everyEpochs": 1}))
    assert [(event["step"], event["epoch"]) for event in of(events, "measurement")] == [(0, 0), (4, 1), (8, 2), (12, 3)]


def test_long_rows_are_cut_and_counted(make: Make) -> None:
    status, events, _ = train(make(hyperparameters={"maxSteps": 2, "maxLength": 36}))
    assert status == 0
    assert any("were cut" in note["message"] for note in of(events, "note"))


def test_no_answer_left_to_learn_is_told(make: Make) -> None:
    status, events, _ = train(make(hyperparameters={"maxLength": 8}))
    assert status == 1
    assert events[-1]["code"] == "data-invalid"
    assert "maxLength" in events[-1]["remedy"]


def test_classes_are_learnt_in_the_job_order(make: Make) -> None:
    words = ["cards", "loans"]
    rows = [{"row": at, "text": f"about {words[at % 2]} {at}", "label": words[at % 2]} for at in range(24)]
    job = make(
        "bert",
        task="text-classification",
        labels=["loans", "cards"],
        rows={
            ("train", "core-performance"): rows[:16],
            ("validation", "core-performance"): rows[16:],
            ("test", "core-performance"): [{"row": 0, "text": "about loans"}, {"row": 1, "text": "about cards"}],
        },
        hyperparameters={"learningRate": 0.02},
        evaluation={
            "limit": 100,
            "select": {"aspect": "core-performance", "metric": "f1", "figure": "macro-f1", "direction": "higher"},
        },
    )
    status, events, out = train(job)
    assert status == 0
    assert selected(events)[-1] == 1
    assert [answer["output"] for answer in read_answers(out, "answers/test-tuned.jsonl")] == ["loans", "cards"]
    assert json.loads((out / events[-1]["checkpoints"][0]["folder"] / "labels.json").read_text()) == ["loans", "cards"]


def sounds(folder: Path) -> list[dict[str, Any]]:
    folder.mkdir(parents=True, exist_ok=True)
    spoken = [("one", "two"), ("three",), ("two", "four"), ("four", "one"), ("three", "two"), ("one",)]
    rows = []
    for at, words in enumerate(spoken):
        # Two rates and two channels: what the model hears is the same.
        make_sound(folder / f"{at}.wav", words, rate=(16000, 22050)[at % 2], channels=1 + at % 2)
        rows.append({"row": at, "audio": f"sounds/{at}.wav", "label": " ".join(words)})
    return rows


@pytest.mark.parametrize(("method", "steps"), [("full", 100), ("lora", 10)])
def test_a_tiny_whisper_learns_a_few_sounds_by_heart(make: Make, tmp_path: Path, method: str, steps: int) -> None:
    rows = sounds(tmp_path / "job" / "sounds")
    job = make(
        "whisper",
        task="automatic-speech-recognition",
        rows={
            ("train", "core-performance"): rows,
            ("validation", "core-performance"): rows,
            ("test", "core-performance"): [{"row": row["row"], "audio": row["audio"]} for row in rows],
        },
        method={"name": "full"} if method == "full" else {"name": "lora", "rank": 16, "alpha": 64, "dropout": 0},
        hyperparameters={"learningRate": 0.003, "maxSteps": steps, "epochs": steps, "batchSize": 6},
        evaluation={
            "everySteps": steps,
            "limit": 10,
            "maxTokens": 24,
            "select": {"aspect": "core-performance", "metric": "wer", "figure": "wer", "direction": "lower"},
        },
    )
    status, events, out = train(job)
    assert status == 0
    figures = selected(events)
    before, after = (event["aspects"][0]["loss"] for event in of(events, "measurement"))
    print(f"WER from {figures[0]} to {figures[-1]}, loss from {before} to {after}")
    assert after < before - 0.1
    # An adapter on random weights learns little; the whole model learns them by heart.
    if method == "full":
        assert (figures[0] or 0) >= 1
        assert figures[-1] == 0
        assert [answer["output"] for answer in read_answers(out, "answers/test-tuned.jsonl")] == [row["label"] for row in rows]
        assert (out / events[-1]["checkpoints"][0]["folder"] / "processor_config.json").is_file()


@pytest.mark.parametrize("method", ["full", "lora"])
def test_a_model_of_many_languages_keeps_to_the_one_it_hears(make: Make, tmp_path: Path, method: str) -> None:
    rows = sounds(tmp_path / "job" / "sounds")[:2]
    job = make(
        "many-languages",
        task="automatic-speech-recognition",
        rows={("train", "x"): rows, ("validation", "x"): rows, ("test", "x"): rows},
        method={"name": method},
        hyperparameters={"maxSteps": 1},
        evaluation={"maxTokens": 4},
    )
    status, events, out = train(job)
    assert status == 0
    (note,) = of(events, "note")
    language = note["message"].split("to write ")[1].split(",")[0]
    assert language in ("en", "de", "fr")
    folder = out / events[-1]["checkpoints"][0]["folder"]
    assert json.loads((folder / "generation_config.json").read_text())["language"] == language
