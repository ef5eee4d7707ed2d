"""Ending before the end: a signal, the caller's end, a deadline."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from .errors import TrainerError

GRACE_SECONDS = 60.0


class Stop:
    """Whether to stop, looked at between two pieces of work."""

    def __init__(self, deadline: float | None = None) -> None:
        self._started = time.monotonic()
        self.deadline = deadline
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        self._cancelled.set()

    def reason(self) -> TrainerError | None:
        if self._cancelled.is_set():
            return TrainerError("cancelled", "The job was cancelled; what was saved stays.", "Resume the run to go on.")
        if self.deadline is not None and time.monotonic() - self._started >= self.deadline:
            return TrainerError(
                "deadline-exceeded",
                f"The job did not end within its deadline of {self.deadline:g} s; its state is saved.",
                "Raise limits.deadline and resume the run.",
            )
        return None

    def check(self) -> None:
        reason = self.reason()
        if reason is not None:
            raise reason

    def watch(self, stdin: bool, on_stuck: Callable[[], None]) -> None:
        """Cancels on SIGTERM and SIGINT, and, where told so, when standard input ends. What does not stop by itself then is ended."""
        for name in ("SIGTERM", "SIGINT"):
            signal.signal(getattr(signal, name), lambda *_: self._cancel_soon(on_stuck))
        if stdin:
            threading.Thread(target=self._watch_stdin, args=(on_stuck,), daemon=True).start()

    def _watch_stdin(self, on_stuck: Callable[[], None]) -> None:
        try:
            while os.read(sys.stdin.fileno(), 4096):
                pass
        except OSError:
            pass
        self._cancel_soon(on_stuck)

    def _cancel_soon(self, on_stuck: Callable[[], None]) -> None:
        if self._cancelled.is_set():
            return
        self.cancel()

        def end() -> None:
            on_stuck()
            os._exit(130)

        timer = threading.Timer(GRACE_SECONDS, end)
        timer.daemon = True
        timer.start()
