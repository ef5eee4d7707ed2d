"""Reading JSON that somebody else wrote: every field is checked, and a wrong one is told by its place."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from .errors import Code, TrainerError

Json = dict[str, Any]


class Fields:
    """The fields of one JSON object. Each method takes one; `end` refuses those nobody took."""

    def __init__(self, value: object, place: str, code: Code = "job-invalid") -> None:
        if not isinstance(value, dict):
            raise TrainerError(code, f"{place} is no JSON object.")
        self._value: Json = value
        self._left = set(value)
        self.place = place
        self._code = code

    def wrong(self, key: str, what: str) -> TrainerError:
        return TrainerError(self._code, f"{self.place}: `{key}` {what}.")

    def has(self, key: str) -> bool:
        return key in self._value

    def _take(self, key: str) -> Any:
        if key not in self._value:
            raise self.wrong(key, "is missing")
        self._left.discard(key)
        return self._value[key]

    def text(self, key: str) -> str:
        value = self._take(key)
        if not isinstance(value, str):
            raise self.wrong(key, "is no text")
        return value

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in choices:
            raise self.wrong(key, f"is none of {', '.join(choices)}")
        return value

    def flag(self, key: str) -> bool:
        value = self._take(key)
        if not isinstance(value, bool):
            raise self.wrong(key, "is neither true nor false")
        return value

    def number(self, key: str) -> float:
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise self.wrong(key, "is no number")
        return float(value)

    def whole(self, key: str, minimum: int) -> int:
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(key, "is no whole number")
        if value < minimum:
            raise self.wrong(key, f"is less than {minimum}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._take(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "is no list of texts")
        return tuple(value)

    def strings(self, key: str) -> dict[str, str]:
        value = self._take(key)
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self.wrong(key, "is no object of texts")
        return dict(value)

    def items(self, key: str) -> list[Fields]:
        value = self._take(key)
        if not isinstance(value, list):
            raise self.wrong(key, "is no list")
        return [Fields(item, f"{self.place}: {key}[{at}]", self._code) for at, item in enumerate(value)]

    def inner(self, key: str) -> Fields:
        return Fields(self._take(key), f"{self.place}: {key}", self._code)

    def end(self) -> None:
        if self._left:
            raise self.wrong(min(self._left), "is not known here")


def parse_json(text: str, place: str, code: Code) -> object:
    """JSON without NaN and infinities."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise TrainerError(code, f"{place} is not JSON: {error}.") from error


def _refuse_constant(word: str) -> object:
    raise ValueError(f"{word} is no JSON number")


def inside(folder: Path, relative: str, place: str, code: Code = "job-invalid") -> Path:
    """A path below a folder, links followed. Whatever leaves the folder is refused."""
    root = folder.resolve()
    try:
        path = (root / relative).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise TrainerError(code, f"{place}: the path {relative!r} cannot be read.") from error
    if not relative or Path(relative).is_absolute() or not path.is_relative_to(root) or path == root:
        raise TrainerError(code, f"{place}: the path {relative!r} does not lie in the job's folder.")
    return path
