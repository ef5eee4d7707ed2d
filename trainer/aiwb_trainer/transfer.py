"""Getting and putting files by addresses: signed ones of a storage, or `file:` ones of a shared folder. The standard library alone."""

from __future__ import annotations

import http.client
import io
import os
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any, TypeVar

from .errors import TrainerError, one_line
from .fields import Fields, parse_json

T = TypeVar("T")
TIMEOUT_SECONDS = 60
RETRIED = (408, 425, 429, 500, 502, 503, 504)
WAITS = (1, 2, 4, 8, 16, 32, 60, 60, 60, 60)


@dataclass(frozen=True)
class Address:
    url: str
    headers: dict[str, str]

    def __repr__(self) -> str:
        """Without what signs it."""
        return urllib.parse.urlsplit(self.url)._replace(query="", fragment="").geturl()


@dataclass(frozen=True)
class Sync:
    """`AIWB_SYNC`: where the job is, and where what it makes goes."""

    bundle: Address
    state: Address
    put_events: Address
    put_answers: Address
    put_state: Address
    put_model: Address
    put_log: Address


def read_sync(text: str) -> Sync:
    fields = Fields(parse_json(text, "AIWB_SYNC", "job-invalid"), "AIWB_SYNC")
    put = fields.inner("put")
    sync = Sync(
        bundle=_read_address(fields.inner("bundle")),
        state=_read_address(fields.inner("state")),
        put_events=_read_address(put.inner("events")),
        put_answers=_read_address(put.inner("answers")),
        put_state=_read_address(put.inner("state")),
        put_model=_read_address(put.inner("model")),
        put_log=_read_address(put.inner("log")),
    )
    put.end()
    fields.end()
    return sync


def _read_address(fields: Fields) -> Address:
    url = fields.text("url")
    headers = fields.strings("headers")
    fields.end()
    if urllib.parse.urlsplit(url).scheme not in ("https", "http", "file"):
        raise TrainerError("job-invalid", f"{fields.place}: the address is neither https, http nor file.")
    return Address(url, headers)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def fetch(address: Address, target: Path, optional: bool = False, pause: Callable[[float], None] = time.sleep) -> bool:
    """Writes what lies at an address into a file; False where nothing is there and `optional`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if _is_file(address):
        source = _path_of(address)
        if not source.exists() and optional:
            return False
        try:
            shutil.copyfile(source, target)
        except OSError as error:
            raise TrainerError("storage-failed", f"{source} cannot be read: {error}.") from error
        return True

    def attempt() -> bool:
        request = urllib.request.Request(address.url, headers=address.headers, method="GET")
        try:
            with _opener.open(request, timeout=TIMEOUT_SECONDS) as response, target.open("wb") as file:
                shutil.copyfileobj(response, file, 2**20)
                length = response.headers.get("Content-Length")
                if length is not None and int(length) != file.tell():
                    raise http.client.IncompleteRead(b"")
        except urllib.error.HTTPError as error:
            # Storages answer 403 for what is not there to whoever may not list.
            if optional and error.code in (403, 404):
                return False
            raise
        return True

    return _retry(attempt, f"get {address!r}", pause)


def put(address: Address, source: Path | bytes, patient: bool = True, pause: Callable[[float], None] = time.sleep) -> None:
    """Stores a file or bytes whole. `patient` keeps trying for minutes; else the caller comes again anyway."""
    if _is_file(address):
        _put_file(_path_of(address), source)
        return
    headers = {"Content-Type": "application/octet-stream", **address.headers}

    def attempt() -> None:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        with _Body(source) as body:
            request = urllib.request.Request(address.url, data=body, headers={**headers, "Content-Length": str(size)}, method="PUT")
            with _opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                response.read()

    _retry(attempt, f"put {address!r}", pause, WAITS if patient else WAITS[:2])


class _Body:
    """The bytes to send, as something that can be read from."""

    def __init__(self, source: Path | bytes) -> None:
        self._source = source

    def __enter__(self) -> Any:
        self._file: IO[bytes] = io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source.open("rb")
        return self._file

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _retry(attempt: Callable[[], T], what: str, pause: Callable[[float], None], waits: tuple[int, ...] = WAITS) -> T:
    for wait in (*waits, None):
        try:
            return attempt()
        except urllib.error.HTTPError as error:
            words = f"HTTP {error.code} {one_line(_read_words(error), 200)}".strip()
            if error.code not in RETRIED or wait is None:
                raise TrainerError("storage-failed", f"Could not {what}: {words}", _remedy(error.code)) from error
        except (OSError, http.client.HTTPException) as error:
            if wait is None:
                raise TrainerError("storage-failed", f"Could not {what}: {one_line(str(error), 200)}") from error
        pause(wait)
    raise AssertionError("unreachable")


def _read_words(error: urllib.error.HTTPError) -> str:
    try:
        return error.read(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return ""


def _remedy(code: int) -> str | None:
    if code in (401, 403):
        return "The signed addresses have expired, or the clock of the machine is wrong. Resume the run for new ones."
    if 300 <= code < 400:
        return "The storage redirects, which is not followed: correct its region or address."
    return None


def _is_file(address: Address) -> bool:
    return urllib.parse.urlsplit(address.url).scheme == "file"


def _path_of(address: Address) -> Path:
    return Path(urllib.request.url2pathname(urllib.parse.urlsplit(address.url).path))


def _put_file(target: Path, source: Path | bytes) -> None:
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, bytes):
            partial.write_bytes(source)
        else:
            shutil.copyfile(source, partial)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(partial, target)
    except OSError as error:
        raise TrainerError("storage-failed", f"{target} cannot be written: {error}.") from error
