"""What a job has used, over all of its attempts."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from pathlib import Path

from .files import write_whole

Numbers = dict[str, float]


class Usage:
    """Counts time and memory from its making on, on top of what `file` says earlier attempts have used."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._started = time.monotonic()
        self._cpu = _cpu_seconds()
        self._earlier = _read(file)
        self.device = "cpu"

    def now(self) -> Numbers:
        wall = time.monotonic() - self._started
        numbers = {
            "wallSeconds": self._earlier.get("wallSeconds", 0) + wall,
            "cpuSeconds": self._earlier.get("cpuSeconds", 0) + _cpu_seconds() - self._cpu,
            "peakMemoryBytes": max(self._earlier.get("peakMemoryBytes", 0), peak_memory_bytes()),
        }
        if self.device == "cuda" or "gpuSeconds" in self._earlier:
            gpu = self.device == "cuda"
            numbers["gpuSeconds"] = self._earlier.get("gpuSeconds", 0) + (wall if gpu else 0)
            peak = _peak_gpu_bytes() if gpu else 0
            numbers["peakGpuMemoryBytes"] = max(self._earlier.get("peakGpuMemoryBytes", 0), peak)
        return numbers

    def save(self) -> None:
        if self._file is not None:
            write_whole(self._file, json.dumps(self.now()).encode())

    def event(self, tokens: int) -> dict[str, object]:
        """The fields of a `usage` event."""
        names = {"gpu": gpu_name()} if self.device == "cuda" else {}
        return {**self.now(), "tokens": tokens, "hardware": hardware_name(), **names}


def hardware_name() -> str:
    """Such as `4 × AMD EPYC 7B13 (Linux x86_64)`."""
    return f"{os.cpu_count() or 1} × {_processor()} ({platform.system()} {platform.machine()})"


def gpu_name() -> str:
    import torch

    return f"1 × {torch.cuda.get_device_name(0)}"


def peak_memory_bytes() -> int:
    """The most memory this process has had at once."""
    try:
        import resource
    except ImportError:  # Windows
        import psutil

        return int(getattr(psutil.Process().memory_info(), "peak_wset", 0))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _peak_gpu_bytes() -> int:
    import torch

    return int(torch.cuda.max_memory_reserved(0))


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _read(file: Path | None) -> Numbers:
    if file is None or not file.is_file():
        return {}
    try:
        value = json.loads(file.read_text())
    except ValueError:
        return {}
    return {key: item for key, item in value.items() if isinstance(item, (int, float))} if isinstance(value, dict) else {}


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
