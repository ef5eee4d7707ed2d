"""Figures that choose checkpoints, and sounds as models hear them."""

from __future__ import annotations

import numpy
import pytest

from aiwb_trainer.figures import compute_figure, is_better
from aiwb_trainer.sound import resample


@pytest.mark.parametrize(
    ("name", "outputs", "labels", "expected"),
    [
        ("accuracy", ["a", "b ", "c"], ["a", "b", "d"], 2 / 3),
        ("exact-match", ["a b"], ["a  b"], 0),
        # Of class a one of two is found, with one wrong; class b is found never.
        ("macro-f1", ["a", "c", "a"], ["a", "a", "b"], 0.25),
        ("wer", ["one two", "x"], ["one three", "x"], 1 / 3),
        ("cer", ["abcd"], ["abce"], 0.25),
        ("bleu", ["the cat sat on the mat"], ["the cat sat on the mat"], 100),
        ("chrf", ["abc"], ["abc"], 100),
    ],
)
def test_figures(name: str, outputs: list[str], labels: list[str], expected: float) -> None:
    assert compute_figure(name, outputs, labels) == pytest.approx(expected)


def test_no_rows_have_no_figure() -> None:
    assert compute_figure("accuracy", [], []) is None
    assert compute_figure("wer", ["x"], [""]) is None


def test_equals_are_not_better() -> None:
    assert is_better(1, None, "higher")
    assert not is_better(1, 1, "higher")
    assert not is_better(1, 1, "lower")
    assert is_better(0.5, 1, "lower")


@pytest.mark.parametrize("own", [8000, 11025, 22050, 44100, 48000, 44101])
def test_a_tone_stays_the_tone_at_another_rate(own: int) -> None:
    tone = numpy.sin(2 * numpy.pi * 1000 * numpy.arange(own) / own)
    heard = resample(tone, own, 16000)
    expected = numpy.sin(2 * numpy.pi * 1000 * numpy.arange(16000) / 16000)
    assert len(heard) == 16000
    assert abs(heard - expected)[500:-500].max() < 1e-3


def test_what_the_rate_cannot_hold_is_gone() -> None:
    tone = numpy.sin(2 * numpy.pi * 11000 * numpy.arange(44100) / 44100)
    assert abs(resample(tone, 44100, 16000))[500:-500].max() < 1e-3
