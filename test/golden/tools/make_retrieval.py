"""Retrieval figures, by trec_eval through pytrec_eval; nDCG of either gain, by scikit-learn.

    pip install pytrec_eval-terrier==0.5.7 scikit-learn==1.9.1 numpy==2.4.6
    python test/golden/tools/make_retrieval.py
"""

import numpy as np
import pytrec_eval
from sklearn.metrics import ndcg_score

from provenance import write_golden

CUTS = (1, 3, 5, 10, 100)
NAMES = {"recall": "recall", "P": "precision", "success": "hit", "ndcg_cut": "ndcg", "map_cut": "averagePrecision"}


def measure(returned, relevant):
    names = {f"{name}.{','.join(map(str, CUTS))}" for name in NAMES} | {"recip_rank"}
    run = {"q": {document: float(len(returned) - rank) for rank, document in enumerate(returned)}}
    found = pytrec_eval.RelevanceEvaluator({"q": relevant}, names).evaluate(run)["q"]
    cuts = [{"k": k, **{ours: found[f"{theirs}_{k}"] for theirs, ours in NAMES.items()}} for k in CUTS]
    return cuts, found["recip_rank"]


def list_rankings(rng):
    cases = []
    for documents, returned, relevant, most in [(20, 10, 4, 1), (30, 30, 5, 3), (50, 12, 20, 4), (200, 100, 30, 3), (40, 5, 1, 1), (40, 6, 3, 2)]:
        ids = [f"d{index}" for index in range(documents)]
        grades = {document: int(rng.integers(1, most + 1)) for document in rng.choice(ids, relevant, replace=False)}
        order = sorted(ids, key=lambda document: -grades.get(document, 0) - rng.normal(0, 1.5))[:returned]
        cuts, reciprocal = measure(order, grades)
        cases.append({"returned": order, "relevant": [[d, g] for d, g in grades.items()], "cuts": cuts, "reciprocalRank": reciprocal})
    return cases


def list_gains(rng):
    """All documents ranked, as scikit-learn needs it."""
    cases = []
    for documents, most in [(4, 1), (12, 3), (40, 5)]:
        grades = rng.integers(0, most + 1, documents)
        grades[0] = most
        scores = np.arange(documents, 0, -1, dtype=float)[None, :]
        for k in (1, 3, 10):
            case = {"grades": grades.tolist(), "k": k}
            case["linear"] = float(ndcg_score(grades[None, :], scores, k=k))
            case["exponential"] = float(ndcg_score((2.0**grades - 1)[None, :], scores, k=k))
            cases.append(case)
    return cases


def main():
    rng = np.random.default_rng(41)
    groups = {"rankings": list_rankings(rng), "gains": list_gains(rng)}
    write_golden("retrieval.json", "make_retrieval.py", ["pytrec_eval-terrier", "scikit-learn", "numpy"], groups)


main()
