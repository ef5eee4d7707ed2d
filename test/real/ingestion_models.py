"""Writes small models with the libraries that people use, and one that is signed, into the folder named first.

What ingestion should make of each stands in expected.json.
"""

import json
import pathlib
import pickle
import sys

import gguf
import h5py
import joblib
import model_signing
import numpy as np
import onnx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

root = pathlib.Path(sys.argv[1])
CARD = "---\nlicense: apache-2.0\n---\n# Intended use\n# Limitations\n# Training data\n# Evaluation\n"
expected = {}


def model(name, verdict, **more):
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "README.md").write_text(CARD)
    expected[name] = {"verdict": verdict, **more}
    return folder


save_file(
    {"a": np.zeros((3, 5), dtype=np.float16), "b": np.ones(4, dtype=np.int64), "none": np.zeros((0, 2), dtype=np.float32)},
    model("safetensors", "clean") / "model.safetensors", metadata={"format": "pt"},
)

folder = model("gguf", "clean")
writer = gguf.GGUFWriter(folder / "model.gguf", "llama")
writer.add_block_count(1)
writer.add_tokenizer_model("gpt2")
writer.add_token_list(["a", "b", "ü"])
writer.add_chat_template("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}")
writer.add_tensor("a", np.zeros((4, 32), dtype=np.float32))
writer.add_tensor("b", np.ones(7, dtype=np.float16))
quantised = gguf.quants.quantize(np.ones((2, 64), dtype=np.float32), gguf.GGMLQuantizationType.Q8_0)
writer.add_tensor("c", quantised, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

weights = onnx.numpy_helper.from_array(np.ones((2, 2), dtype=np.float32), "w")
value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [2, 2])
result = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [2, 2])
graph = onnx.helper.make_graph([onnx.helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [value], [result], [weights])
onnx.save(onnx.helper.make_model(graph), model("onnx", "clean") / "model.onnx")
outside = onnx.helper.make_model(graph)
tensor = outside.graph.initializer[0]
onnx.external_data_helper.set_external_data(tensor, "../../../../etc/passwd")
(model("onnx-outside", "unsafe", rule="onnx-outside") / "model.onnx").write_bytes(outside.SerializeToString())

with h5py.File(model("keras-h5", "clean") / "model.h5", "w") as file:
    file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense"}]}})
    file.create_dataset("w", data=np.zeros(3))
with h5py.File(model("keras-h5-lambda", "unsafe", rule="keras-code-layer") / "model.h5", "w") as file:
    file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda"}]}})

classifier = LogisticRegression().fit(np.array([[0.0], [1.0], [2.0], [3.0]]), [0, 0, 1, 1])
# Classes of sklearn are not known to be harmless.
joblib.dump(classifier, model("sklearn-joblib", "warnings", rule="pickle-import-unknown") / "model.joblib")
joblib.dump(classifier, model("sklearn-zlib", "warnings", rule="pickle-import-unknown") / "model.joblib", compress=3)
(model("sklearn-pickle", "warnings", rule="pickle-import-unknown") / "model.pkl").write_bytes(pickle.dumps(classifier))
np.savez_compressed(model("numpy", "clean") / "weights.npz", a=np.zeros((100, 100)), b=np.arange(5))

folder = model("signed", "clean", signature="verified")
save_file({"a": np.zeros(3, dtype=np.float32)}, folder / "model.safetensors")
key = ec.generate_private_key(ec.SECP256R1())
(root / "key.pem").write_bytes(
    key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
)
(root / "key.pub").write_bytes(
    key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
)
signature = folder / "model.sig"
model_signing.signing.Config().use_elliptic_key_signer(private_key=root / "key.pem").set_hashing_config(
    model_signing.hashing.Config().set_ignored_paths(paths=[signature])
).sign(folder, signature)

(root / "expected.json").write_text(json.dumps(expected))
