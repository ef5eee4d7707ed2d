"""Sounds as a model hears them: one channel, at its rate."""

from __future__ import annotations

import functools
import io
import math
from pathlib import Path
from typing import Any

from .errors import TrainerError, one_line

CROSSINGS = 32
"""Zero crossings of the filter on each side: steeper with more."""
PASSBAND = 0.95
BLOCK = 2**15


def read_sound(source: Path | bytes, rate: int, place: str) -> Any:
    """Samples of a WAV, FLAC or Ogg file, as one channel at the rate the model hears."""
    import soundfile

    try:
        samples, own = soundfile.read(io.BytesIO(source) if isinstance(source, bytes) else str(source), dtype="float32", always_2d=True)
    except Exception as error:
        raise _unreadable(place, error) from error
    if len(samples) == 0:
        raise TrainerError("data-invalid", f"{place}: the sound is empty.")
    return resample(samples.mean(axis=1), int(own), rate)


def duration(path: Path, place: str) -> float:
    """Seconds of sound in a file."""
    import soundfile

    try:
        info = soundfile.info(str(path))
    except Exception as error:
        raise _unreadable(place, error) from error
    if info.frames == 0:
        raise TrainerError("data-invalid", f"{place}: the sound is empty.")
    return float(info.frames / info.samplerate)


def resample(samples: Any, own: int, rate: int) -> Any:
    """
    The same sound at another rate, by a polyphase filter: a sinc below both rates' half under a Hann window (J. O. Smith, Digital Audio
    Resampling). Output n lies at n·own/rate; the filter's phase repeats every rate/gcd outputs.
    """
    import numpy

    if own == rate:
        return samples
    table = _filters(own, rate)
    phases, taps = table.shape
    half = taps // 2
    padded = numpy.pad(samples.astype(numpy.float32), (half - 1, half + 1))
    windows = numpy.lib.stride_tricks.sliding_window_view(padded, taps)
    count = math.ceil(len(samples) * rate / own)
    blocks = []
    for begin in range(0, count, BLOCK):
        outputs = numpy.arange(begin, min(begin + BLOCK, count))
        blocks.append(numpy.einsum("nt,nt->n", windows[outputs * own // rate], table[outputs % phases]))
    return numpy.concatenate(blocks)


@functools.lru_cache(maxsize=8)
def _filters(own: int, rate: int) -> Any:
    """A filter a row for each phase; its taps sum to 1, so that silence and loudness stay as they are."""
    import numpy

    phases = rate // math.gcd(own, rate)
    scale = PASSBAND * min(1.0, rate / own)
    half = math.ceil(CROSSINGS / scale)
    offsets = (numpy.arange(phases) * own % rate) / rate
    places = numpy.arange(-half + 1, half + 1)[None, :] - offsets[:, None]
    window = numpy.cos(numpy.pi * places / (2 * half)) ** 2
    table = numpy.sinc(scale * places) * numpy.where(abs(places) < half, window, 0)
    return (table / table.sum(axis=1, keepdims=True)).astype(numpy.float32)


def _unreadable(place: str, error: Exception) -> TrainerError:
    return TrainerError(
        "data-invalid",
        f"{place}: the sound cannot be read: {one_line(str(error), 200)}",
        "Use WAV, FLAC or Ogg files.",
    )
