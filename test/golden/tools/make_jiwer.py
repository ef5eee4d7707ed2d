"""Word and character errors of the texts in text-pairs.json, and of long generated ones, by jiwer.

    pip install jiwer==4.0.0 rapidfuzz==3.14.6
    python test/golden/tools/make_jiwer.py
"""

import jiwer

from provenance import write_golden
from text_pairs import list_pairs

# Long pairs are given by the numbers that make them: seed, words in the reference, words in all, share of edits in percent.
LONG = [(1, 100, 20, 30), (2, 400, 50, 20), (3, 2100, 40, 60), (4, 2300, 300, 30), (5, 3000, 7, 90), (6, 5000, 1000, 10), (7, 2500, 2, 50), (8, 2100, 5000, 100)]


def draw_long(seed, length, vocabulary, edits):
    state = seed

    def draw(below):
        nonlocal state
        state = (state * 1103515245 + 12345) % 2147483648
        return (state >> 8) % below

    reference = [draw(vocabulary) for _ in range(length)]
    hypothesis = []
    for word in reference:
        roll = draw(300)
        if roll < edits:
            hypothesis.append(draw(vocabulary))
        elif roll < 2 * edits:
            hypothesis.extend([word, draw(vocabulary)])
        elif roll >= 3 * edits:
            hypothesis.append(word)
    return " ".join(f"w{word}" for word in reference), " ".join(f"w{word}" for word in hypothesis)


def count(output):
    return [output.substitutions, output.deletions, output.insertions, output.hits]


def measure(reference, hypothesis):
    words, characters = jiwer.process_words(reference, hypothesis), jiwer.process_characters(reference, hypothesis)
    spans = [[chunk.type, chunk.ref_start_idx, chunk.ref_end_idx, chunk.hyp_start_idx, chunk.hyp_end_idx] for chunk in words.alignments[0]]
    return {"words": count(words), "wer": float(words.wer), "characters": count(characters), "cer": float(characters.cer), "spans": spans}


def main():
    pairs = [(references[0], hypothesis) for hypothesis, references in list_pairs()]
    references, hypotheses = [list(texts) for texts in zip(*pairs)]
    corpus = {"wer": jiwer.wer(references, hypotheses), "cer": jiwer.cer(references, hypotheses)}
    long = [{"draw": draw, "words": count(jiwer.process_words(*draw_long(*draw)))} for draw in LONG]
    long += [{"draw": draw, "characters": count(jiwer.process_characters(*draw_long(*draw)))} for draw in LONG[:3]]
    groups = {"pairs": [measure(*pair) for pair in pairs], "corpus": [corpus], "long": long}
    write_golden("jiwer.json", "make_jiwer.py", ["jiwer", "rapidfuzz"], groups)


main()
