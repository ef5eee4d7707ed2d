"""Cohen's kappa, by scikit-learn; Krippendorff's alpha, by krippendorff; both resampled with numpy for the intervals.

    pip install scikit-learn==1.9.1 krippendorff==0.9.0 numpy==2.4.6
    python test/golden/tools/make_agreement.py
"""

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score

from provenance import write_golden

WEIGHTS = {"none": None, "linear": "linear", "quadratic": "quadratic"}
LEVELS = ("nominal", "ordinal", "interval")


def rate(rng, units, categories, raters, noise):
    truth = rng.choice(categories, units, p=rng.dirichlet(np.full(categories, 2.0)))
    ratings = np.tile(truth[:, None], (1, raters))
    strange = rng.random(ratings.shape) < noise
    near = np.clip(ratings + rng.integers(-1, 2, ratings.shape), 0, categories - 1)
    return np.where(strange, np.where(rng.random(ratings.shape) < 0.5, near, rng.integers(categories, size=ratings.shape)), ratings)


def resample(rng, rows, measure, times=4000):
    estimates = [measure(rows[rng.integers(len(rows), size=len(rows))]) for _ in range(times)]
    low, high = np.percentile([x for x in estimates if np.isfinite(x)], [2.5, 97.5])
    return [float(low), float(high)]


def list_kappas(rng):
    cases = []
    for units, categories, noise, bounded in [(12, 2, 0.4, False), (60, 3, 0.3, False), (200, 5, 0.5, True), (500, 9, 0.9, False), (80, 4, 0.1, False)]:
        ratings = rate(rng, units, categories, 2, noise)
        case = {"first": ratings[:, 0].tolist(), "second": ratings[:, 1].tolist(), "categories": categories}
        for name, weights in WEIGHTS.items():
            def kappa(rows):
                return cohen_kappa_score(rows[:, 0], rows[:, 1], weights=weights, labels=list(range(categories)))
            case[name] = {"value": float(kappa(ratings))}
            if bounded:
                case[name]["interval"] = resample(rng, ratings, kappa, 2000)
        cases.append(case)
    return cases


def list_alphas(rng):
    """Units with a gap in them; values 1 to 5, uneven so that levels differ."""
    scale = np.array([1, 2, 3, 5, 9.5])
    cases = []
    for units, raters, noise, gaps, bounded in [(10, 3, 0.3, 0.2, False), (40, 2, 0.5, 0.0, False), (60, 5, 0.4, 0.4, True), (300, 3, 0.8, 0.1, True)]:
        ratings = scale[rate(rng, units, 5, raters, noise)]
        ratings[rng.random(ratings.shape) < gaps] = np.nan
        case = {"raters": raters, "values": [None if np.isnan(x) else float(x) for x in ratings.flatten()]}
        pairable = ratings[(~np.isnan(ratings)).sum(axis=1) >= 2]
        for level in LEVELS:
            def alpha(rows):
                return krippendorff.alpha(reliability_data=rows.T, level_of_measurement=level, value_domain=scale)
            case[level] = {"value": float(alpha(ratings))}
            if bounded:
                case[level]["interval"] = resample(rng, pairable, alpha, 1500)
        cases.append(case)
    return cases


def main():
    rng = np.random.default_rng(21)
    groups = {"kappa": list_kappas(rng), "alpha": list_alphas(rng)}
    write_golden("agreement.json", "make_agreement.py", ["scikit-learn", "krippendorff", "numpy"], groups)


main()
