"""Tricky English and other texts, normalised by Whisper's normalisers.

    pip install --no-deps openai-whisper==20250625 && pip install more-itertools==11.2.1 regex==2026.11.19
    python test/golden/tools/make_whisper.py

Only the normalisers are loaded: the package's own entry wants PyTorch.
"""

import random
import sys
import types
from importlib.util import find_spec

package = types.ModuleType("whisper")
package.__path__ = list(find_spec("whisper").submodule_search_locations)
sys.modules["whisper"] = package

from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer

from provenance import write_golden
from text_pairs import list_pairs

TEXTS = """
Let's go to the theatre, it's Mr. Smith's favourite.|I won't, can't, ain't and shouldn't've|y'all gonna wanna gotta imma i'ma woulda coulda shoulda ma'am
Dr. Jones and Prof. X met Capt. Kirk, Gov. Lee, Ald. Vimes, Gen. Lee, Sen. Cruz, Rep. Y|Pres. Rev. Hon. Asst. Assoc. Lt. Col. Jr. Sr. Esq. St. Mrs. mister
he'd been, she's been, he'd gone, she's gone, he'd done, she's got it|they're he's he'd he'll we've I'm isn't|she 's here and he 'd go|  'quoted'  text '
hmm uh um mm mhm mmm well|uhm umm hum umbrella|[noise] hello (laughs) <unk> world|() (a) ((b) c) [x>y <z]w|unclosed [bracket (paren <angle|a ] b ) c > d
twenty-five|one hundred and twenty three|two thousand and twenty four|nineteen eighty four|twenty twenty|one oh one|double oh seven|triple nine|double trouble
five million two hundred thousand|a million dollars|two point five million dollars|three and a half million|five and a half|cake and a half|and a half|it is and a half
twenty dollars and fifty cents|$20 million|$1,234.56|$2 and 7 cents|two dollars and seven cents|€5.5 and £3|five pounds|ten euros|fifty cents|$0.50|$0.05 only|¢7
50 percent|fifty percent|fifty per cent|per cent|per diem|five per day|10%|% of|a % b|100 %|percent|one percent of one's|the ones|ones and twos|one|1|1s and 1
first second third fourth fifth sixth twelfth twentieth twenty first thirty-second|hundredth thousandth|two hundredth|two thirds|sixes sevens|the nineties|1960s 1960 s 274th 274 th 32 nd 3 rd
zero|oh|o|zero point five|point five|point|point hundred|three point one four one five|3 point 14|3.14|3.|.5|1.2.3.4|one point two point three|ten point|point of view|10 point font
minus five|negative ten|plus|plus one|positively|minus|minus the|+5|-5|five plus five|minus twenty point five percent|positive
and|five and|and five|hundred and|hundred and five|one hundred and|a hundred and ten thousand|thousand thousand|million million|two hundred hundred|two point five hundred|2.5 thousand|2.55 hundred|2.555 hundred
one two three four|eleven twelve|twenty eleven|twenty one eleven|thirty forty|five fifty|five hundred fifty|fifty five fifty five|nine one one|ninety nine point nine|one thousand one|one thousand eleven
one decillion|nine hundred ninety nine octillion|seven billionths|millions of dollars|hundreds|two hundreds|three millions|0 million|zero million|zero hundred|zero thousands|1.5 millionths|1.55 hundredths
123abc abc123 a1b2|b2b 4x4 3d|1,234,567.89|12,34|1,2,3|1 000|10-20|10/20|12:30 p.m.|U.S.A. e.g. i.e.|a.b.c|end.|...|www.example.com|5'10"|#1 @home & co|2 + 2 = 4
café naïve Zürich Ærø œuvre Straße þorn Łódź ðe Đ|ｆｕｌｌ ｗｉｄｔｈ １２３|٣ apples|٣٫٥ and ٣.٥|½ cup ² x₂|№ 5 ™ ©|ﬁne|Ⅷ|①|𝟙𝟚|हिन्दी में|你好，世界|こんにちは。ガギグ|안녕하세요 세계|😀 emoji 👩‍👩‍👧
colour favourite organise organisation centre theatre travelling labour grey aluminium analyse jewellery cheque programme|COLOUR Colour's colours'|flyer / flier
two dollars|dollars|cents|the cent|five dollar bill|five dollars ten|$5 dollars|five and five cents|$5 and ¢5|€10 and 5 cents|£3 ¢25|$3 and ¢125|five six dollars|dollar five
twenty one|twenty-first century|one hundred first|one hundred eleventh|one hundred and eleventh|one hundred twentieth|five twentieth|1 first|1.5 first|two three third|twenty o five|seven oh five|oh oh seven|o o
double five five|double|triple|triple a|triple oh|five double six|double ten|double twenty|double 5|nineteen double oh|double and|per|per 5|five per|five per cents|percent percent
one hundred percent|one percent|five percents|point 5|point.5|point o five|point oh|two point oh|two point twenty|two point twenty five|two point eleven|two point hundred|point five million|.5 million|3.5.5 million
five hundred dollars and one cent|a dollar and a cent|one dollar and ninety nine cents|$1.99 and 1 cent|20 dollars and 5 cents|negative five dollars|minus $5|plus twenty|i am number one|number 1|1st 1s 11 1.1
""".strip()
SPACES = ["", "   ", "a\tb\n c\r\nd", "\u00a0nbsp\u2003em", "\x1cfs\x85nel", "\ufeffbom", "tab\there 's", "new\nline 's", "line.\n", "um\n 5 %\n", "x" * 300 + " five"]


def draw(rng):
    words = (
        "zero oh one two three five ten eleven nineteen twenty fifty ninety hundred thousand million first second third fifth twentieth hundredth thousandths ones twenties "
        "and point double triple minus plus percent per cent dollars cents pounds a half the 5 10 2.5 3.0 100 1,000 $5 €2.50 10% 1st 20th 1960s 007 .5 5. it's colour um mr."
    ).split()
    return " ".join(rng.choice(words) for _ in range(rng.randrange(1, 9)))


def main():
    rng = random.Random(11)
    texts = [text for line in TEXTS.split("\n") for text in line.split("|")]
    texts += SPACES + [draw(rng) for _ in range(400)] + [hypothesis for hypothesis, _ in list_pairs()]
    english, basic = EnglishTextNormalizer(), BasicTextNormalizer()
    bare, split = BasicTextNormalizer(remove_diacritics=True), BasicTextNormalizer(split_letters=True)
    cases = []
    for text in texts:
        try:
            cases.append([text, english(text), basic(text), bare(text), split(text)])
        except (TypeError, AssertionError) as error:
            print("Whisper itself fails on", repr(text), repr(error))
    write_golden("whisper.json", "make_whisper.py", ["openai-whisper", "more-itertools", "regex"], {"cases": cases})


main()
