"""Newcombe's interval of the difference of two independent proportions, by statsmodels.

    pip install statsmodels==0.15.0 numpy==2.4.6
    python test/golden/tools/make_independent.py
"""

from statsmodels.stats.proportion import confint_proportions_2indep

from provenance import write_golden

SHAPES = [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (5, 56, 0, 29), (0, 10, 0, 10), (10, 10, 10, 10), (1, 1, 0, 1), (940, 1000, 61, 90), (3, 7, 300, 700)]


def main():
    cases = []
    for right_a, rows_a, right_b, rows_b in SHAPES:
        for confidence in (0.9, 0.95, 0.9983333):
            low, high = confint_proportions_2indep(right_a, rows_a, right_b, rows_b, compare="diff", method="newcomb", alpha=1 - confidence)
            cases.append({"a": [right_a, rows_a], "b": [right_b, rows_b], "confidence": confidence, "low": float(low), "high": float(high)})
    write_golden("independent.json", "make_independent.py", ["statsmodels", "numpy"], {"newcombe": cases})


main()
