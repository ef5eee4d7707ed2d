"""The rows of a job: files of JSON lines, checked line by line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import TrainerError
from .fields import Fields, inside, parse_json
from .job import Input, Job

LINE_LIMIT = 64 * 2**20


@dataclass(frozen=True)
class Message:
    role: str
    content: str


@dataclass(frozen=True)
class Row:
    row: int
    aspect: str
    weight: float
    text: str = ""
    messages: tuple[Message, ...] = ()
    audio: Path | None = None
    label: str | None = None
    place: str = ""
    """File and line, for messages."""


def read_rows(job: Job, role: str) -> list[Row]:
    """All rows of a role, in the job's order."""
    return [row for given in job.inputs_of(role) for row in _read_input(job, given)]


def _read_input(job: Job, given: Input) -> list[Row]:
    rows = list(_read_lines(job, given))
    if len(rows) != given.rows:
        raise TrainerError("data-invalid", f"{given.path.name} has {len(rows)} rows, and job.json says {given.rows}.")
    return rows


def _read_lines(job: Job, given: Input) -> Iterator[Row]:
    name = given.path.relative_to(job.folder).as_posix()
    digest = hashlib.sha256()
    try:
        with given.path.open("rb") as file:
            number = 0
            while line := file.readline(LINE_LIMIT):
                number += 1
                digest.update(line)
                if len(line) >= LINE_LIMIT:
                    raise TrainerError("data-invalid", f"{name}, line {number} has more than 64 MiB.")
                if line.strip():
                    yield _read_row(line, f"{name}, line {number}", job, given)
    except OSError as error:
        raise TrainerError("data-invalid", f"{name} cannot be read: {error}.") from error
    if digest.hexdigest() != given.digest:
        raise TrainerError("data-invalid", f"{name} is not the file that job.json names: its SHA-256 differs.", "Send the job again.")


def _read_row(line: bytes, place: str, job: Job, given: Input) -> Row:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TrainerError("data-invalid", f"{place} is not UTF-8.") from error
    fields = Fields(parse_json(text, place, "data-invalid"), place, "data-invalid")
    number = fields.whole("row", 0)
    label = _read_label(fields, job, given.role)
    # A row may carry more than its task asks for: its input as text, for instance.
    asked = fields.text("text") if fields.has("text") else ""
    audio = inside(job.folder, fields.text("audio"), place, "data-invalid") if fields.has("audio") else None
    messages = _read_messages(fields) if fields.has("messages") else ()
    fields.end()
    if job.task == "text-classification" and not asked.strip():
        raise fields.wrong("text", "is missing or empty")
    if job.task == "text-generation" and not messages:
        raise fields.wrong("messages", "is missing or empty")
    if job.task == "automatic-speech-recognition":
        if audio is None:
            raise fields.wrong("audio", "is missing")
        if not audio.is_file():
            raise fields.wrong("audio", "names a file that is not there")
    return Row(number, given.aspect, given.weight, asked, messages, audio, label, place)


def _read_label(fields: Fields, job: Job, role: str) -> str | None:
    if role == "test":
        if fields.has("label"):
            fields.text("label")
        return None
    label = fields.text("label")
    if job.task == "text-classification" and label not in job.labels:
        raise fields.wrong("label", f"is none of the job's classes: {label!r}")
    return label


def _read_messages(fields: Fields) -> tuple[Message, ...]:
    messages = []
    for item in fields.items("messages"):
        messages.append(Message(item.choice("role", ("system", "user", "assistant")), item.text("content")))
        item.end()
    return tuple(messages)
