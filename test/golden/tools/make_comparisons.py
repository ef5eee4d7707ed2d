"""Clustered means and shares, by statsmodels; Wilcoxon's test, by scipy; corpus BLEU with its intervals and paired tests, by sacrebleu.

    pip install sacrebleu==2.6.0 scipy==1.17.1 statsmodels==0.15.0 numpy==2.4.6
    python test/golden/tools/make_comparisons.py
"""

import math

import numpy as np
from sacrebleu.metrics import BLEU
from sacrebleu.significance import PairedTest, _bootstrap_resample, estimate_ci
from scipy import stats
from statsmodels.api import OLS
from statsmodels.stats.proportion import proportion_confint

from provenance import write_golden


def fit(clusters, values):
    return OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": True}, use_t=True
    )


def list_clusters():
    """For shares, the effective rows of Korn and Graubard (1998) from statsmodels' standard error."""
    rng = np.random.default_rng(11)
    cases = []
    for groups, most, binary in [(2, 3, False), (12, 1, False), (40, 5, False), (150, 8, False), (9, 4, True), (30, 1, True), (80, 5, True), (300, 3, True)]:
        sizes = rng.integers(1, most + 1, groups)
        clusters = np.repeat(np.arange(groups), sizes)
        level = rng.normal(0, 1, groups)[clusters]
        if binary:
            values = (level + rng.normal(0, 1, len(clusters)) > 0.4).astype(float)
        else:
            values = 1000 + level + rng.normal(0, 0.7, len(clusters))
        model = fit(clusters, values)
        n, point, error = len(values), float(values.mean()), float(model.bse[0])
        if binary:
            quantiles = [stats.t.ppf(0.975, degrees) for degrees in (n - 1, groups - 1)]
            rows = n * point * (1 - point) / ((n - 1) * error**2) * (quantiles[0] / quantiles[1]) ** 2
            rows = min(n, rows)
            low, high = proportion_confint(point * rows, rows, alpha=0.05, method="wilson")
        else:
            low, high = model.conf_int(0.05)[0]
        order = rng.permutation(n)
        cases.append(
            {"kind": "share" if binary else "mean", "clusters": clusters[order].tolist(), "values": values[order].tolist(),
             "point": point, "error": error, "low": float(low), "high": float(high)}
        )
    return cases


def list_wilcoxon():
    rng = np.random.default_rng(12)
    samples = [[1.5], [1.0, -2.0, 3.0, 4.0, 5.5], [0.0, 0.0, 1.0, 2.0], [-0.25] * 6]
    samples += [rng.normal(0.4, 1, size).tolist() for size in (8, 15, 25, 26, 60, 400)]
    samples += [rng.integers(-3, 5, size).astype(float).tolist() for size in (10, 40, 300)]
    cases = []
    for sample in samples:
        values = np.array(sample)
        values = values[values != 0]
        exact = len(values) <= 25 and len(set(np.abs(values))) == len(values)
        method = "exact" if exact else "asymptotic"
        result = stats.wilcoxon(values, zero_method="wilcox", correction=True, method=method)
        cases.append({"differences": sample, "exact": exact, "pValue": float(result.pvalue)})
    return cases


def write_sentences(rng, count):
    words = [f"w{index}" for index in range(400)]
    shares = 1 / np.arange(1, 401)
    shares /= shares.sum()
    return [list(rng.choice(words, rng.integers(15, 40), p=shares)) for _ in range(count)]


def corrupt(rng, sentences, rate):
    """Some sentences suffer more than others, as real translations do."""
    spoiled = []
    for sentence in sentences:
        chance = rate * rng.uniform(0.7, 1.3)
        spoiled.append(" ".join(f"w{rng.integers(400)}" if rng.random() < chance else word for word in sentence if rng.random() > 0.03))
    return spoiled


def list_corpora():
    """Statistics a row: length, reference length, matched 1- to 4-grams, possible 1- to 4-grams."""
    rng = np.random.default_rng(13)
    cases = []
    for count, rates in [(500, (0.30, 0.30)), (500, (0.25, 0.27)), (500, (0.25, 0.32))]:
        sentences = write_sentences(rng, count)
        references = [[" ".join(sentence) for sentence in sentences]]
        systems = [corrupt(rng, sentences, rate) for rate in rates]
        case = {"systems": []}
        for system in systems:
            metric = BLEU(tokenize="none")
            statistics = metric._extract_corpus_statistics(system, references)
            mean, half = estimate_ci(np.array([x.score for x in _bootstrap_resample(statistics, metric, 1000)[1]]))
            case["systems"].append(
                {"statistics": [int(x) for row in statistics for x in row], "score": metric.corpus_score(system, references).score,
                 "mean": mean, "half": half}
            )
        for test in ("bs", "ar"):
            named = [("baseline", systems[1]), ("variant", systems[0])]
            paired = PairedTest(named, {"BLEU": BLEU(tokenize="none")}, references, test_type=test, n_samples=4000 if test == "bs" else 10000)
            case[test] = paired()[1]["BLEU"][1].p_value
        cases.append(case)
    return cases


def main():
    groups = {"clusters": list_clusters(), "wilcoxon": list_wilcoxon(), "corpora": list_corpora()}
    assert all(math.isfinite(case["error"]) for case in groups["clusters"])
    write_golden("comparisons.json", "make_comparisons.py", ["sacrebleu", "scipy", "statsmodels", "numpy"], groups)


main()
