"""Parquet files as pyarrow writes them, and their rows as pyarrow reads them back.

    pip install pyarrow==26.0.1
    python test/golden/tools/make_parquet.py

Writes test/fixtures/data/*.parquet and test/golden/parquet.json. Whole numbers beyond 2^53 and decimals are given as text, times as ISO 8601
with as many of three, six or nine digits as are needed, bytes as {"hex": ...}.
"""

import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from provenance import write_golden

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "data"
UTC = datetime.timezone.utc


def plain(value):
    if isinstance(value, bool) or value is None or isinstance(value, (str, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, datetime.datetime):
        text = value.strftime("%Y-%m-%dT%H:%M:%S") + fraction(value.microsecond)
        return text + ("Z" if value.tzinfo is not None else "")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M:%S") + fraction(value.microsecond)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    raise TypeError(type(value))


def fraction(micros):
    if micros == 0:
        return ""
    digits = f"{micros:06d}"
    return "." + (digits[:3] if digits.endswith("000") else digits)


def types():
    at = datetime.datetime(2026, 2, 3, 4, 5, 6)
    return pa.table({
        "int8": pa.array([1, -128, None], pa.int8()),
        "uint8": pa.array([255, 0, None], pa.uint8()),
        "int32": pa.array([2147483647, -2147483648, 0], pa.int32()),
        "uint32": pa.array([4294967295, 0, None], pa.uint32()),
        "int64": pa.array([9007199254740991, -9223372036854775808, None], pa.int64()),
        "uint64": pa.array([18446744073709551615, 0, 7], pa.uint64()),
        "half": pa.array([0.5, -2.0, None], pa.float16()),
        "float": pa.array([0.25, -1.5, None], pa.float32()),
        "double": pa.array([0.1, 1e300, None], pa.float64()),
        "flag": pa.array([True, False, None], pa.bool_()),
        "text": pa.array(["Grüße 😀", "", None]),
        "large": pa.array(["a", None, "b\nc"], pa.large_string()),
        "category": pa.array(["x", "y", "x"]).dictionary_encode(),
        "money": pa.array([Decimal("12.50"), Decimal("-0.07"), None], pa.decimal128(9, 2)),
        "wide": pa.array([Decimal("12345678901234567890.123456789"), Decimal("-1.000000000"), None], pa.decimal128(38, 9)),
        "mid": pa.array([Decimal("1234567890.1234"), Decimal("-1.5000"), None], pa.decimal128(18, 4)),
        "day": pa.array([datetime.date(1969, 12, 31), datetime.date(2026, 2, 3), None]),
        "time": pa.array([datetime.time(1, 2, 3, 4000), datetime.time(23, 59, 59), None], pa.time64("us")),
        "milli": pa.array([at, datetime.datetime(1969, 12, 31, 23, 59, 59, 500000), None], pa.timestamp("ms")),
        "micro": pa.array([at.replace(microsecond=123456), at, None], pa.timestamp("us", "UTC")),
        "nano": pa.array([at.replace(microsecond=5), at, None], pa.timestamp("ns")),
        "bytes": pa.array([b"\x00\xff", b"", None]),
        "fixed": pa.array([b"abcd", b"efgh", None], pa.binary(4)),
    })


def nested():
    point = pa.struct([("x", pa.int32()), ("name", pa.string())])
    return pa.table({
        "point": pa.array([{"x": 1, "name": "a"}, {"x": None, "name": "b"}, None], point),
        "list": pa.array([["a", "b"], [], None], pa.list_(pa.string())),
        "holes": pa.array([["a", None], None, ["c"]], pa.list_(pa.string())),
        "points": pa.array([[{"x": 1, "name": "a"}, {"x": 2, "name": None}], [], None], pa.list_(point)),
        "matrix": pa.array([[[1, 2], []], [[3]], None], pa.list_(pa.list_(pa.int64()))),
        "map": pa.array([[("k", 1), ("l", 2)], [], None], pa.map_(pa.string(), pa.int64())),
        "deep": pa.array([{"answers": {"text": ["x", "y"]}}, {"answers": {"text": []}}, {"answers": None}],
                         pa.struct([("answers", pa.struct([("text", pa.list_(pa.string()))]))])),
        "price": pa.array([{"sum": Decimal("1.20")}, None, {"sum": None}], pa.struct([("sum", pa.decimal128(20, 2))])),
    })


def many(rows):
    return pa.table({
        "id": list(range(rows)),
        "label": [["red", "green", "blue"][i % 3] for i in range(rows)],
        "text": [None if i % 7 == 3 else f"row {i} " + "word " * (i % 5) for i in range(rows)],
        "tags": [[f"t{j}" for j in range(i % 4)] for i in range(rows)],
    })


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    files = {
        "types": (types(), {"compression": "snappy"}),
        "types-v2": (types(), {"compression": "zstd", "data_page_version": "2.0", "use_dictionary": False}),
        "int96": (types().select(["text", "nano"]), {"use_deprecated_int96_timestamps": True}),
        "nested": (nested(), {"compression": "zstd"}),
        "nested-v2": (nested(), {"compression": "gzip", "data_page_version": "2.0"}),
        "delta": (many(60), {"compression": "none", "use_dictionary": False, "column_encoding": {
            "id": "DELTA_BINARY_PACKED", "label": "DELTA_BYTE_ARRAY", "text": "DELTA_LENGTH_BYTE_ARRAY", "tags.list.element": "PLAIN"}}),
    }
    for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
        files[f"many-{codec}"] = (many(120), {"compression": codec, "row_group_size": 50, "data_page_size": 256, "write_batch_size": 8})
    cases = []
    for name, (table, options) in files.items():
        path = FIXTURES / f"{name}.parquet"
        pq.write_table(table, path, **options)
        # Through nanoseconds, which Python's datetime does not have, only what ends in whole microseconds is read back.
        rows = [plain(row) for row in pq.read_table(path).cast(widened(pq.read_table(path).schema)).to_pylist(maps_as_pydicts="strict")]
        cases.append({"file": f"{name}.parquet", "rows": rows})
    write_golden("parquet.json", "make_parquet.py", ["pyarrow"], {"files": cases})


def widened(schema):
    fields = [pa.field(f.name, pa.timestamp("us", f.type.tz)) if pa.types.is_timestamp(f.type) else f for f in schema]
    return pa.schema(fields)


main()
