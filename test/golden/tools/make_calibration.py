"""Brier score and log loss, by scikit-learn; reliability bins and calibration errors from their definitions, in numpy.

    pip install scikit-learn==1.9.1 numpy==2.4.6
    python test/golden/tools/make_calibration.py
"""

import numpy as np
from sklearn.metrics import brier_score_loss, log_loss

from provenance import write_golden


def find_edges(confidences, bins, kind):
    if kind == "equal-width":
        return (np.arange(bins) + 1) / bins
    ordered = np.sort(confidences)
    cuts = [ordered[int(np.ceil(b * len(ordered) / bins)) - 1] for b in range(1, bins)]
    return np.array(sorted({float(x) for x in cuts if x != ordered[-1]} | {1.0}))


def measure(confidences, outcomes, bins, kind):
    edges = find_edges(confidences, bins, kind)
    places = np.searchsorted(edges, confidences, side="left")
    table = []
    for place in range(len(edges)):
        inside = places == place
        n = int(inside.sum())
        table.append([n, float(confidences[inside].mean()), float(outcomes[inside].mean())] if n else [0, None, None])
    gaps = [(n, abs(c - a)) for n, c, a in table if n]
    return {
        "bins": bins,
        "kind": kind,
        "table": table,
        "ece": sum(n * gap for n, gap in gaps) / len(confidences),
        "mce": max(gap for _, gap in gaps),
    }


def resample(rng, confidences, outcomes, times=4000):
    """Equal width, ten bins."""
    estimates = []
    for _ in range(times):
        rows = rng.integers(len(confidences), size=len(confidences))
        estimates.append(measure(confidences[rows], outcomes[rows], 10, "equal-width")["ece"])
    return [float(x) for x in np.percentile(estimates, [2.5, 97.5])]


def list_binary(rng):
    cases = []
    for size, digits in [(7, 1), (40, 1), (300, 2), (600, 9)]:
        confidences = np.round(rng.beta(2, 1.2, size), digits)
        outcomes = (rng.random(size) < confidences**1.4).astype(float)
        confidences[0], outcomes[0] = 0.0, 1.0
        case = {
            "confidences": confidences.tolist(),
            "outcomes": outcomes.tolist(),
            "brier": float(brier_score_loss(outcomes, confidences)),
            "logLoss": float(log_loss(outcomes, confidences)),
            "errors": [measure(confidences, outcomes, bins, kind) for bins in (1, 5, 10, 15) for kind in ("equal-width", "equal-mass")],
        }
        if size == 600:
            case["eceInterval"] = resample(rng, confidences, outcomes)
        cases.append(case)
    return cases


def list_classes(rng):
    cases = []
    for size, classes in [(5, 3), (60, 4), (200, 12)]:
        probabilities = rng.dirichlet(np.full(classes, 0.5), size)
        targets = np.array([rng.choice(classes, p=row) for row in probabilities])
        labels = list(range(classes))
        cases.append(
            {"classes": classes, "probabilities": probabilities.flatten().tolist(), "targets": targets.tolist(),
             "brier": float(brier_score_loss(targets, probabilities, labels=labels, scale_by_half=False)),
             "logLoss": float(log_loss(targets, probabilities, labels=labels))}
        )
    return cases


def main():
    rng = np.random.default_rng(31)
    groups = {"binary": list_binary(rng), "classes": list_classes(rng)}
    write_golden("calibration.json", "make_calibration.py", ["scikit-learn", "numpy"], groups)


main()
