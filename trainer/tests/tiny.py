"""Tiny models with random weights, and jobs for them, made on the spot."""

from __future__ import annotations

import hashlib
import json
import math
import struct
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperProcessor,
    WhisperTokenizer,
    set_seed,
)

CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
ALPHABET = sorted(pre_tokenizers.ByteLevel.alphabet())


def make_tokenizer(chat_template: str | None = CHAT_TEMPLATE) -> PreTrainedTokenizerFast:
    """A token a byte."""
    vocabulary = {token: at for at, token in enumerate(["<s>", "</s>", "<pad>", *ALPHABET])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    wrapped.chat_template = chat_template
    return wrapped


def make_llama(folder: Path, chat_template: str | None = CHAT_TEMPLATE, hidden: int = 48) -> None:
    set_seed(7)
    config = LlamaConfig(
        vocab_size=len(ALPHABET) + 3,
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=512,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    make_tokenizer(chat_template).save_pretrained(folder)


def make_bert(folder: Path) -> None:
    set_seed(7)
    config = BertConfig(
        vocab_size=len(ALPHABET) + 3,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=128,
        pad_token_id=2,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    make_tokenizer(None).save_pretrained(folder)


def make_whisper(folder: Path, languages: Sequence[str] = ()) -> None:
    set_seed(7)
    tasks = ["<|translate|>", "<|transcribe|>"] if languages else []
    named = [f"<|{language}|>" for language in languages]
    specials = ["<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>", *named, *tasks]
    vocabulary = {token: at for at, token in enumerate([*ALPHABET, *specials])}
    tokenizer = WhisperTokenizer(
        vocab=vocabulary, merges=[], unk_token=specials[0], bos_token=specials[0], eos_token=specials[0], pad_token=specials[0]
    )
    tokenizer.add_special_tokens({"additional_special_tokens": specials[1:]})
    end, start, timeless = (vocabulary[token] for token in specials[:3])
    extractor = WhisperFeatureExtractor(feature_size=20, chunk_length=2)
    config = WhisperConfig(
        vocab_size=len(vocabulary),
        num_mel_bins=20,
        d_model=48,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=96,
        decoder_ffn_dim=96,
        max_source_positions=100,
        max_target_positions=64,
        decoder_start_token_id=start,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    model = WhisperForConditionalGeneration(config)
    settings: dict[str, Any] = {
        "is_multilingual": bool(languages),
        "no_timestamps_token_id": timeless,
        "forced_decoder_ids": None,
        "max_length": 64,
        "decoder_start_token_id": start,
        "suppress_tokens": None,
        "begin_suppress_tokens": None,
    }
    if languages:
        settings["lang_to_id"] = {name: vocabulary[name] for name in named}
        settings["task_to_id"] = {"translate": vocabulary[tasks[0]], "transcribe": vocabulary[tasks[1]]}
    # Else Transformers makes them anew from the configuration, without what it does not know.
    model.generation_config._from_model_config = False
    for name, value in settings.items():
        setattr(model.generation_config, name, value)
    model.save_pretrained(folder)
    WhisperProcessor(feature_extractor=extractor, tokenizer=tokenizer).save_pretrained(folder)


TONES = {"one": 440, "two": 880, "three": 1320, "four": 1760}


def make_sound(file: Path, words: Sequence[str], rate: int = 16000, channels: int = 1) -> None:
    """A sine tone a word."""
    samples = []
    for word in words:
        samples += [math.sin(2 * math.pi * TONES[word] * at / rate) for at in range(rate * 3 // 10)]
        samples += [0.0] * (rate // 10)
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(channels)
        opened.setsampwidth(2)
        opened.setframerate(rate)
        for value in samples:
            opened.writeframes(struct.pack("<h", int(value * 20000)) * channels)


def chat_rows(count: int) -> list[dict[str, Any]]:
    words = ["cards", "loans", "fraud", "other"]
    return [
        {
            "row": at,
            "messages": [{"role": "user", "content": f"topic {words[at % 4]} {at}"}],
            "label": words[at % 4],
        }
        for at in range(count)
    ]


def make_job(folder: Path, **changes: Any) -> Path:
    """Writes job.json. `rows` are by role and aspect; what else is given takes the place of what a job usually says."""
    rows: dict[tuple[str, str], list[dict[str, Any]]] = changes.pop("rows", None) or {
        ("train", "core-performance"): chat_rows(16),
        ("validation", "core-performance"): chat_rows(8),
        ("test", "core-performance"): [{key: row[key] for key in ("row", "messages")} for row in chat_rows(4)],
    }
    weights: dict[str, float] = changes.pop("weights", {})
    folder.mkdir(parents=True, exist_ok=True)
    inputs = []
    for (role, aspect), lines in rows.items():
        path = folder / "rows" / f"{role}-{aspect}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        inputs.append(
            {
                "role": role,
                "aspect": aspect,
                "weight": weights.get(aspect, 1),
                "path": path.relative_to(folder).as_posix(),
                "rows": len(lines),
                "digest": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
        )
    job: dict[str, Any] = {
        "protocol": 1,
        "runId": "run",
        "name": "tiny",
        "task": "text-generation",
        "base": {"kind": "folder", "path": "base"},
        "method": {"name": "lora", "rank": 8, "alpha": 16, "dropout": 0.1, "merge": False},
        "inputs": inputs,
        "labels": [],
        "hyperparameters": {
            "epochs": 10,
            "learningRate": 0.01,
            "batchSize": 4,
            "gradientAccumulation": 1,
            "weightDecay": 0,
            "warmupRatio": 0.03,
            "scheduler": "linear",
            "maxLength": 128,
            "precision": "auto",
            "gradientCheckpointing": False,
            "lossOn": "answer",
        },
        "seed": 7,
        "evaluation": {
            "everySteps": 10,
            "everyEpochs": 0,
            "select": {"aspect": "core-performance", "metric": "loss", "figure": "loss", "direction": "lower"},
            "limit": 4,
            "maxTokens": 12,
        },
        "checkpoints": {"everySteps": 0, "everyEpochs": 0},
        "device": "cpu",
    }
    for key, value in changes.items():
        job[key] = {**job[key], **value} if isinstance(value, dict) and isinstance(job.get(key), dict) else value
    (folder / "job.json").write_text(json.dumps(job))
    return folder


def read_events(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]


torch.set_num_threads(1)
