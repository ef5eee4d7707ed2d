"""Writes a tiny Whisper with random weights and sounds of tones that stand for words: `python tiny_whisper.py FOLDER`."""

import json
import math
import struct
import sys
import wave
from pathlib import Path

from tokenizers import pre_tokenizers
from transformers import (
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperProcessor,
    WhisperTokenizer,
    set_seed,
)

TONES = {"one": 440, "two": 880, "three": 1320, "four": 1760}
RATE = 16000


def make_model(folder):
    set_seed(7)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    specials = ["<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"]
    vocabulary = {token: at for at, token in enumerate([*alphabet, *specials])}
    end, start, timeless = (vocabulary[token] for token in specials)
    named = {key: specials[0] for key in ("unk_token", "bos_token", "eos_token", "pad_token")}
    tokenizer = WhisperTokenizer(vocab=vocabulary, merges=[], **named)
    tokenizer.add_special_tokens({"additional_special_tokens": specials[1:]})
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
    model.generation_config.update(
        is_multilingual=False,
        no_timestamps_token_id=timeless,
        forced_decoder_ids=None,
        max_length=64,
        decoder_start_token_id=start,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    model.save_pretrained(folder)
    extractor = WhisperFeatureExtractor(feature_size=20, chunk_length=2)
    WhisperProcessor(feature_extractor=extractor, tokenizer=tokenizer).save_pretrained(folder)


def make_sound(file, words, pitch):
    samples = []
    for word in words:
        samples += [math.sin(2 * math.pi * TONES[word] * pitch * at / RATE) for at in range(RATE * 3 // 10)]
        samples += [0.0] * (RATE // 10)
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(struct.pack("<h", int(value * 20000)) for value in samples))


def main(folder):
    root = Path(folder)
    make_model(root / "whisper")
    (root / "sounds").mkdir(parents=True, exist_ok=True)
    rows = []
    words = list(TONES)
    for at in range(24):
        said = [words[at % 4], words[(at // 4) % 4]]
        file = f"sounds/{at}.wav"
        make_sound(root / file, said, 1 + (at // 16) * 0.01)
        rows.append({"sound": file, "said": " ".join(said), "split": "test" if at >= 16 else "train"})
    (root / "sounds.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))


if __name__ == "__main__":
    main(sys.argv[1])
