"""Times sacrebleu and jiwer on the pairs in the JSON file given: `[[hypothesis, reference], …]`; prints `{metric: {seconds, score}}`.

    pip install sacrebleu==2.6.0 jiwer==4.0.0
"""

import json
import sys
from time import perf_counter

try:
    import jiwer
    from rapidfuzz.distance import Levenshtein
    from sacrebleu.metrics import BLEU, CHRF
except ImportError as error:
    print(json.dumps({"missing": str(error)}))
    sys.exit(0)


def measure(work):
    start = perf_counter()
    score = work()
    return {"seconds": perf_counter() - start, "score": score}


def number(texts):
    """Words as numbers, so that only the native part is timed."""
    ids = {}
    return [[ids.setdefault(word, len(ids)) for word in text.split()] for text in texts]


def align(references, hypotheses):
    for reference, hypothesis in zip(references, hypotheses):
        Levenshtein.opcodes(reference, hypothesis)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        hypotheses, references = (list(texts) for texts in zip(*json.load(file)))
    numbered = number(references), number(hypotheses)
    print(json.dumps({
        "bleu": measure(lambda: BLEU().corpus_score(hypotheses, [references]).score),
        "chrf": measure(lambda: CHRF().corpus_score(hypotheses, [references]).score),
        "chrf++": measure(lambda: CHRF(word_order=2).corpus_score(hypotheses, [references]).score),
        "wer": measure(lambda: jiwer.wer(references, hypotheses)),
        "cer": measure(lambda: jiwer.cer(references, hypotheses)),
        "wer core": measure(lambda: align(*numbered)),
        "cer core": measure(lambda: align(references, hypotheses)),
    }))


main()
