"""The figure that chooses the best checkpoint. Figures of reports are the workbench's, not these."""

from __future__ import annotations

from collections.abc import Sequence


def compute_figure(name: str, outputs: Sequence[str], labels: Sequence[str]) -> float | None:
    """A figure over answers and what was expected; none without rows."""
    if not labels:
        return None
    said = [output.strip() for output in outputs]
    expected = [label.strip() for label in labels]
    if name in ("accuracy", "exact-match"):
        return sum(one == other for one, other in zip(said, expected, strict=True)) / len(expected)
    if name == "macro-f1":
        return macro_f1(said, expected)
    if name in ("wer", "cer"):
        return _error_rate(name, said, expected)
    if name in ("bleu", "chrf"):
        import sacrebleu

        score = sacrebleu.corpus_bleu(said, [expected]) if name == "bleu" else sacrebleu.corpus_chrf(said, [expected])
        return float(score.score)
    raise ValueError(f"no figure is called {name}")


def macro_f1(outputs: Sequence[str], labels: Sequence[str]) -> float:
    """Mean over the expected classes of 2 · hits ÷ (answered + expected)."""
    classes = sorted(set(labels))
    scores = []
    for one in classes:
        hits = sum(output == one == label for output, label in zip(outputs, labels, strict=True))
        scores.append(2 * hits / (outputs.count(one) + labels.count(one)))
    return sum(scores) / len(scores)


def _error_rate(name: str, outputs: Sequence[str], labels: Sequence[str]) -> float | None:
    """Edits ÷ length of what was said, over all rows with speech."""
    import jiwer

    pairs = [(output, label) for output, label in zip(outputs, labels, strict=True) if label]
    if not pairs:
        return None
    said, expected = [output for output, _ in pairs], [label for _, label in pairs]
    return float(jiwer.wer(expected, said) if name == "wer" else jiwer.cer(expected, said))


def is_better(figure: float, than: float | None, direction: str) -> bool:
    """Strictly better: among equals the earlier one stays."""
    if than is None:
        return True
    return figure > than if direction == "higher" else figure < than
