"""
Measures what training takes: `python training_memory.py TRAINER < SHAPES > MEASURED`. SHAPES is a JSON list of jobs as `estimateMemory` takes
them, each with the shape of a Llama that is made with random weights. Each is trained for two steps in a process of its own by the
workbench's trainer in the folder TRAINER; its largest resident set, in bytes, is printed as JSON, a line a shape.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed

TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"


def make_model(folder: Path, shape: dict[str, Any]) -> int:
    """Saves the model and gives the number of its parameters."""
    set_seed(7)
    config = LlamaConfig(
        vocab_size=shape["vocabulary"],
        hidden_size=shape["hidden"],
        intermediate_size=shape["intermediate"],
        num_hidden_layers=shape["layers"],
        num_attention_heads=shape["heads"],
        num_key_value_heads=shape["heads"],
        max_position_embeddings=8192,
        tie_word_embeddings=False,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
    )
    model = LlamaForCausalLM(config)
    model.save_pretrained(folder)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: at for at, token in enumerate(["<s>", "</s>", "<pad>", *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    wrapped.chat_template = TEMPLATE
    wrapped.save_pretrained(folder)
    return sum(parameter.numel() for parameter in model.parameters())


def write_rows(file: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    file.write_text(text)
    return {"path": file.name, "rows": len(rows), "digest": hashlib.sha256(text.encode()).hexdigest()}


def write_job(folder: Path, model: Path, shape: dict[str, Any]) -> None:
    half = "a" * (shape["maxLength"] // 2)
    messages = [{"role": "user", "content": half}]
    rows = [{"row": at, "text": half, "messages": messages, "label": f"{at}{half}"} for at in range(2 * shape["batchSize"])]
    common = {"aspect": "core-performance", "weight": 1}
    method = {"name": "full"}
    if shape["method"] == "lora":
        method = {"name": "lora", "rank": shape["rank"], "alpha": 2 * shape["rank"], "dropout": 0, "merge": False}
    short = [{"row": 0, "text": "a", "messages": [{"role": "user", "content": "a"}], "label": "b"}]
    job = {
        "protocol": 1,
        "runId": "memory",
        "name": "memory",
        "task": "text-generation",
        "base": {"kind": "folder", "path": str(model)},
        "method": method,
        "inputs": [
            {**common, "role": "train", **write_rows(folder / "train.jsonl", rows)},
            {**common, "role": "validation", **write_rows(folder / "validation.jsonl", short)},
        ],
        "labels": [],
        "hyperparameters": {
            "epochs": 1,
            "maxSteps": 2,
            "learningRate": 0.0001,
            "batchSize": shape["batchSize"],
            "gradientAccumulation": 1,
            "weightDecay": 0,
            "warmupRatio": 0,
            "scheduler": "constant",
            "maxLength": shape["maxLength"],
            "precision": "float32",
            "gradientCheckpointing": shape["gradientCheckpointing"],
            "lossOn": "all",
        },
        "seed": 7,
        "evaluation": {
            "everySteps": 0,
            "everyEpochs": 1,
            "select": {"aspect": "core-performance", "metric": "loss", "figure": "loss", "direction": "lower"},
            "limit": 1,
            "maxTokens": 1,
        },
        "checkpoints": {"everySteps": 0, "everyEpochs": 0},
    }
    (folder / "job.json").write_text(json.dumps(job))


def measure(trainer: Path, shape: dict[str, Any]) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parameters = make_model(folder / "model", shape)
        (folder / "job").mkdir()
        write_job(folder / "job", folder / "model", shape)
        command = [sys.executable, "-m", "aiwb_trainer", "train", "--job", str(folder / "job"), "--out", str(folder / "out")]
        environment = {**os.environ, "PYTHONPATH": str(trainer), "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
        log = folder / "log"
        with log.open("wb") as output:
            child = subprocess.Popen(
                [*command, "--allow-folder", str(folder)], env=environment, stdout=output, stderr=subprocess.STDOUT
            )
            _, status, used = os.wait4(child.pid, 0)
        if status != 0:
            sys.exit(f"The trainer failed: {log.read_text()[-3000:]}")
        return {"parameters": parameters, "peakBytes": used.ru_maxrss * 1024}


def main() -> None:
    trainer = Path(sys.argv[1]).resolve()
    for shape in json.load(sys.stdin):
        # A process of its own: what making one model has left in memory must not count for the next.
        print(json.dumps(measure(trainer, shape)), flush=True)


if __name__ == "__main__":
    main()
