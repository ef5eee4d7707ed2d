"""`events.jsonl`: what happens, a JSON object a line, in the file and on standard output."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

HEARTBEAT_SECONDS = 10.0


class EventLog:
    """Appends events. Of an earlier attempt the first `keep` bytes are kept, and told once more on standard output."""

    def __init__(self, path: Path, keep: int = 0, output: BinaryIO | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = threading.Lock()
        self._output = output
        self._file = path.open("r+b" if path.exists() else "w+b")
        self._file.truncate(keep)
        self._tell(self._file.read())
        self._last = time.monotonic()
        self._ended = threading.Event()
        self._beating: threading.Thread | None = None

    def emit(self, event: str, **fields: object) -> None:
        line = {"event": event, "at": int(time.time() * 1000), **fields}
        data = f"{json.dumps(finite(line), ensure_ascii=False, allow_nan=False)}\n".encode()
        with self._lock:
            self._file.write(data)
            self._file.flush()
            self._last = time.monotonic()
            self._tell(data)

    def size(self) -> int:
        """Bytes so far, made durable."""
        with self._lock:
            os.fsync(self._file.fileno())
            return self._file.tell()

    def beat(self, also: Callable[[], None]) -> None:
        """From now on a heartbeat comes whenever nothing else has come for ten seconds."""

        def run() -> None:
            while not self._ended.wait(1.0):
                if time.monotonic() - self._last >= HEARTBEAT_SECONDS:
                    # A full disk must not silence it.
                    with contextlib.suppress(OSError):
                        also()
                    self.emit("heartbeat")

        self._beating = threading.Thread(target=run, daemon=True)
        self._beating.start()

    def close(self) -> None:
        self._ended.set()
        if self._beating is not None:
            self._beating.join()
        with self._lock:
            self._file.close()

    def __enter__(self) -> EventLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _tell(self, data: bytes) -> None:
        if self._output is None:
            return
        try:
            self._output.write(data)
            self._output.flush()
        except OSError:
            # Nobody listens any more; the file is the truth.
            self._output = None


def finite(value: object) -> object:
    """Numbers that JSON does not know become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def claim_stdout() -> BinaryIO:
    """Standard output for events alone: whatever else is printed, by libraries too, goes to standard error from now on."""
    sys.stdout.flush()
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return events
