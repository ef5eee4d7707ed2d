"""The texts that the other generators of text metrics score.

    python test/golden/tools/make_text_pairs.py
"""

from provenance import write_golden
from text_pairs import list_pairs

write_golden("text-pairs.json", "make_text_pairs.py", [], {"pairs": list_pairs()})
