"""Precision, recall, F1, balanced accuracy and Matthews' correlation of random labellings, by scikit-learn.

    pip install scikit-learn==1.9.1 numpy==2.4.6
    python test/golden/tools/make_class_metrics.py
"""

import warnings

import numpy as np
from sklearn.metrics import accuracy_score, balanced_accuracy_score, matthews_corrcoef, precision_recall_fscore_support

from provenance import write_golden

warnings.filterwarnings("ignore")
AVERAGES = ("macro", "micro", "weighted")


def draw(rng, rows, labels, right, strange):
    """Targets in uneven shares; answers right, mistaken, or no label at all."""
    names = [f"class-{label}" for label in range(labels)]
    shares = rng.dirichlet(np.full(labels, 0.8))
    targets = [names[index] for index in rng.choice(labels, rows, p=shares)]
    answers = []
    for target in targets:
        chance = rng.random()
        if chance < right:
            answers.append(target)
        elif chance < right + strange:
            answers.append(f"I am not sure ({rng.integers(5)})")
        else:
            answers.append(names[rng.integers(labels)])
    return targets, answers


def measure(targets, answers):
    labels = sorted(set(targets))
    case = {"targets": targets, "answers": answers, "accuracy": accuracy_score(targets, answers)}
    named = [answer if answer in labels else "other" for answer in answers]
    case["balancedAccuracy"] = float(balanced_accuracy_score(targets, named))
    case["mcc"] = float(matthews_corrcoef(targets, named))
    for average in AVERAGES:
        precision, recall, f1, _ = precision_recall_fscore_support(
            targets, answers, labels=labels, average=average, zero_division=0
        )
        case[average] = {"precision": float(precision), "recall": float(recall), "f1": float(f1)}
    return case


def bootstrap(rng, targets, answers, resamples=4000):
    """Percentile interval of macro F1 over resampled rows, to be met within a bound and not digit by digit."""
    targets, answers = np.array(targets), np.array(answers)
    estimates = []
    for _ in range(resamples):
        rows = rng.integers(len(targets), size=len(targets))
        labels = sorted(set(targets[rows]) | (set(answers[rows]) & set(targets)))
        estimates.append(
            precision_recall_fscore_support(targets[rows], answers[rows], labels=labels, average="macro", zero_division=0)[2]
        )
    low, high = np.percentile(estimates, [2.5, 97.5])
    return {"targets": targets.tolist(), "answers": answers.tolist(), "resamples": resamples, "low": low, "high": high}


def bootstrap_whole(rng, targets, answers, resamples=2000):
    """The same for the figures of the whole matrix."""
    targets = np.array(targets)
    named = np.array([answer if answer in set(targets) else "other" for answer in answers])
    case = {"targets": targets.tolist(), "answers": list(answers)}
    for name, measure in (("balanced-accuracy", balanced_accuracy_score), ("mcc", matthews_corrcoef)):
        draws = [rng.integers(len(targets), size=len(targets)) for _ in range(resamples)]
        case[name] = [float(x) for x in np.percentile([measure(targets[rows], named[rows]) for rows in draws], [2.5, 97.5])]
    return case


def main():
    rng = np.random.default_rng(20251)
    shapes = [(1, 1, 1, 0), (5, 2, 0.5, 0), (12, 5, 0, 0.3), (40, 3, 0.9, 0), (60, 8, 0.6, 0.1), (90, 2, 0.3, 0.4), (150, 12, 0.7, 0.05), (200, 30, 0.5, 0.1)]
    cases = [measure(*draw(rng, *shape)) for shape in shapes for _ in range(2)]
    intervals = [bootstrap(rng, *draw(rng, 160, 5, 0.7, 0.05)), bootstrap(rng, *draw(rng, 60, 3, 0.6, 0))]
    whole = [bootstrap_whole(rng, *draw(rng, 200, 4, 0.6, 0.05)), bootstrap_whole(rng, *draw(rng, 80, 2, 0.7, 0))]
    write_golden("class-metrics.json", "make_class_metrics.py", ["scikit-learn", "numpy"], {"cases": cases, "intervals": intervals, "wholeIntervals": whole})


main()
