"""Exact match and F1 of SQuAD on the texts in text-pairs.json.

    python test/golden/tools/make_squad.py

The definitions below restate those of SQuAD 2.0's public evaluation script, which is no package.
"""

import re
import string
from collections import Counter

from provenance import write_golden
from text_pairs import list_pairs

MORE = [["The Eiffel Tower!", ["Eiffel tower", "a tower"]], ["a an the", ["..."]], ["an answer; a theme", ["Answer theme"]], ["été a é", ["ÉTÉ É"]], ["x", []], ["", []], ["the_a", ["thea"]], ["a-b", ["ab"]]]


def normalize(text):
    kept = "".join(character for character in text.lower() if character not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept).split())


def f1(answer, target):
    words, wanted = normalize(answer).split(), normalize(target).split()
    if not words or not wanted:
        return float(words == wanted)
    common = sum((Counter(words) & Counter(wanted)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(words), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def main():
    cases = []
    for answer, targets in list_pairs() + MORE:
        golds = targets or [""]
        match = max(int(normalize(answer) == normalize(gold)) for gold in golds)
        cases.append([answer, targets, normalize(answer), match, max(f1(answer, gold) for gold in golds)])
    write_golden("squad.json", "make_squad.py", [], {"cases": cases})


main()
