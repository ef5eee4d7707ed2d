"""ROUGE of the texts in text-pairs.json with and without stems, and stems of words, by rouge-score and NLTK.

    pip install rouge-score==0.1.2 nltk==3.10.4
    python test/golden/tools/make_rouge.py
"""

import random

from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer

from provenance import write_golden
from text_pairs import ENGLISH, list_pairs

KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
ENDINGS = (
    "ational tional enci anci izer bli abli alli entli eli ousli ization ation ator alism iveness fulness ousness aliti iviti biliti fulli logi icate ative "
    "alize iciti ical ful ness al ance ence er ic able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e l ll y ay ied ies ed ing eed s ss sses "
    "ting lling ssing zzed atted bled ized"
).split()
STARTS = "a be tr sky yo hop oat troubl relat vietnam univers happ cr gener oper el syzyg fil ax bow tray d 1 x2 enjo yy yyy".split()
IRREGULAR = "sky skies dying lying tying news innings inning outings outing cannings canning howe proceed exceed succeed".split()


def draw_words():
    rng = random.Random(7)
    made = [start + ending for start in STARTS for ending in ENDINGS]
    random_words = ["".join(rng.choice("aeioulnstyrb") for _ in range(rng.randrange(3, 9))) + rng.choice(ENDINGS) for _ in range(600)]
    return [word for word in IRREGULAR + ENGLISH + made + random_words if len(word) > 3]


def main():
    cases = []
    for stemmer in (False, True):
        scorer = RougeScorer(KINDS, use_stemmer=stemmer)
        rows = []
        for hypothesis, references in list_pairs():
            scores = scorer.score_multi(references, hypothesis)
            rows.append([[float(part) for part in scores[kind]] for kind in KINDS])
        cases.append({"stemmer": stemmer, "kinds": KINDS, "scores": rows})
    porter = PorterStemmer()
    stems = [" ".join(f"{word}:{porter.stem(word)}" for word in draw_words())]
    write_golden("rouge.json", "make_rouge.py", ["rouge-score", "nltk"], {"cases": cases, "stems": stems})


main()
