"""`automatic-speech-recognition`: sounds and what is said in them, for encoder-decoder models such as Whisper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .rows import Row
from .sound import duration, read_sound
from .tasks import IGNORED, Batch, Counted, Example, Reply, pad

SECONDS_LIMIT = 3600
LANGUAGE_SOUNDS = 8


class SpeechTask:
    shifted = False
    labels: Sequence[str] = ()

    def __init__(self, processor: Any, model: Any, max_length: int) -> None:
        self.processor = processor
        self.tokenizer = processor.tokenizer
        extractor = processor.feature_extractor
        self.rate = int(extractor.sampling_rate)
        self.seconds = float(getattr(extractor, "chunk_length", 0) or SECONDS_LIMIT)
        self.positions = int(getattr(model.config, "max_target_positions", 0) or 448)
        self.max_length = min(max_length, self.positions)
        self.start = int(model.config.decoder_start_token_id)
        self._model = model
        self._prefix()

    def _prefix(self) -> None:
        """What comes before a transcript must be the same when it is learnt and when it is written."""
        language = getattr(self._model.generation_config, "language", None)
        if language is not None:
            self.tokenizer.set_prefix_tokens(language=language, task="transcribe")

    def _find_language(self, rows: Sequence[Row]) -> str | None:
        """What a model of many languages hears in most of the first sounds; it is asked to write that from now on."""
        import torch

        settings = self._model.generation_config
        if not getattr(settings, "is_multilingual", False) or getattr(settings, "language", None) is not None or not rows:
            return None
        sounds = [read_sound(row.audio, self.rate, row.place) for row in rows[:LANGUAGE_SOUNDS] if row.audio is not None]
        features = self._features(sounds)["input_features"].to(self._model.device, self._model.dtype)
        with torch.no_grad():
            heard = [int(token) for token in self._model.detect_language(features, generation_config=settings)]
        names = {token: name for name, token in settings.lang_to_id.items()}
        language: str = names[max(heard, key=heard.count)].strip("<|>")
        settings.language, settings.task = language, "transcribe"
        # Settings that seem to come from the model's configuration would be made anew from it when they are loaded.
        settings._from_model_config = False
        self._prefix()
        return language

    def encode(self, rows: Sequence[Row], counted: Counted) -> list[Example]:
        language = self._find_language(rows)
        if language is not None:
            counted.notes.append(f"The base knows many languages: it was trained to write {language}, as it heard in the first sounds.")
        long = 0
        examples = []
        for row in rows:
            assert row.audio is not None
            long += duration(row.audio, row.place) > self.seconds
            # The model puts the start token before the labels by itself.
            tokens = list(self.tokenizer(row.label or "")["input_ids"])
            tokens = tokens[1:] if tokens[:1] == [self.start] else tokens
            counted.cut += len(tokens) > self.max_length
            examples.append({"audio": str(row.audio), "place": row.place, "labels": tokens[: self.max_length], "weight": row.weight})
        if long:
            counted.notes.append(f"{long} sounds are longer than {self.seconds:g} s: only their beginning is heard.")
        return examples

    def collate(self, examples: Sequence[Example]) -> Batch:
        import torch

        sounds = [read_sound(Path(example["audio"]), self.rate, example["place"]) for example in examples]
        return {
            **self._features(sounds),
            "labels": pad([example["labels"] for example in examples], IGNORED),
            "row_weights": torch.tensor([float(example["weight"]) for example in examples]),
        }

    def _features(self, sounds: Sequence[Any]) -> Batch:
        features = self.processor.feature_extractor(list(sounds), sampling_rate=self.rate, return_tensors="pt")
        return {"input_features": features["input_features"]}

    def answer(self, model: Any, rows: Sequence[Row], max_tokens: int) -> list[Reply]:
        sounds = []
        for row in rows:
            assert row.audio is not None
            sounds.append(read_sound(row.audio, self.rate, row.place))
        return self.transcribe(model, sounds, max_tokens)

    def transcribe(self, model: Any, sounds: Sequence[Any], max_tokens: int) -> list[Reply]:
        import torch

        features = self._features(sounds)["input_features"].to(model.device, model.dtype)
        # Room for the tokens of language and task before the text.
        room = min(max_tokens, max(self.positions - 8, 1))
        with torch.no_grad():
            written = model.generate(input_features=features, max_new_tokens=room, do_sample=False, num_beams=1)
        special = set(self.tokenizer.all_special_ids)
        replies = []
        for line in written.tolist():
            text = self.tokenizer.decode(line, skip_special_tokens=True).strip()
            replies.append(Reply(text, 0, sum(token not in special for token in line)))
        return replies
