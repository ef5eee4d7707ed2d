"""Exact match with every combination of what is ignored, by lm-evaluation-harness.

    pip install --no-deps lm-eval==0.4.12 && pip install numpy==2.4.6 sacrebleu==2.6.0
    python test/golden/tools/make_exact_match.py
"""

# Not among the pairs: letters whose lower case is longer, such as U+0130. numpy cuts the result to the old length there, which we do not follow.

from itertools import product

from lm_eval.api.metrics import exact_match_hf_evaluate

from provenance import write_golden

PAIRS = [
    ["Paris", "Paris"], ["paris", "Paris"], ["Paris.", "Paris"], [" Paris", "Paris"], ["Paris 2", "Paris"], ["PARIS 12!", "paris "],
    ["it's", "its"], ["a_b-c", "abc"], ["3.14", "314"], ["", ""], ["...", ""], ["ÄRGER", "ärger"],
    ["Straße", "STRASSE"], ["“quoted”", "quoted"], ["x٣", "x"], ["$5 ~ `ok`", "5  ok"], ["ΟΔΟΣ", "οδος"], ["x\ty", "x y"],
]


def main():
    cases = []
    for case, punctuation, numbers in product([False, True], repeat=3):
        scores = [
            int(exact_match_hf_evaluate([answer], [target], ignore_case=case, ignore_punctuation=punctuation, ignore_numbers=numbers)["exact_match"])
            for answer, target in PAIRS
        ]
        parameters = {"ignoreCase": case, "ignorePunctuation": punctuation, "ignoreNumbers": numbers}
        cases.append({"parameters": parameters, "scores": scores})
    write_golden("exact-match.json", "make_exact_match.py", ["lm-eval", "numpy"], {"pairs": PAIRS, "cases": cases})


main()
