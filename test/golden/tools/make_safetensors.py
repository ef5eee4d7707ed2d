"""A small safetensors file with every element type the workbench uses, by the reference implementation.

    pip install safetensors==0.8.0 numpy==2.4.6
    python test/golden/tools/make_safetensors.py

With the path of a file as its argument it prints what the reference implementation reads there instead.
"""

import base64
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from provenance import write_golden

TENSORS = {
    "weights": np.array([[0.5, -1.25, 3e-8], [2.0, 0.0, -7.75]], dtype=np.float32),
    "bias": np.array([1 / 3, -2.5e100], dtype=np.float64),
    "buckets": np.array([3, 70000, 262143], dtype=np.int32),
    "a-table": np.array([-1, 5], dtype=np.int32),
    "isGram": np.array([0, 1, 1], dtype=np.uint8),
    "nothing": np.zeros((0, 4), dtype=np.float32),
    "scalar": np.array(42.0, dtype=np.float64),
}
METADATA = {"labels": '["größe","b\\n"]'}


def describe(path):
    with safe_open(path, framework="numpy") as file:
        print(file.metadata())
        for name in sorted(file.keys()):
            tensor = file.get_tensor(name)
            print(name, tensor.dtype, list(tensor.shape), float(tensor.sum()))


def main():
    if len(sys.argv) > 1:
        describe(sys.argv[1])
        return
    content = [
        {"name": name, "type": str(tensor.dtype), "shape": list(tensor.shape), "values": tensor.flatten().tolist()}
        for name, tensor in TENSORS.items()
    ]
    encoded = base64.b64encode(save(TENSORS, metadata=METADATA)).decode()
    write_golden("safetensors.json", "make_safetensors.py", ["safetensors", "numpy"], {"files": [{"metadata": METADATA, "tensors": content, "base64": encoded}]})


main()
