"""Model cards made here, as the Hugging Face Hub's own client reads them.

    pip install huggingface_hub==2.4.0
    node test/golden/tools/print-model-cards.ts | python test/golden/tools/make_model_card.py

Writes test/golden/model-card.json.
"""

import json
import sys
import tempfile
from pathlib import Path

from huggingface_hub import ModelCard, metadata_load

from provenance import write_golden


def read(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "card.md"
        path.write_bytes(text.encode("utf-8"))
        results = ModelCard.load(path).data.eval_results
        return {"text": text, "metadata": metadata_load(path), "results": [vars(result) for result in results]}


write_golden("model-card.json", "make_model_card.py", ["huggingface_hub"], {"cases": [read(text) for text in json.load(sys.stdin)]})
