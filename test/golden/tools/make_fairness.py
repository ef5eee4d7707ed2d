"""Fairness gaps and ratios over groups, by fairlearn.

    pip install fairlearn==0.15.0 numpy==2.4.6
    python test/golden/tools/make_fairness.py
"""

import numpy as np
from fairlearn.metrics import (
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equal_opportunity_ratio,
    equalized_odds_difference,
    equalized_odds_ratio,
)

from provenance import write_golden

FIGURES = {
    "parityGap": demographic_parity_difference,
    "parityRatio": demographic_parity_ratio,
    "opportunityGap": equal_opportunity_difference,
    "opportunityRatio": equal_opportunity_ratio,
    "oddsGap": equalized_odds_difference,
    "oddsRatio": equalized_odds_ratio,
}


def expand(counts):
    """Rows of (true positives, false positives, true negatives, false negatives)."""
    truth, predicted = np.repeat([1, 0, 0, 1], counts), np.repeat([1, 1, 0, 0], counts)
    return truth, predicted


def list_groups(rng):
    cases = []
    for groups in (2, 3, 6):
        for _ in range(3):
            counts = rng.integers(1, 60, (groups, 4))
            parts = [expand(row) for row in counts]
            truth = np.concatenate([part[0] for part in parts])
            predicted = np.concatenate([part[1] for part in parts])
            features = np.repeat([f"g{index}" for index in range(groups)], counts.sum(axis=1))
            case = {"counts": counts.tolist()}
            for name, figure in FIGURES.items():
                case[name] = float(figure(truth, predicted, sensitive_features=features))
            cases.append(case)
    return cases


def main():
    write_golden("fairness.json", "make_fairness.py", ["fairlearn", "numpy"], {"cases": list_groups(np.random.default_rng(51))})


main()
