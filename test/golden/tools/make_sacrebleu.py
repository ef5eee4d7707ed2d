"""BLEU, chrF and TER of the texts in text-pairs.json, sentence by sentence and as a corpus, by sacrebleu.

    pip install sacrebleu==2.6.0 regex==2026.11.19
    python test/golden/tools/make_sacrebleu.py
"""

from sacrebleu.metrics import BLEU, CHRF, TER

from provenance import write_golden
from text_pairs import list_pairs

PAIRS = list_pairs()
BLEU_OPTIONS = [
    {}, {"lowercase": True}, {"tokenize": "none"}, {"tokenize": "char"}, {"tokenize": "intl"}, {"tokenize": "zh"}, {"smooth_method": "none"},
    {"smooth_method": "floor"}, {"smooth_method": "floor", "smooth_value": 0.5}, {"smooth_method": "add-k"}, {"smooth_method": "add-k", "smooth_value": 2},
]
CHRF_OPTIONS = [{}, {"word_order": 2}, {"lowercase": True, "word_order": 2}, {"whitespace": True}, {"beta": 3, "char_order": 4, "word_order": 1}]
TER_OPTIONS = [{}, {"case_sensitive": True}, {"normalized": True}, {"normalized": True, "asian_support": True}, {"no_punct": True}, {"no_punct": True, "asian_support": True}]


def transpose(pairs):
    """References as sacrebleu takes them: one list for each position, None where there are fewer."""
    most = max(len(references) for _, references in pairs)
    return [[references[index] if index < len(references) else None for _, references in pairs] for index in range(most)]


def measure(create, options):
    corpus_metric = create(**options)
    corpus = corpus_metric.corpus_score([hypothesis for hypothesis, _ in PAIRS], transpose(PAIRS))
    case = {"options": options, "corpus": float(corpus.score), "signature": str(corpus_metric.get_signature())}
    sentence_options = {**options, "effective_order": True} if create is BLEU else options
    metric = create(**sentence_options)
    case["sentences"] = [float(metric.sentence_score(hypothesis, references).score) for hypothesis, references in PAIRS]
    return case


def main():
    groups = {
        "bleu": [measure(BLEU, options) for options in BLEU_OPTIONS],
        "chrf": [measure(CHRF, options) for options in CHRF_OPTIONS],
        "ter": [measure(TER, options) for options in TER_OPTIONS],
    }
    write_golden("sacrebleu.json", "make_sacrebleu.py", ["sacrebleu", "regex"], groups)


main()
