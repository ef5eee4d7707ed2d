"""`answer`: questions on standard input, answers on standard output, a JSON object a line, as the workbench asks local programs."""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from .chat import ChatTask
from .checkpoints import LABELS
from .classification import ClassificationTask
from .device import choose_device, make_deterministic
from .errors import TrainerError, explain, one_line
from .events import finite
from .fields import Fields, parse_json
from .hub import locate, read_config
from .job import BaseModel
from .make_task import make_task
from .measure import evaluating
from .models import Loaded, has_processor, load_adapter, load_base, load_processor
from .rows import Message, Row
from .sound import read_sound
from .speech import SpeechTask
from .tasks import Reply

LINE_LIMIT = 256 * 2**20
SEED = 7


def answer_lines(options: argparse.Namespace, output: BinaryIO) -> int:
    """Answers until standard input ends. A question that cannot be answered is an error line; a model that cannot be loaded ends it all."""
    try:
        options.task = find_task(options.model, options.base) if options.task == "auto" else options.task
        answerer = Answerer(open_model(options.model, options.base, options.task), options)
    except Exception as error:
        failure = explain(error)
        if failure.code == "unexpected":
            traceback.print_exception(error, file=sys.stderr)
        print(" ".join(part for part in (failure.message, failure.remedy) if part), file=sys.stderr)
        return 1
    while line := sys.stdin.buffer.readline(LINE_LIMIT):
        if not line.strip():
            continue
        reply = answerer.reply(line)
        output.write(f"{json.dumps(finite(reply), ensure_ascii=False, allow_nan=False)}\n".encode())
        output.flush()
    return 0


def find_task(model: str, base: str | None) -> str:
    """What a model is for, as the names of its architectures tell."""
    named = name_model(model)
    folder = locate(named) if named.kind == "hub" else named.path
    assert folder is not None
    if (folder / "adapter_config.json").is_file():
        if read_config(folder, "adapter_config.json").get("task_type") == "SEQ_CLS":
            return "text-classification"
        return "text-generation" if base is None else find_task(base, None)
    architectures = read_config(folder).get("architectures")
    names = [str(name) for name in architectures] if isinstance(architectures, list) else []
    if any(name.endswith("ForSequenceClassification") for name in names):
        return "text-classification"
    hears = (folder / "preprocessor_config.json").is_file() or (folder / "processor_config.json").is_file()
    if hears and any(name.endswith(("ForConditionalGeneration", "ForSpeechSeq2Seq")) for name in names):
        return "automatic-speech-recognition"
    return "text-generation"


def open_model(model: str, base: str | None, task: str) -> Loaded:
    named = name_model(model)
    folder = locate(named) if named.kind == "hub" else named.path
    assert folder is not None
    if not (folder / "adapter_config.json").is_file():
        return load_base(named, task, ())
    if base is None:
        raise TrainerError("job-invalid", f"{folder.name} is an adapter.", "Say with --base which model it stands on.")
    below = open_model(base, None, task) if task != "text-classification" else _open_classifier(base, folder)
    processor = load_processor(folder, task) if has_processor(folder) else below.processor
    return Loaded(load_adapter(below.model, folder), processor, below.folder)


def _open_classifier(base: str, adapter: Path) -> Loaded:
    """The base with an output for as many classes as the adapter's has; their names are kept beside it."""
    file = adapter / LABELS
    labels: tuple[str, ...] = tuple(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else ()
    return load_base(name_model(base), "text-classification", labels)


def name_model(text: str) -> BaseModel:
    """A folder where there is one, else a model of the hub."""
    path = Path(text)
    if path.is_dir():
        return BaseModel("folder", path=path.resolve())
    if path.is_absolute() or text.startswith("."):
        raise TrainerError("model-unreachable", f"There is no folder {text}.")
    identity, _, revision = text.partition("@")
    return BaseModel("hub", id=identity, revision=revision or None)


class Answerer:
    def __init__(self, loaded: Loaded, options: argparse.Namespace) -> None:
        make_deterministic(SEED)
        self.model = loaded.model.to(choose_device(options.device)).eval()
        self.max_tokens: int = options.max_tokens
        self.task = make_task(options.task, loaded.processor, self.model, _context(self.model))

    def reply(self, line: bytes) -> dict[str, object]:
        identity: object = None
        try:
            question = parse_json(line.decode("utf-8"), "the question", "data-invalid")
            identity = question.get("id") if isinstance(question, dict) else None
            with evaluating(self.model, "float32"):
                return {"id": identity, **self._answer(Question(question, self.max_tokens))}
        except Exception as error:
            failure = explain(error)
            if failure.code == "unexpected":
                traceback.print_exception(error, file=sys.stderr)
            words = " ".join(part for part in (failure.message, failure.remedy) if part)
            return {"id": identity, "error": one_line(words)}

    def _answer(self, question: Question) -> dict[str, object]:
        if isinstance(self.task, SpeechTask):
            sound = read_sound(question.sound(), self.task.rate, "the question")
            return _written(self.task.transcribe(self.model, [sound], question.max_tokens)[0])
        if isinstance(self.task, ClassificationTask):
            return _written(self.task.answer(self.model, [Row(0, "", 1, text=question.input)], 0)[0])
        assert isinstance(self.task, ChatTask)
        prompt = self.task.prompt(question.messages(), "the question")
        if question.choices:
            scores = self.task.choice_logprobs(self.model, prompt, question.choices)
            best = max(range(len(scores)), key=scores.__getitem__)
            reply = Reply(question.choices[best], len(prompt), 0)
            return {**_written(reply), "choiceLogprobs": scores}
        make_deterministic(question.seed)
        reply = self.task.generate(self.model, [prompt], question.max_tokens, question.sampling)[0]
        return {**_written(reply), "output": cut_at(reply.output, question.stop)}


class Question:
    """One line of the workbench: `{id, input, messages, parameters, choices?, audio?}`."""

    def __init__(self, value: object, max_tokens: int) -> None:
        self._fields = Fields(value, "the question", "data-invalid")
        self._value: dict[str, Any] = value if isinstance(value, dict) else {}
        self.input = self._fields.text("input") if self._fields.has("input") else ""
        self.choices = self._fields.texts("choices") if self._fields.has("choices") else ()
        given = self._value.get("parameters")
        parameters = Fields(given if given is not None else {}, "the question: parameters", "data-invalid")
        self.max_tokens = parameters.whole("maxTokens", 1) if parameters.has("maxTokens") else max_tokens
        self.seed = parameters.whole("seed", 0) if parameters.has("seed") else SEED
        self.stop = parameters.texts("stop") if parameters.has("stop") else ()
        temperature = parameters.number("temperature") if parameters.has("temperature") else 0.0
        top_p = parameters.number("topP") if parameters.has("topP") else 1.0
        self.sampling = {"temperature": temperature, "top_p": top_p, "top_k": 0} if temperature > 0 else None

    def messages(self) -> list[Message]:
        items = self._fields.items("messages") if self._fields.has("messages") else []
        if not items:
            return [Message("user", self.input)]
        return [
            Message(item.choice("role", ("system", "user", "assistant")), _text_of(raw.get("content")))
            for item, raw in zip(items, self._value["messages"], strict=True)
        ]

    def sound(self) -> bytes:
        audio = self._value.get("audio")
        if audio is None:
            parts = [part for message in self._value.get("messages") or [] for part in _parts(message)]
            audio = next((part for part in parts if part.get("type") == "audio"), None)
        data = audio.get("data") if isinstance(audio, dict) else None
        if not isinstance(data, str):
            raise TrainerError("data-invalid", "The question has no sound.")
        try:
            return base64.b64decode(data, validate=True)
        except binascii.Error as error:
            raise TrainerError("data-invalid", "The question's sound is not base64.") from error


def cut_at(text: str, stop: tuple[str, ...]) -> str:
    ends = [at for at in (text.find(word) for word in stop if word) if at >= 0]
    return text[: min(ends)] if ends else text


def _written(reply: Reply) -> dict[str, object]:
    shares = {} if reply.probabilities is None else {"probabilities": reply.probabilities}
    return {"output": reply.output, "inputTokens": reply.input_tokens, "outputTokens": reply.output_tokens, **shares}


def _parts(message: object) -> list[dict[str, Any]]:
    content = message.get("content") if isinstance(message, dict) else None
    return [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise TrainerError("data-invalid", "A message has no content.")
    texts = []
    for part in content:
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise TrainerError("data-invalid", "This model reads text alone.")
        texts.append(part["text"])
    return "".join(texts)


def _context(model: Any) -> int:
    """Tokens the model reads at most, as far as it says."""
    config = model.config.get_text_config()
    known = getattr(config, "max_position_embeddings", None) or getattr(config, "max_target_positions", None)
    return int(known or 2**31)
