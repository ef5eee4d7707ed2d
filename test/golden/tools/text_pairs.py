"""Answers with their references for the text metrics: hand-written traps, then random sentences and their edits. Written by make_text_pairs.py."""

import random

HAND = [
    ("The cat sat on the mat, didn't it?", ["The cat is sitting on the mat, isn't it?"]),
    ("It costs $1,234.56 (approx.)", ["It costs $1,234.56, approx."]),
    ("", [""]), ("", ["something"]), ("something", [""]), ("   ", ["  \t "]), ("\n", ["a b\n"]), ("a", ["a"]), ("a b", ["a b"]), ("a b c", ["a b c"]),
    ("a b c d", ["a b c d"]), ("the the the the the the the", ["the cat is on the mat", "there is a cat on the mat"]),
    ("!!!", ["..."]), ("...", ["..."]), (". , - .", [".,-."]), ("a..b", ["a.b"]), (".5 and 5. and 3,000.50", ["0.5 and 5 and 3000.5"]),
    ("1-2 -3 4- a-b -", ["1 - 2 - 3 4 a-b"]), ("x-\ny", ["xy"]), ("line one\nline two\nline three", ["line one\nline 2\nline three\n"]),
    ("&lt;b&gt; &amp;amp; &quot;q&quot; <skipped>", ["<b> & \"q\""]), ("&amp;lt;", ["<"]), ("tab\tseparated  words", ["tab separated words"]),
    ("nbsp\u00a0here\u2003em\u3000wide", ["nbsp here em wide"]), ("\x1cfile\x1dsep\x85next", ["file sep next"]), ("\ufeffbom word", ["bom word"]),
    ("你好,世界。我们去北京2024年吧!", ["你好,世界!我们 2024 年去北京。"]), ("今天天气很好", ["今天 天气 很 好", "天气今天好"]), ("東京タワーへ行きました。", ["東京タワーに行った。"]),
    ("ひらがな", ["ひらがな です"]), ("カタカナ・テスト(全角)", ["カタカナ テスト (全角)"]), ("안녕하세요 세계", ["안녕 세계"]), ("ㄅㄆㄇ 㐀㐁 豈 ﷼", ["ㄅㄆ 㐀 豈"]),
    ("😀 hi 👩‍👩‍👧 there 🇫🇷", ["😀 hello 👩‍👩‍👧 🇫🇷 there"]), ("😀", ["😀"]), ("😀😃😄", ["😃😄😀"]), ("𝒳𝒴 𝟙𝟚", ["XY 12"]), ("e\u0301te\u0301", ["été"]),
    ("ÉCOLE Straße İstanbul ΟΔΟΣ", ["école strasse istanbul οδος"]), ("“Quoted” — ‘text’ … €5", ["\"Quoted\" - 'text' ... 5 €"]), ("price: €1.234,50%", ["price €1,234.50 %"]),
    ("John's dogs' toys 's", ["John s dogs toys"]), ("it's", ["it's"]), ("(hi) (a) [b] 'c' \"d\"", ["hi a b c d"]), ("a) b( !c d! ?", ["a b c d"]),
    ("running runs ran easily fairly", ["run running runner easy fair"]), ("The generalizations were nationally organized.", ["A generalization was organised by nations."]),
    ("skies dying lying news innings howe proceed", ["sky die lie new inning how proceeding"]), ("A a THE the An", ["the a an"]), ("Theatre another banana", ["the a an"]),
    ("d e a b c f", ["a b c d e f"]), ("c b a", ["a b c"]), ("a b c d e f g h i j k l", ["g h i j k l a b c d e f"]), ("x a b c y", ["a b c x y", "y a b c x", ""]),
    ("one two three four five", ["five four three two one", "one two three four five six", "one two"]), ("b a b a b a", ["a b a b a b"]), ("same", ["same", "same"]),
    ("a b c d e", ["a b c", "a b c d e f g"]), ("\u2028line\u2029para", ["line para"]), ("x" * 300, ["x" * 290 + "y" * 20]), ("no match here", ["völlig anders gesagt"]),
    ("½ ² Ⅷ ٣", ["1/2 2 8 3"]), ("_under_score __init__", ["under score init"]), ("a\\b/c|d~e^f`g{h}", ["a b c d e f g h"]), ("http://example.org/a?b=1&c=2", ["https://example.org/a?b=1"]),
]

ENGLISH = (
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were her all she there would "
    "their we him been has when who will more no if out so said what up its about into than them can only other new some could time these two may then do "
    "first any my now such like our over man me even most made after also did many before must through back years where much your way well down should "
    "because each just those people too little state good very make world still own see men work long get here between both life being under never day "
    "covenants nationalization hopefulness operators relational conditional electrical adjustable triplicate formalize probate controlling hopping falling"
).split()
CHINESE = "我们今天去北京看一个很大的城市他说这是最好时间天气不错学习中国人民银行"
MARKS = [",", ".", "!", "?", ";", ":", "-", "'s", "(", ")", "\"", "%", "…", "—", "。", "、"]


def sentence(rng, length):
    words = []
    for _ in range(length):
        roll = rng.random()
        if roll < 0.8:
            word = rng.choice(ENGLISH)
            words.append(word.capitalize() if rng.random() < 0.1 else word)
        elif roll < 0.86:
            words.append(str(rng.randrange(10 ** rng.randrange(1, 6))))
        elif roll < 0.9:
            words.append(f"{rng.randrange(1, 99)},{rng.randrange(100, 999)}.{rng.randrange(10, 99)}")
        elif roll < 0.95:
            words.append("".join(rng.choice(CHINESE) for _ in range(rng.randrange(1, 5))))
        else:
            words.append(rng.choice(["😀", "🇩🇪", "naïve", "e\u0301", "ÄRGER", "co-op", "$5", "C++"]))
        if rng.random() < 0.15:
            words[-1] += rng.choice(MARKS)
    return words


def mutate(rng, words, rate):
    result = []
    for word in words:
        roll = rng.random()
        if roll < rate / 4:
            continue
        if roll < rate / 2:
            result.append(rng.choice(ENGLISH))
        elif roll < rate * 0.65 and len(word) > 1:
            cut = rng.randrange(len(word))
            result.append(word[:cut] + word[cut + 1 :])
        else:
            result.append(word)
        if rng.random() < rate / 5:
            result.append(rng.choice(ENGLISH))
    if rng.random() < rate and len(result) > 6:
        start, end = sorted(rng.sample(range(len(result)), 2))
        block, rest = result[start:end][:5], result[:start] + result[start + len(result[start:end][:5]) :]
        at = rng.randrange(len(rest) + 1)
        result = rest[:at] + block + rest[at:]
    return result


def join(rng, words):
    text = ""
    for word in words:
        roll = rng.random()
        text += word + ("\n" if roll < 0.04 else "  " if roll < 0.06 else " ")
    return text if rng.random() < 0.2 else text.rstrip()


def list_pairs():
    rng = random.Random(20262)
    pairs = [[hypothesis, references] for hypothesis, references in HAND]
    for _ in range(150):
        words = sentence(rng, rng.randrange(1, 30))
        references = [join(rng, mutate(rng, words, rng.choice([0.0, 0.2, 0.5]))) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
        pairs.append([join(rng, mutate(rng, words, rng.choice([0.05, 0.3, 0.8]))), references])
    for length in (120, 300):
        words = sentence(rng, length)
        pairs.append([join(rng, mutate(rng, words, 0.4)), [join(rng, words)]])
    pairs.append([join(rng, sentence(rng, 3)), [join(rng, sentence(rng, 150))]])
    pairs.append([join(rng, sentence(rng, 150)), [join(rng, sentence(rng, 2))]])
    return pairs
