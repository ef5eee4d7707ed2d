"""Shared by the generators: writes a golden file with the packages it came from, one case a line."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent


def write_golden(name, script, packages, groups):
    """`groups` maps a group's name to its list of cases."""
    head = {
        "script": f"test/golden/tools/{script}",
        "python": platform.python_version(),
        "packages": {package: version(package) for package in packages},
    }
    parts = [json.dumps(head)[1:-1]]
    for group, cases in groups.items():
        lines = ",\n    ".join(json.dumps(case) for case in cases)
        parts.append(f"{json.dumps(group)}: [\n    {lines}\n  ]")
    text = "{\n  " + ",\n  ".join(parts) + "\n}\n"
    json.loads(text)
    (GOLDEN / name).write_text(text, encoding="utf-8")
