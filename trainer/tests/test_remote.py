"""A trainer on another machine: everything goes through addresses, in an order that a reader can rely on."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiwb_trainer.archive import pack, unpack
from aiwb_trainer.errors import TrainerError
from aiwb_trainer.sync import read_sync
from aiwb_trainer.transfer import Address, fetch_bytes, put

from .conftest import Make, of, train
from .test_resume import essence

FILES = {"events": "events.jsonl", "answers": "answers.tar", "log": "log.txt"}
STATE = ("state-a.tar", "state-b.tar")
CUT = -1
"""Among faults: the connection breaks in the middle of a body."""


class Store(http.server.ThreadingHTTPServer):
    """Keeps what is put, and fails as it is told: the first requests for a path get these statuses."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.order: list[str] = []
        self.faults: dict[str, list[int]] = {}
        self.told: list[bytes] = []
        self.requests: Counter[str] = Counter()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{name}?signature=secret"

    def archive(self, index: str, slots: tuple[str, ...]) -> bytes:
        """What an index names, each part held against its digest."""
        read = json.loads(self.objects[index])
        parts = [self.objects[f"{slots[read['slot']]}.{number:04}"] for number in range(1, len(read["parts"]) + 1)]
        assert [(part["bytes"], part["digest"]) for part in read["parts"]] == [(len(it), hashlib.sha256(it).hexdigest()) for it in parts]
        return b"".join(parts)


class Handler(http.server.BaseHTTPRequestHandler):
    server: Store

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        pass

    def _fault(self, name: str) -> bool:
        self.server.requests[f"{self.command} {name}"] += 1
        waiting = self.server.faults.get(f"{self.command} {name}", [])
        if not waiting:
            return False
        status = waiting.pop(0)
        if status == CUT:
            self._cut(name)
            return True
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url("elsewhere"))
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def _cut(self, name: str) -> None:
        if self.command == "GET":
            data = self.server.objects[name]
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("ETag", '"1"')
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
        else:
            self.rfile.read(int(self.headers["Content-Length"]) // 2)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def do_GET(self) -> None:
        name = self.path[1:].partition("?")[0]
        if self._fault(name):
            return
        data = self.server.objects.get(name)
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        if start > 0:
            assert self.headers["If-Match"] == '"1"'
            self.server.requests[f"GET {name} from {start}"] += 1
        self.send_response(404 if data is None else 206 if start > 0 else 200)
        self.send_header("Content-Length", str(len(data or b"") - start))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write((data or b"")[start:])

    def do_PUT(self) -> None:
        name = self.path[1:].partition("?")[0]
        if (self.server.faults.get(f"PUT {name}") or [0])[0] in (CUT, 403) and self._fault(name):
            # Storages refuse a signature before they have read the body, and close.
            self.close_connection = True
            return
        size = int(self.headers["Content-Length"])
        data = self.rfile.read(size)
        if len(data) < size or self._fault(name):
            return
        assert self.headers["x-test"] == "1"
        self.server.objects[name] = data
        self.server.order.append(name)
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if name == "events.jsonl":
            assert data.endswith(b"\n")
            self.server.told.append(data)
            last = json.loads(data.splitlines()[-1])
            if last["event"] == "result":
                # What it names is there.
                assert "model.json" in self.server.objects
                assert "answers.tar" in self.server.objects


@pytest.fixture
def store() -> Iterator[Store]:
    server = Store()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def sync_of(url: Any) -> str:
    """In parts of 64 KiB, and fewer of them where that does not suffice."""

    def address(name: str, **headers: str) -> dict[str, Any]:
        return {"url": url(name), "headers": headers}

    def place(index: str, slots: tuple[str, ...], **headers: str) -> dict[str, Any]:
        parts = [{"url": url(f"{slot}.0000").replace("0000", "{part}"), "headers": headers, "count": 64} for slot in slots]
        return {"index": address(index, **headers), "slots": parts}

    return json.dumps(
        {
            "bundle": address("bundle.tar"),
            "state": place("state.json", STATE),
            "put": {
                **{name: address(file, **{"x-test": "1"}) for name, file in FILES.items()},
                "state": place("state.json", STATE, **{"x-test": "1"}),
                "model": place("model.json", ("model.tar",), **{"x-test": "1"}),
            },
            "partBytes": {"usual": 2**16, "most": 2**24},
        }
    )


def start(sync: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "aiwb_trainer", "remote"],
        env={**os.environ, "AIWB_SYNC": sync, "OMP_NUM_THREADS": "1"},
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def bundle(job: Path, place: Path) -> bytes:
    pack(place, job, sorted(path for path in job.rglob("*") if path.is_file()))
    return place.read_bytes()


def test_a_job_comes_and_goes_by_addresses_through_faults(make: Make, store: Store, tmp_path: Path) -> None:
    job = make(hyperparameters={"maxSteps": 20})
    _, expected, _ = train(job)
    store.objects["bundle.tar"] = bundle(job, tmp_path / "bundle.tar")
    store.faults = {
        "GET bundle.tar": [503, CUT],
        "PUT model.tar.0001": [500, CUT, 429],
        "PUT events.jsonl": [503],
        "PUT answers.tar": [502],
    }
    process = start(sync_of(store.url))
    printed, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    events = [json.loads(line) for line in store.objects["events.jsonl"].splitlines()]
    assert essence(events) == essence(expected)
    assert printed == store.objects["events.jsonl"]
    # Whoever reads on from where he was never misses or rereads a byte.
    assert all(later.startswith(earlier) for earlier, later in zip(store.told, store.told[1:], strict=False))
    assert store.order[-1] == "events.jsonl"
    (tmp_path / "model.tar").write_bytes(store.archive("model.json", ("model.tar",)))
    (tmp_path / "answers.tar").write_bytes(store.objects["answers.tar"])
    assert "model.tar.0002" in store.objects
    assert [name for name in store.requests if name.startswith("GET bundle.tar from")]
    unpack(tmp_path / "model.tar", tmp_path / "made")
    unpack(tmp_path / "answers.tar", tmp_path / "made")
    for file in events[-1]["checkpoints"][0]["files"]:
        assert (tmp_path / "made" / events[-1]["checkpoints"][0]["folder"] / file["path"]).stat().st_size == file["bytes"]
    for event in of(events, "measurement"):
        assert (tmp_path / "made" / event["answers"]).is_file()
    if "state.json" in store.objects:
        # Where the last was given up, for there is a result, the one before is whole.
        with tarfile.open(fileobj=io.BytesIO(store.archive("state.json", STATE))) as saved:
            assert "state/progress.json" in saved.getnames()
    assert b"secret" not in errors + store.objects["log.txt"] + store.objects["events.jsonl"]


def test_a_preempted_machine_leaves_a_state_that_the_next_one_goes_on_from(make: Make, tmp_path: Path) -> None:
    job = make(hyperparameters={"maxSteps": 300, "epochs": 100}, evaluation={"everySteps": 20})
    shared = tmp_path / "shared folder"
    shared.mkdir()
    bundle(job, shared / "bundle.tar")

    def url(name: str) -> str:
        return (shared / name).as_uri()

    first = start(sync_of(url))
    assert first.stdout is not None
    steps = [event["step"] for event in map(json.loads, first.stdout) if event["event"] == "checkpoint" and not stop(first, event)]
    assert first.wait() == 130
    assert steps
    ended = [json.loads(line) for line in (shared / "events.jsonl").read_text().splitlines()]
    assert ended[-1]["code"] == "cancelled"
    second = start(sync_of(url))
    second.communicate()
    assert second.returncode == 0
    events = [json.loads(line) for line in (shared / "events.jsonl").read_text().splitlines()]
    training = of(events, "phase")
    assert any(event.get("resumedStep", 0) >= 20 for event in training)
    assert events[-1]["event"] == "result"
    _, expected, _ = train(job)
    assert essence(events) == essence(expected)
    assert not [path.name for path in shared.iterdir() if path.name.endswith(".part")]


def stop(process: subprocess.Popen[bytes], event: dict[str, Any]) -> bool:
    if event["step"] >= 20:
        process.send_signal(signal.SIGTERM)
    return False


def test_a_bundle_that_is_none_is_told_in_the_events(store: Store) -> None:
    store.objects["bundle.tar"] = b"no archive"
    process = start(sync_of(store.url))
    process.communicate()
    assert process.returncode == 1
    last = json.loads(store.objects["events.jsonl"].splitlines()[-1])
    assert (last["event"], last["code"]) == ("failure", "job-invalid")


def test_expired_addresses_end_the_training(make: Make, store: Store, tmp_path: Path) -> None:
    job = make(hyperparameters={"maxSteps": 5000, "epochs": 2000}, evaluation={"everySteps": 1000})
    store.objects["bundle.tar"] = bundle(job, tmp_path / "bundle.tar")
    store.faults = {"PUT events.jsonl": [403] * 1000}
    process = start(sync_of(store.url))
    _, errors = process.communicate()
    assert process.returncode == 1
    assert b"HTTP 403" in errors
    assert b"secret" not in errors
    assert "model.json" not in store.objects


def test_redirects_are_not_followed_with_what_was_signed(store: Store, tmp_path: Path) -> None:
    store.faults = {"PUT a": [302]}
    with pytest.raises(TrainerError, match="HTTP 302"):
        put(Address(store.url("a"), {"x-test": "1"}), b"x", pause=lambda _: None)
    assert store.requests == {"PUT a": 1}


def test_what_is_not_there_is_no_state_and_what_stays_away_is_told(store: Store, tmp_path: Path) -> None:
    store.faults = {"GET a": [404, 403, *[503] * 20]}
    address = Address(store.url("a"), {})
    assert fetch_bytes(address) is None
    assert fetch_bytes(address) is None
    waited: list[float] = []
    with pytest.raises(TrainerError) as caught:
        fetch_bytes(address, pause=waited.append)
    assert caught.value.code == "storage-failed"
    assert waited[:4] == [1, 2, 4, 8]
    assert "secret" not in caught.value.message


def test_other_schemes_are_refused() -> None:
    with pytest.raises(TrainerError, match="neither https"):
        read_sync(sync_of(lambda name: f"ftp://somewhere/{name}"))
