"""
`remote`: the trainer on a machine that only has addresses. This process moves files and never loads a model; the training itself is a
child, so that even one that the system kills for its memory is told of.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, BinaryIO

from .archive import Packed, pack, unpack_stream
from .errors import MEMORY_REMEDY, TrainerError, explain, one_line
from .files import link_or_copy, remove
from .parts import Archive, Stopped, fetch_index, put_archive
from .sync import Sync, read_sync
from .transfer import Source, put

LOG_BYTES = 256 * 1024
BEAT_SECONDS = 10.0
EVENTS_SECONDS = 2.0
LOG_SECONDS = 15.0


def run_remote(output: BinaryIO) -> int:
    # No library and no child gets to see the addresses.
    text = os.environ.pop("AIWB_SYNC", "")
    if not text:
        print("AIWB_SYNC is not set: it says where the job is.", file=sys.stderr)
        return 2
    try:
        sync = read_sync(text)
    except TrainerError as error:
        print(error.message, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="aiwb-") as folder:
        return Remote(sync, Path(folder), output).run()


class Feed:
    """The lines that the workbench sees: the trainer's, heartbeats while it is busy elsewhere, and the last one when all is stored."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._lock = threading.Lock()
        self._data = bytearray()
        self._at = time.monotonic()
        self.last: bytes | None = None
        """The result or failure, held back."""
        self.version = 0

    def add(self, line: bytes) -> None:
        if _event_of(line) in ("result", "failure"):
            self.last = line
            return
        self._append(line)

    def beat(self) -> None:
        if time.monotonic() - self._at >= BEAT_SECONDS:
            self._append(_line("heartbeat"))

    def release(self) -> None:
        if self.last is not None:
            self._append(self.last)
            self.last = None

    def read(self) -> tuple[int, bytes]:
        with self._lock:
            return self.version, bytes(self._data)

    def _append(self, line: bytes) -> None:
        with self._lock:
            self._data += line
            self._at = time.monotonic()
            self.version += 1
            with contextlib.suppress(OSError):
                self._output.write(line)
                self._output.flush()


class Remote:
    def __init__(self, sync: Sync, folder: Path, output: BinaryIO) -> None:
        self.sync = sync
        self.job = folder / "job"
        self.out = folder / "out"
        self.scratch = folder / "scratch"
        self.feed = Feed(output)
        self.log = Tail(LOG_BYTES)
        self.child: subprocess.Popen[bytes] | None = None
        self._trained = threading.Event()
        self._ended = threading.Event()
        self._failure: TrainerError | None = None
        self._is_cancelled = False
        self._events_sent = 0
        self._answers_sent: object = None
        self._state_sent: object = None
        self._state_slot = 0

    def run(self) -> int:
        self.scratch.mkdir()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self._stop_child())
        telling = threading.Thread(target=self._keep_telling, daemon=True)
        states = threading.Thread(target=self._keep_states, daemon=True)
        telling.start()
        try:
            self._prepare()
            states.start()
            status = self._train()
            self._trained.set()
            states.join()
            self._store(status)
        except Exception as error:
            self._fail(explain(error))
            status = 1
        finally:
            self._trained.set()
            self._ended.set()
            for thread in (states, telling):
                if thread.ident is not None:
                    thread.join()
        return self._tell_end(status)

    def _prepare(self) -> None:
        with Source(self.sync.bundle) as bundle:
            unpack_stream(bundle, "The job", self.job)
        try:
            index = fetch_index(self.sync.state)
            if index is None:
                return
            # What is saved is left alone until something newer is whole.
            self._state_slot = 1 - index.slot
            unpack_stream(Archive(self.sync.state, index), "The saved state", self.out)
        except TrainerError as error:
            if error.code != "job-invalid":
                raise
            self.log.note(f"The saved state cannot be used, so that the training begins anew: {error.message}")
            remove(self.out)

    def _train(self) -> int:
        if self._is_cancelled:
            raise TrainerError("cancelled", "The job was cancelled before its training began.", "Resume the run to go on.")
        package = Path(__file__).resolve().parent.parent
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(package), os.environ.get("PYTHONPATH"))))}
        command = [sys.executable, "-m", "aiwb_trainer", "train", "--job", str(self.job), "--out", str(self.out), "--watch-stdin"]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        assert self.child.stdout is not None and self.child.stderr is not None
        printed = threading.Thread(target=self.log.follow, args=(self.child.stderr,), daemon=True)
        printed.start()
        for line in self.child.stdout:
            self.feed.add(line)
        status = self.child.wait()
        printed.join(5)
        return status

    def _stop_child(self) -> None:
        self._is_cancelled = True
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()

    # Beside the training.

    def _keep_telling(self) -> None:
        """Events, heartbeats and what is printed, until everything is stored."""
        told_log = 0.0
        while not self._ended.wait(EVENTS_SECONDS):
            self.feed.beat()
            try:
                self._send_events()
                if time.monotonic() - told_log >= LOG_SECONDS:
                    put(self.sync.put_log, self.log.read(), patient=False)
                    told_log = time.monotonic()
            except TrainerError as error:
                self._give_up(error)
                if self._failure is not None:
                    return

    def _keep_states(self) -> None:
        while not self._trained.wait(EVENTS_SECONDS):
            try:
                self._send_state()
            except TrainerError as error:
                self._give_up(error)

    def _give_up(self, error: TrainerError) -> None:
        """A storage that is down may come back; one that refuses will not, and training on would be for nothing."""
        self.log.note(error.message)
        if error.remedy is not None:
            self._failure = error
            self._stop_child()
            self._trained.set()

    def _send_events(self) -> None:
        version, data = self.feed.read()
        if version == self._events_sent:
            return
        # Events name files of answers, which must be there before.
        self._send_answers()
        put(self.sync.put_events, data, patient=False)
        self._events_sent = version

    def _send_answers(self) -> None:
        files = sorted(file for file in (self.out / "answers").glob("*.jsonl"))
        marks = [(file.name, file.stat().st_mtime_ns) for file in files]
        if not files or marks == self._answers_sent:
            return
        archive = self.scratch / "answers.tar"
        pack(archive, self.out, files)
        put(self.sync.put_answers, archive, patient=False)
        self._answers_sent = marks

    def _send_state(self) -> None:
        snapshot = self._snapshot()
        if snapshot is None:
            return
        try:
            packed = Packed(snapshot, sorted(file for file in snapshot.rglob("*") if file.is_file()))
            put_archive(self.sync.put_state, self._state_slot, packed, self.sync.part_size, self._has_result)
            self._state_slot = 1 - self._state_slot
        except Stopped:
            pass
        except TrainerError:
            self._state_sent = None
            raise
        finally:
            remove(snapshot)

    def _has_result(self) -> bool:
        """A saved state is of no use then."""
        return self.feed.last is not None and _event_of(self.feed.last) == "result"

    def _snapshot(self) -> Path | None:
        """The newest state as second names of its files, so that the training may go on and remove them; none where it is sent already."""
        file = self.out / "state" / "progress.json"
        for _ in range(10):
            try:
                written = file.read_bytes()
            except FileNotFoundError:
                return None
            if written == self._state_sent:
                return None
            progress = json.loads(written)
            snapshot = self.scratch / "snapshot"
            remove(snapshot)
            try:
                self._link(snapshot, progress)
                if file.read_bytes() == written:
                    (snapshot / "state" / "progress.json").write_bytes(written)
                    self._state_sent = written
                    return snapshot
            except FileNotFoundError:
                pass
        return None

    def _link(self, snapshot: Path, progress: dict[str, object]) -> None:
        names = [f"state/step-{progress['step']:09d}"] if progress["step"] else []
        kept = progress["kept"]
        names += [f"checkpoints/step-{step}" for step in kept] if isinstance(kept, list) else []
        for name in [*names, "answers"]:
            for file in (self.out / name).rglob("*"):
                if file.is_file() and not file.name.endswith(".part"):
                    link_or_copy(file, snapshot / file.relative_to(self.out))
        usage = self.out / "state" / "usage.json"
        (snapshot / "state").mkdir(parents=True, exist_ok=True)
        if usage.is_file():
            (snapshot / "state" / "usage.json").write_bytes(usage.read_bytes())
        size = progress["events"]
        assert isinstance(size, int)
        (snapshot / "events.jsonl").write_bytes((self.out / "events.jsonl").read_bytes()[:size])

    # After the training.

    def _store(self, status: int) -> None:
        if self._failure is not None:
            raise self._failure
        last = self.feed.last
        if last is not None and self._has_result():
            self._send_model(json.loads(last))
            return
        if last is not None:
            self._send_state()
            return
        ending = _ending_of(status, self.log.last_line())
        try:
            self._send_state()
        except TrainerError as error:
            self.log.note(error.message)
        raise ending

    def _send_model(self, result: dict[str, list[dict[str, str]]]) -> None:
        files = [file for checkpoint in result["checkpoints"] for file in sorted((self.out / checkpoint["folder"]).rglob("*"))]
        packed = Packed(self.out, [file for file in files if file.is_file()])
        put_archive(self.sync.put_model, 0, packed, self.sync.part_size)

    def _fail(self, error: TrainerError) -> None:
        self.log.note(error.message)
        remedy = {} if error.remedy is None else {"remedy": error.remedy}
        self.feed.last = _line("failure", code=error.code, message=error.message, **remedy)

    def _tell_end(self, status: int) -> int:
        """Everything is stored: now the last line may be."""
        try:
            self._send_answers()
            put(self.sync.put_log, self.log.read())
            self.feed.release()
            put(self.sync.put_events, self.feed.read()[1])
        except TrainerError as error:
            print(error.message, file=sys.stderr)
            return 1
        return status if status in (0, 130) else 1


class Tail:
    """The end of what was printed, which is printed here as well."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._data = bytearray()
        self._lock = threading.Lock()

    def follow(self, source: IO[bytes]) -> None:
        for line in source:
            self._add(line)

    def note(self, text: str) -> None:
        self._add(f"{one_line(text)}\n".encode())

    def _add(self, line: bytes) -> None:
        with self._lock:
            self._data += line
            del self._data[: -self._size]
        sys.stderr.buffer.write(line)
        sys.stderr.flush()

    def read(self) -> bytes:
        with self._lock:
            return bytes(self._data)

    def last_line(self) -> str:
        lines = self.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


def _ending_of(status: int, last: str) -> TrainerError:
    """Why a training ended that could not say so itself."""
    if status == -signal.SIGKILL or status == 137:
        return TrainerError("out-of-memory", "The system ended the training, as it does when the memory does not suffice.", MEMORY_REMEDY)
    words = f": {one_line(last, 300)}" if last else "."
    return TrainerError("unexpected", f"The training ended with status {status} and said no more{words}")


def _event_of(line: bytes) -> str | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    event = value.get("event") if isinstance(value, dict) else None
    return event if isinstance(event, str) else None


def _line(event: str, **fields: object) -> bytes:
    return f"{json.dumps({'event': event, 'at': int(time.time() * 1000), **fields}, ensure_ascii=False)}\n".encode()
