"""A small dataset as the `datasets` library lays it out on disk, and its rows as that library reads them back.

    pip install datasets==5.2.0 pyarrow==26.0.1 pillow==13.0.0
    python test/golden/tools/make_huggingface.py

Writes test/fixtures/data/huggingface/ and test/golden/huggingface.json, where classes are given by their names and images by their bytes' SHA-256.
"""

import datetime
import hashlib
import io
import shutil
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from datasets import ClassLabel, Dataset, DatasetDict, Features, Image, List, Value, load_dataset
from PIL import Image as Picture

from provenance import write_golden

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "data" / "huggingface"
FEATURES = Features({
    "text": Value("string"), "label": ClassLabel(names=["negative", "positive"]), "tags": List(ClassLabel(names=["a", "b", "c"])),
    "meta": {"stars": Value("int64"), "mood": ClassLabel(names=["calm", "loud"])}, "picture": Image(),
})


def png(shade):
    file = io.BytesIO()
    Picture.new("RGB", (2, 2), (shade, shade, shade)).save(file, "PNG")
    return file.getvalue()


def split(count, first):
    numbers = range(first, first + count)
    return Dataset.from_dict({
        "text": [f"text {i}" for i in numbers], "label": [-1 if i == 2 else i % 2 for i in numbers], "tags": [[j % 3 for j in range(i % 3)] for i in numbers],
        "meta": [{"stars": i, "mood": (i + 1) % 2} for i in numbers], "picture": [{"bytes": png(i * 10), "path": None} for i in numbers],
    }, features=FEATURES)


def named(row):
    name = lambda feature, value: None if value in (None, -1) else feature.int2str(value)
    return {
        "text": row["text"], "label": name(FEATURES["label"], row["label"]), "tags": [name(FEATURES["tags"].feature, tag) for tag in row["tags"]],
        "meta": {"stars": row["meta"]["stars"], "mood": name(FEATURES["meta"]["mood"], row["meta"]["mood"])},
        "picture": hashlib.sha256(row["picture"]["bytes"]).hexdigest(),
    }


def saved_types():
    """Types beyond those of the dataset above: as JSON would hold them."""
    at = datetime.datetime(2026, 2, 3, 4, 5, 6, 123456)
    table = pa.table({
        "int8": pa.array([1, -128, None], pa.int8()), "uint64": pa.array([18446744073709551615, 0, 7], pa.uint64()), "int64": pa.array([-9223372036854775808, None, 3]),
        "half": pa.array([0.5, -2.0, None], pa.float16()), "float": pa.array([0.25, None, -1.5], pa.float32()), "flag": pa.array([True, None, False]),
        "large": pa.array(["ä", None, ""], pa.large_string()), "bytes": pa.array([b"\x00\xff", b"", None]), "fixed": pa.array([b"ab", b"cd", None], pa.binary(2)),
        "money": pa.array([Decimal("12.50"), Decimal("-0.07"), None], pa.decimal128(20, 2)), "day": pa.array([datetime.date(1969, 12, 31), None, at.date()]),
        "time": pa.array([at.time(), None, datetime.time(1)], pa.time64("us")), "micro": pa.array([at, None, at], pa.timestamp("us", "UTC")), "second": pa.array([at, None, at], pa.timestamp("s")),
        "none": pa.nulls(3), "list": pa.array([["a", None], [], None], pa.list_(pa.string())), "large_list": pa.array([[1], None, []], pa.large_list(pa.int32())),
        "pair": pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int16(), 2)), "struct": pa.array([{"a": 1, "b": {"c": "x"}}, None, {"a": None, "b": None}]),
        "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    })
    with pa.OSFile(str(FOLDER / "types.arrow"), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    data = DatasetDict({"train": split(5, 0), "test": split(3, 5)})
    for name, part in data.items():
        for shard in range(2):
            path = FOLDER / "shards" / "data" / f"{name}-{shard:05d}-of-00002.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            part.shard(num_shards=2, index=shard, contiguous=True).to_parquet(path)
    plain = data.remove_columns(["picture", "meta"])
    card = FOLDER / "card"
    for config, rows in {"en": 2, "de": 1}.items():
        (card / config).mkdir(parents=True, exist_ok=True)
        plain["test"].select(range(rows)).to_json(card / config / "questions.jsonl", force_ascii=False)
    (card / "README.md").write_text("""---
configs:
- config_name: en
  default: true
  data_files:
  - split: test
    path: en/*.jsonl
- config_name: de
  data_files:
  - split: test
    path: "de/*.jsonl"
dataset_info:
- config_name: en
  features: &features
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': negative
          '1': positive
  - name: tags
    list:
      class_label:
        names:
          '0': a
          '1': b
          '2': c
- config_name: de
  features: *features
---
# A card
""", encoding="utf-8")
    data.save_to_disk(FOLDER / "saved")
    saved_types()
    back = load_dataset(str(FOLDER / "shards")).cast_column("picture", Image(decode=False))
    groups = {name: [named(row) for row in back[name]] for name in ["train", "test"]}
    cards = [{"config": config, "rows": [row["text"] for row in load_dataset(str(card), config)["test"]]} for config in ["en", "de"]]
    write_golden("huggingface.json", "make_huggingface.py", ["datasets", "pyarrow"], {**groups, "cards": cards})


main()
