"""Quantiles, tests and intervals, by scipy, statsmodels and numpy; Newcombe's paired interval from its definition in rational arithmetic.

    pip install scipy==1.17.1 statsmodels==0.15.0 numpy==2.4.6
    python test/golden/tools/make_statistics.py
"""

import math
from fractions import Fraction

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from provenance import write_golden


def list_quantiles():
    probabilities = [1e-12, 1e-6, 0.001, 0.02, 0.07, 0.075, 0.1, 0.4, 0.5, 0.8, 0.95, 0.975, 0.995, 0.9999]
    normal = [{"probability": p, "value": float(stats.norm.ppf(p))} for p in probabilities]
    student = [
        {"probability": p, "degrees": degrees, "value": float(stats.t.ppf(p, degrees))}
        for degrees in (1, 2, 3, 7, 30, 479, 1200, 99999)
        for p in (0.6, 0.9, 0.975, 0.995, 0.9999)
    ]
    tails = [
        {"t": t, "degrees": degrees, "value": float(stats.t.sf(t, degrees))}
        for degrees in (1, 4, 25, 900)
        for t in (0.1, 1.0, 2.5, 6.0, 20.0)
    ]
    return normal, student, tails


def list_binomials():
    shapes = [(0, 5, 0.3), (2, 5, 0.3), (5, 5, 0.3), (3, 40, 0.01), (50, 100, 0.5), (480, 1000, 0.5), (9900, 10000, 0.99), (49000, 100000, 0.5)]
    return [
        {"k": k, "n": n, "p": p, "mass": float(stats.binom.pmf(k, n, p)), "cumulative": float(stats.binom.cdf(k, n, p))}
        for k, n, p in shapes
    ]


def list_wilson():
    shapes = [(0, 1), (1, 1), (0, 20), (20, 20), (3, 7), (61, 98), (396, 480), (99999, 100000)]
    cases = []
    for successes, rows in shapes:
        for confidence in (0.9, 0.95, 0.99):
            low, high = proportion_confint(successes, rows, alpha=1 - confidence, method="wilson")
            cases.append({"successes": successes, "rows": rows, "confidence": confidence, "low": float(low), "high": float(high)})
    return cases


def list_mcnemar():
    shapes = [(0, 0), (0, 1), (1, 7), (5, 5), (3, 15), (20, 8), (300, 8), (61, 74), (1000, 1100)]
    return [
        {"onlyVariant": b, "onlyBaseline": c, "pValue": float(mcnemar([[10, b], [c, 10]], exact=True).pvalue)} for b, c in shapes
    ]


def newcombe(a, b, c, d, confidence):
    """Method 10 of Newcombe (1998), Statistics in Medicine 17:2635-2650."""
    n = a + b + c + d
    first, second = Fraction(a + b, n), Fraction(a + c, n)
    bounds = [proportion_confint(count, n, alpha=1 - confidence, method="wilson") for count in (a + b, a + c)]
    product = (a + b) * (c + d) * (a + c) * (b + d)
    determinant = a * d - b * c
    if determinant > 0:
        determinant = max(Fraction(determinant) - Fraction(n, 2), 0)
    phi = 0.0 if product == 0 else float(determinant) / math.sqrt(product)
    down1, up1 = float(first) - bounds[0][0], bounds[0][1] - float(first)
    down2, up2 = float(second) - bounds[1][0], bounds[1][1] - float(second)
    difference = float(first - second)
    low = difference - math.sqrt(down1**2 - 2 * phi * down1 * up2 + up2**2)
    high = difference + math.sqrt(down2**2 - 2 * phi * down2 * up1 + up1**2)
    return low, high


def list_newcombe():
    shapes = [(36, 12, 2, 0), (53, 0, 0, 1), (54, 0, 0, 0), (1, 1, 7, 12), (90, 300, 8, 82), (300, 20, 15, 145), (0, 5, 0, 0), (3, 4, 5, 6)]
    cases = []
    for a, b, c, d in shapes:
        for confidence in (0.95, 0.99):
            low, high = newcombe(a, b, c, d, confidence)
            cases.append({"counts": [a, b, c, d], "confidence": confidence, "low": float(low), "high": float(high)})
    return cases


def list_samples():
    """Means and percentiles with their intervals; a null bound is one that too few values cannot give."""
    rng = np.random.default_rng(7)
    cases = []
    for size in (1, 2, 3, 10, 75, 500):
        values = rng.lognormal(5, 0.6, size)
        case = {"values": values.tolist(), "mean": float(values.mean()), "percentiles": []}
        if size > 1:
            case["meanInterval"] = [float(x) for x in stats.t.interval(0.95, size - 1, values.mean(), stats.sem(values))]
        for percent in (50, 90, 95, 99):
            interval = stats.quantile_test(values, q=0, p=percent / 100).confidence_interval(0.95)
            bounds = [None if math.isnan(x) else float(x) for x in (interval.low, interval.high)]
            case["percentiles"].append({"percent": percent, "value": float(np.percentile(values, percent)), "interval": bounds})
        cases.append(case)
    return cases


def list_holm():
    sets = [[0.01], [0.04, 0.01, 0.03], [0.5, 0.9, 0.2, 0.001], [0.02, 0.02, 0.02], [1, 0, 0.049, 0.051]]
    return [{"pValues": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in sets]


def list_pass_at_k():
    """Chen et al. (2021), in rational arithmetic."""
    shapes = [(1, 0, 1), (1, 1, 1), (5, 2, 1), (5, 2, 3), (10, 10, 10), (20, 0, 5), (200, 3, 100), (1000, 12, 100), (1000, 990, 20)]
    return [
        {"attempts": n, "passed": c, "k": k, "value": float(1 - Fraction(math.comb(n - c, k), math.comb(n, k)))} for n, c, k in shapes
    ]


def list_histograms():
    rng = np.random.default_rng(9)
    cases = []
    for size, bins in [(2, 1), (30, 4), (400, 25)]:
        values = rng.lognormal(5, 0.8, size)
        for scale, space in (("linear", np.linspace), ("log", np.geomspace)):
            edges = space(values.min(), values.max(), bins + 1)
            edges[0], edges[-1] = values.min(), values.max()
            counts = np.histogram(values, edges)[0]
            cases.append({"values": values.tolist(), "bins": bins, "scale": scale, "edges": edges.tolist(), "counts": counts.tolist()})
    return cases


def list_normal_tails():
    return [{"z": z, "value": float(stats.norm.sf(z))} for z in (-8, -2, -0.3, 0, 1e-6, 0.5, 1, 1.96, 2.4, 2.5, 2.6, 4, 8, 20, 37)]


def main():
    normal, student, tails = list_quantiles()
    groups = {
        "normal": normal,
        "student": student,
        "studentTail": tails,
        "binomial": list_binomials(),
        "wilson": list_wilson(),
        "mcnemar": list_mcnemar(),
        "newcombe": list_newcombe(),
        "samples": list_samples(),
        "holm": list_holm(),
        "normalTail": list_normal_tails(),
        "passAtK": list_pass_at_k(),
        "histograms": list_histograms(),
    }
    write_golden("statistics.json", "make_statistics.py", ["scipy", "statsmodels", "numpy"], groups)


main()
