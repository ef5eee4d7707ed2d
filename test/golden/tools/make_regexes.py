"""Python's `re.findall` on patterns of benchmarks and on corner cases, and lm-evaluation-harness's regex filter.

    pip install --no-deps lm-eval==0.4.12
    python test/golden/tools/make_regexes.py
"""

import re

from lm_eval.filters.extraction import RegexFilter

from provenance import write_golden

PATTERNS = [
    r"#### (\-?[0-9\.\,]+)", r"(-?[$0-9.,]{2,})|(-?[0-9]+)", r"(?<=the answer is )(.*)(?=.)", r"(?i)the answer is \(?([A-J])\)?", r"answer is \(?([ABCDEFGHIJ])\)?",
    r"\(([A-D])\)", r"(?:^|\n)([^\n:]+):\s*(\d+)?", r"\d+", r"\w+", r"[\w']+", r"\s+", r"\b\w", r"\B.", r"^.", r"(?m)^.", r"(?m).$", r".$", r"\Aa", r"x*", r"a*?", r"|a",
    r"(a|ab)(c|bcd)(d*)", r"(a*)*", r"(a*)+b", r"(a|b)*?c", r"(?:a{2,3}){2}", r"a{,2}", r"a{2}", r"{x}", r"a{x}", r"(\w)\1", r"(?P<first>\w)(?P=first)", r"(?i)(\w)\1",
    r"(?i)[a-c]+", r"(?i)É+", r"[^a-z\s]+", r"[]a]+", r"[^]a]+", r"[a-]+", r"[\]\-\\]+", r"[\d\s]+", r"[^\W\d_]+", r"\D+", r"\S+", r"(?s)a.b", r"a.b", r"(?=a)\w+", r"(?!a)\w+",
    r"(?<!a)b", r"(?<=\d)[a-z]", r"(?<=(?:ab|cd))e", r"(?<=^)a", r"(?i:A)b", r"(?s-i:.)x", r"\u00e9|\x41|\t", r"(?#note)a", r"\$\d+(?:\.\d\d)?", r"(\d+)(?:st|nd|rd|th)",
    r"\*\*(.+?)\*\*", r"\\boxed\{([^}]*)\}", r"(?:,?\d+)*", r"(a?)(b?)(c?)", r"(?:(a)|b)*", r"((a)|b)+", r"(?=(a+))a*b\1", r"(?=(\w))\w\1", r"😀+", r"[😀-😂]", r".",
    r"(?<=a+)b", r"(a", r"a)", r"[b-a]", r"[a", r"*a", r"\y", r"(?P<1>a)", r"a{3,2}", r"\1(a)", r"a**", r"(?P<n>a)(?P<n>b)", "a\\",
]
# What Python refuses, we must refuse too.
TEXTS = [
    "", "a", "aaa", "aaab", "aabbcc", "abcd abcdd", "The answer is (B). So the answer is C.", "the answer is 42.\nOr is it?", "#### 1,234.50\n#### -7", "cost: $1,200.50 or $3",
    "name: 5\nother: x\n", "  spaced\tout \n", "é É \u0663\u0664 ½ x_1", "ÉÉé ß ſ K", "**bold** and **more**", "\\boxed{12} \\boxed{}", "1st 22nd 3rd 4th", "a\nb\nc\n", "axb a\nb", "]a-\\b^",
    "😀😀a😂 b", "abab cdcd aba", "it's don't", "{x} a{x}", "AbaB abE cde", "a" * 9 + "c",
]


def findall(pattern):
    compiled = re.compile(pattern)
    return [[[match.start(), match.end(), *[part for span in match.regs[1:] for part in span]] for match in compiled.finditer(text)] for text in TEXTS]


def main():
    patterns = []
    refused = []
    for pattern in PATTERNS:
        try:
            patterns.append({"pattern": pattern, "matches": findall(pattern)})
        except re.error:
            refused.append(pattern)
    filters = []
    for pattern in [row["pattern"] for row in patterns]:
        for select in (0, -1):
            found = RegexFilter(regex_pattern=pattern, group_select=select).apply([TEXTS], [{}])
            filters.append({"pattern": pattern, "select": select, "found": list(found)[0]})
    ignored = [{"pattern": pattern, "left": [re.sub(pattern, "", text) for text in TEXTS]} for pattern in [row["pattern"] for row in patterns]]
    write_golden("regexes.json", "make_regexes.py", ["lm-eval"], {"texts": TEXTS, "patterns": patterns, "refused": refused, "filters": filters, "ignored": ignored})


main()
