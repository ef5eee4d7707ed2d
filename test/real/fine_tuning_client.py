"""
Drives the local fine-tuning service with OpenAI's own client, which checks every answer against its types:
`python fine_tuning_client.py BASE_URL KEY [REQUESTS]`. REQUESTS is a file of job requests that the workbench sent, a JSON object a line, each
held against the client's type of such requests.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from openai import BadRequestError, NotFoundError, OpenAI
from openai.types.fine_tuning import FineTuningJob, job_create_params
from pydantic import ConfigDict, TypeAdapter, with_config


def rows(count: int) -> bytes:
    lines = [
        json.dumps({"messages": [{"role": "user", "content": f"question {at}"}, {"role": "assistant", "content": f"answer {at}"}]})
        for at in range(count)
    ]
    return ("\n".join(lines) + "\n").encode()


def run_job(client: OpenAI, count: int) -> FineTuningJob:
    train = client.files.create(file=("train.jsonl", rows(count)), purpose="fine-tune")
    validation = client.files.create(file=("validation.jsonl", rows(2)), purpose="fine-tune")
    assert client.files.retrieve(train.id).filename == "train.jsonl"
    created = client.fine_tuning.jobs.create(
        model="gpt-4o-mini-2024-07-18",
        training_file=train.id,
        validation_file=validation.id,
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}},
        metadata={"aiwb": "aiwb-test"},
        suffix="check",
        seed=7,
    )
    while True:
        job = client.fine_tuning.jobs.retrieve(created.id)
        if job.status in ("succeeded", "failed", "cancelled"):
            return job


def check_service(client: OpenAI) -> None:
    job = run_job(client, 12)
    assert job.status == "succeeded" and job.fine_tuned_model, job
    assert job.metadata == {"aiwb": "aiwb-test"} and job.trained_tokens
    events = list(client.fine_tuning.jobs.list_events(job.id, limit=3))
    assert len(events) > 6 and any(event.type == "metrics" for event in events)
    assert len({event.id for event in events}) == len(events)
    checkpoints = list(client.fine_tuning.jobs.checkpoints.list(job.id))
    assert checkpoints and checkpoints[0].metrics.full_valid_loss is not None
    table = base64.b64decode(client.files.content(job.result_files[0]).read()).decode()
    assert table.startswith("step,train_loss"), table[:80]
    assert [one.id for one in client.fine_tuning.jobs.list()] == [job.id]
    answer = client.chat.completions.create(
        model=job.fine_tuned_model, messages=[{"role": "user", "content": "question 3"}]
    )
    assert answer.choices[0].message.content == "answer 3"
    assert client.models.retrieve(job.fine_tuned_model).id == job.fine_tuned_model
    for file in list(client.files.list(purpose="fine-tune")):
        assert client.files.delete(file.id).deleted
    failed = run_job(client, 3)
    assert failed.status == "failed" and failed.error and "at least 10" in failed.error.message
    for wrong, expected in (
        (lambda: client.fine_tuning.jobs.create(model="nobody", training_file="file-x"), BadRequestError),
        (lambda: client.fine_tuning.jobs.create(model="gpt-4o-mini-2024-07-18", training_file="x", extra_body={"colour": 1}), BadRequestError),
        (lambda: client.files.create(file=("train.jsonl", b"{}\n"), purpose="fine-tune"), BadRequestError),
        (lambda: client.fine_tuning.jobs.retrieve("ftjob-gone"), NotFoundError),
        (lambda: client.fine_tuning.jobs.cancel(job.id), BadRequestError),
    ):
        try:
            wrong()
        except expected:
            continue
        raise AssertionError("A wrong request was taken.")


def check_requests(file: Path) -> None:
    strict = with_config(ConfigDict(extra="forbid"))(job_create_params.JobCreateParams)
    adapter = TypeAdapter(strict)
    for line in file.read_text().splitlines():
        adapter.validate_json(line)


def main() -> None:
    client = OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0, _strict_response_validation=True)
    check_service(client)
    if len(sys.argv) > 3:
        check_requests(Path(sys.argv[3]))
    print("ok")


if __name__ == "__main__":
    main()
