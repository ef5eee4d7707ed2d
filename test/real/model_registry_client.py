"""Asks a Kubeflow Model Registry through its official Python client: read, mark or write; prints JSON."""

import json
import sys

from model_registry import ModelRegistry

port, action, name, *rest = sys.argv[1:]
registry = ModelRegistry("http://127.0.0.1", int(port), author="Grace", is_secure=False)

if action == "read":
    model = registry.get_registered_model(name)
    version = registry.get_model_version(name, rest[0])
    artifact = registry.get_model_artifact(name, rest[0])
    print(
        json.dumps(
            {
                "owner": model.owner,
                "author": version.author,
                "state": version.state.value,
                "uri": artifact.uri,
                "format": artifact.model_format_name,
                "status": version.custom_properties["aiw.status"],
                "figure": version.custom_properties["aiw.baseline.ttft_p90"],
            }
        )
    )
elif action == "mark":
    version = registry.get_model_version(name, rest[0])
    version.custom_properties[rest[1]] = True
    registry.update(version)
    print("{}")
else:
    registry.register_model(
        name,
        "s3://theirs/model.onnx",
        model_format_name="onnx",
        model_format_version="1",
        version="v 1.0",
        version_description="Made by Python",
        metadata={"accuracy": 0.5, "rows": 7, "good": True},
    )
    print("{}")
