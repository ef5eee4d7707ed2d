"""Every metric that has a reference implementation, over small mixed data: predictions and the figures of the packages that define them.

    pip install sacrebleu==2.6.0 jiwer==4.0.0 rouge_score==0.1.2 scikit-learn==1.9.1 fairlearn==0.15.0 \
        pytrec_eval-terrier==0.5.7 whisper_normalizer==0.1.15 numpy==2.4.6
    pip install --no-deps lm-eval==0.4.12 && pip install datasets tqdm requests jinja2 pyyaml
    python test/golden/tools/make_metrics.py
"""

import warnings
from types import SimpleNamespace

import jiwer
import numpy as np
import pytrec_eval
import sacrebleu
from fairlearn.metrics import (
    MetricFrame,
    demographic_parity_difference,
    equalized_odds_difference,
)
from lm_eval.api.metrics import exact_match_hf_evaluate
from lm_eval.api.task import ConfigurableTask
from lm_eval.filters.extraction import RegexFilter
from rouge_score.rouge_scorer import RougeScorer
from sklearn import metrics as sk
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

from provenance import write_golden

warnings.filterwarnings("ignore")
PACKAGES = [
    "sacrebleu", "jiwer", "rouge_score", "scikit-learn", "fairlearn",
    "pytrec_eval-terrier", "whisper_normalizer", "lm-eval", "numpy",
]  # fmt: skip

TEXTS = [
    ["The cat is sitting on the mat, isn't it?", "The cat sat on the mat, didn't it?"],
    ["It costs $1,234.56, approx.", "It costs $1,234.56 (approx.)"],
    ["He won't come at twenty five past three.", "he will not come at 25 past 3"],
    ["Der Ärger mit der Straßenbahn hält an.", "Der Ärger mit der Strassenbahn hielt an."],
    ["Two lines.\nOf one summary.", "Of one summary.\nTwo short lines."],
    ["hello world", "Hello"],
    ["running runners ran quickly", "the runner runs quick"],
    ["A rare word: antidisestablishmentarianism", ""],
    ["exactly the same", "exactly the same"],
    ["Mr. Smith's colour TV, um, broke", "mister smith is color tv broke"],
]


def text_figures():
    targets, answers = map(list, zip(*TEXTS))
    figures = {}

    def scores(name, parameters, metric, direction="corpus"):
        corpus = metric.corpus_score(answers, [targets]).score
        figures[name] = {"parameters": parameters, "value": corpus}
        return figures[name]

    bleu = scores("bleu", {}, sacrebleu.BLEU())
    sentence = sacrebleu.BLEU(effective_order=True)
    bleu["scores"] = [sentence.sentence_score(a, [t]).score for t, a in TEXTS]
    scores("bleu lower-cased, characters", {"lowercase": True, "tokenizer": "char"}, sacrebleu.BLEU(lowercase=True, tokenize="char"))
    scores("bleu floor", {"smoothing": "floor"}, sacrebleu.BLEU(smooth_method="floor"))
    chrf = scores("chrf", {}, sacrebleu.CHRF())
    chrf["scores"] = [sacrebleu.CHRF().sentence_score(a, [t]).score for t, a in TEXTS]
    scores("chrf ++", {"wordOrder": 2}, sacrebleu.CHRF(word_order=2))
    ter = scores("ter", {}, sacrebleu.TER())
    ter["scores"] = [sacrebleu.TER().sentence_score(a, [t]).score for t, a in TEXTS]
    scores("ter normalised", {"normalized": True, "caseSensitive": True}, sacrebleu.TER(normalized=True, case_sensitive=True))

    for stemmer in (False, True):
        kinds = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
        scorer = RougeScorer(kinds, use_stemmer=stemmer)
        rows = [scorer.score(t, a) for t, a in TEXTS]
        for kind in kinds:
            figures[f"rouge {kind}{' stemmed' if stemmer else ''}"] = {
                "parameters": {"types": [kind], "stemmer": stemmer},
                "value": float(np.mean([row[kind].fmeasure for row in rows])),
                "scores": [row[kind].fmeasure for row in rows],
            }

    preparations = {
        "none": lambda text: text,
        "lower-case": str.lower,
        "whisper-basic": BasicTextNormalizer(),
        "whisper-english": EnglishTextNormalizer(),
    }
    for name, prepare in preparations.items():
        wants, has = [prepare(t) for t in targets], [prepare(a) for a in answers]
        for rate, compute in (("wer", jiwer.wer), ("cer", jiwer.cer)):
            figures[f"{rate} {name}"] = {
                "parameters": {"normalise": name},
                "value": compute(wants, has),
                "scores": [compute(t, a) for t, a in zip(wants, has)],
            }
    return [{"metric": name.split(" ")[0], "name": name, **figure} for name, figure in figures.items()]


def class_figures(rng):
    rows = 240
    labels = ["approved", "denied"]
    groups = rng.choice(["north", "south", "east"], rows, p=[0.5, 0.3, 0.2])
    targets = rng.choice(labels, rows, p=[0.35, 0.65])
    right = np.select([groups == "north", groups == "south"], [0.9, 0.75], 0.6)
    answers = np.where(rng.random(rows) < right, targets, np.where(targets == "approved", "denied", "approved"))
    truth, said = targets == "approved", answers == "approved"
    frame = MetricFrame(metrics=sk.accuracy_score, y_true=truth, y_pred=said, sensitive_features=groups)
    figures = {
        "accuracy": sk.accuracy_score(targets, answers),
        "balanced-accuracy": sk.balanced_accuracy_score(targets, answers),
        "mcc": sk.matthews_corrcoef(targets, answers),
        "precision (macro)": sk.precision_score(targets, answers, average="macro"),
        "recall (weighted)": sk.recall_score(targets, answers, average="weighted"),
        "f1 (approved)": sk.f1_score(targets, answers, pos_label="approved"),
        "precision (approved)": sk.precision_score(targets, answers, pos_label="approved"),
        "recall (approved)": sk.recall_score(targets, answers, pos_label="approved"),
        "fairness.max-gap": frame.difference(),
        "fairness.ratio": frame.ratio(),
        "fairness.demographic-parity-difference": demographic_parity_difference(truth, said, sensitive_features=groups),
        "fairness.equalised-odds-difference": equalized_odds_difference(truth, said, sensitive_features=groups),
    }
    return {
        "targets": targets.tolist(),
        "answers": answers.tolist(),
        "groups": groups.tolist(),
        "figures": {name: float(value) for name, value in figures.items()},
    }


def calibration_figures(rng):
    """The confidence in the answer that was given, and whether it was right."""
    confidences = np.round(rng.beta(5, 2, 150), 3)
    right = (rng.random(150) < confidences**1.5).astype(int)
    figures = {"calibration.brier": sk.brier_score_loss(right, confidences), "calibration.log-loss": sk.log_loss(right, confidences)}
    for bins in (10, 15):
        # Guo et al. 2017: equally wide bins, each with its upper edge.
        bin_of = np.clip(np.ceil(confidences * bins) - 1, 0, bins - 1)
        gaps = [abs(right[bin_of == b].mean() - confidences[bin_of == b].mean()) * (bin_of == b).sum() for b in np.unique(bin_of)]
        figures[f"calibration.ece, {bins} bins"] = float(np.sum(gaps) / len(right))
    return {"confidences": confidences.tolist(), "right": right.tolist(), "figures": {name: float(value) for name, value in figures.items()}}


def choice_figures():
    docs = [
        {"choices": ["cat", "a much longer answer", "dog"], "logprobs": [-4.0, -9.0, -4.5], "gold": 1},
        {"choices": ["yes", "no"], "logprobs": [-1.0, -1.0], "gold": 0},
        {"choices": ["Straße", "Street"], "logprobs": [-6.0, -6.0], "gold": 0},
        {"choices": ["日本", "Japan", "Nippon"], "logprobs": [-5.0, -4.8, -9.0], "gold": 0},
        {"choices": ["one", "two", "three", "four"], "logprobs": [-3.0, -2.5, -2.6, -9.0], "gold": 1},
        {"choices": ["x", "yy"], "logprobs": [-2.0, -3.0], "gold": 1},
    ]
    task = SimpleNamespace(
        config=SimpleNamespace(process_results=None),
        OUTPUT_TYPE="multiple_choice",
        _metric_fn_list={"acc": None, "acc_norm": None, "acc_bytes": None},
        multiple_input=False,
        multiple_target=False,
        doc_to_choice=lambda doc: doc["choices"],
        doc_to_target=lambda doc: doc["gold"],
    )
    for doc in docs:
        results = [(logprob, False) for logprob in doc["logprobs"]]
        doc["scores"] = ConfigurableTask.process_results(task, doc, results)
    return docs


def match_figures():
    """`exact_match` with what it can ignore, and with several targets, of which any will do."""
    cases = []
    rows = [
        ["$1,000.", ["1000"]], ["The answer is 7", ["7"]], ["Paris", ["London", "Paris"]], ["paris!", ["Paris", "Lyon"]],
        ["12 apples", ["apples"]], ["a-b", ["ab", "a b"]],
    ]  # fmt: skip
    options = [
        {},
        {"regexesToIgnore": [",", r"\$", r"\.$"]},
        {"regexesToIgnore": [r"(?s).*answer is "], "ignoreCase": True},
        {"ignoreCase": True, "ignorePunctuation": True, "ignoreNumbers": True},
    ]
    names = {"regexesToIgnore": "regexes_to_ignore", "ignoreCase": "ignore_case", "ignorePunctuation": "ignore_punctuation", "ignoreNumbers": "ignore_numbers"}
    for parameters in options:
        arguments = {names[key]: value for key, value in parameters.items()}
        scores = [
            int(exact_match_hf_evaluate([answer] * len(targets), targets, **arguments)["exact_match"] > 0)
            for answer, targets in rows
        ]
        cases.append({"parameters": parameters, "rows": rows, "scores": scores})
    return cases


def filter_figures():
    """What lm-eval's regex filter takes from an answer; `[invalid]` is nothing."""
    answers = ["#### 42", "so 3, then #### 1,200\n#### 7", "no number", "The answer is (B). No, the answer is (C).", ""]
    cases = []
    for regex, select in ((r"#### (-?[0-9.,]+)", 0), (r"#### (-?[0-9.,]+)", -1), (r"\(([A-D])\)|([0-9]+)$", 0), (r"[0-9]+", -1)):
        found = RegexFilter(regex_pattern=regex, group_select=select).apply([[a] for a in answers], [{}] * len(answers))
        extract = {"regex": regex, "select": "first" if select == 0 else "last"}
        cases.append({"extract": extract, "answers": answers, "found": [one[0] for one in found]})
    return cases


def retrieval_figures(rng):
    ids = [f"d{number}" for number in range(30)]
    rows = []
    for _ in range(25):
        relevant = {str(one): int(rng.integers(1, 4)) for one in rng.choice(ids, rng.integers(1, 6), replace=False)}
        returned = [str(one) for one in rng.choice(ids, 12, replace=False)]
        rows.append({"returned": returned, "relevant": relevant})
    measures = {"ndcg_cut.5,10", "recall.1,5,10", "P.5,10", "recip_rank", "map_cut.10"}
    qrels = {str(i): row["relevant"] for i, row in enumerate(rows)}
    runs = {str(i): {one: 100.0 - rank for rank, one in enumerate(row["returned"])} for i, row in enumerate(rows)}
    results = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(runs).values()
    names = {
        "retrieval.ndcg@10": "ndcg_cut_10", "retrieval.ndcg@5": "ndcg_cut_5", "retrieval.recall@1": "recall_1",
        "retrieval.recall@5": "recall_5", "retrieval.recall@10": "recall_10", "retrieval.precision@5": "P_5",
        "retrieval.precision@10": "P_10", "retrieval.mrr": "recip_rank", "retrieval.map@10": "map_cut_10",
    }  # fmt: skip
    figures = {ours: float(np.mean([result[theirs] for result in results])) for ours, theirs in names.items()}
    return {"rows": rows, "figures": figures}


def main():
    rng = np.random.default_rng(7)
    groups = {
        "texts": [{"target": target, "answer": answer} for target, answer in TEXTS],
        "textFigures": text_figures(),
        "classes": [class_figures(rng)],
        "calibration": [calibration_figures(rng)],
        "choices": choice_figures(),
        "matches": match_figures(),
        "filters": filter_figures(),
        "retrieval": [retrieval_figures(rng)],
    }
    write_golden("metrics.json", "make_metrics.py", PACKAGES, groups)


main()
