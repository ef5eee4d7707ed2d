"""Getting and putting files by addresses: signed ones of a storage, or `file:` ones of a shared folder. The standard library alone."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import shutil
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any, TypeVar

from .errors import TrainerError, one_line

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


class Refusal(TrainerError):
    """A storage has answered no, with this HTTP status; 404 also where a file is missing."""

    status = 404


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str) -> None:
        return None


def _send_and_listen(send: Callable[[], None]) -> None:
    # Who refuses a large body answers before all of it is sent, and closes: the answer is there to be read, and says why.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        send()


class _Connection(http.client.HTTPConnection):
    def request(self, *arguments: Any, **more: Any) -> None:
        _send_and_listen(lambda: super(_Connection, self).request(*arguments, **more))


class _TlsConnection(http.client.HTTPSConnection):
    def request(self, *arguments: Any, **more: Any) -> None:
        _send_and_listen(lambda: super(_TlsConnection, self).request(*arguments, **more))


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_TlsConnection, req, context=_tls)


_tls = ssl.create_default_context()
_opener = urllib.request.build_opener(_NoRedirects, _Http, _Https)


class Source:
    """What lies at an address, as it is read. Where a connection breaks, the next one goes on from there."""

    def __init__(self, address: Address, pause: Callable[[float], None] = time.sleep) -> None:
        self._address = address
        self._pause = pause
        self._response: Any = None
        self._at = 0
        self._length: int | None = None
        self._tag: str | None = None

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        return _retry(lambda: self._attempt(size), f"get {self._address!r}", self._pause)

    def _attempt(self, size: int) -> bytes:
        try:
            if self._response is None:
                self._open()
            data: bytes = self._response.read(size)
            if not data and size > 0 and self._length is not None and self._at < self._length:
                raise http.client.IncompleteRead(b"", self._length - self._at)
        except Exception:
            self._close()
            raise
        self._at += len(data)
        return data

    def _open(self) -> None:
        if _is_file(self._address):
            path = _path_of(self._address)
            try:
                self._response = path.open("rb")
                self._response.seek(self._at)
            except FileNotFoundError as error:
                raise Refusal("storage-failed", f"There is no {path}.") from error
            return
        headers = dict(self._address.headers)
        if self._at > 0:
            headers["Range"] = f"bytes={self._at}-"
            if self._tag is not None:
                headers["If-Match"] = self._tag
        request = urllib.request.Request(self._address.url, headers=headers, method="GET")
        response = _opener.open(request, timeout=TIMEOUT_SECONDS)
        self._response = response
        if self._at == 0:
            length = response.headers.get("Content-Length")
            self._length = None if length is None else int(length)
            self._tag = response.headers.get("ETag")
        elif response.status != 206:
            # It does not know of ranges: what is known already is passed over.
            for _ in _pieces(response, self._at):
                pass

    def _close(self) -> None:
        if self._response is not None:
            self._response.close()
            self._response = None


def _pieces(source: Any, size: int) -> Iterator[bytes]:
    while size > 0:
        data = source.read(min(2**20, size))
        if not data:
            raise http.client.IncompleteRead(b"", size)
        size -= len(data)
        yield data


def fetch_bytes(address: Address, pause: Callable[[float], None] = time.sleep) -> bytes | None:
    """What lies at an address; None where nothing is there. Storages answer 403 for that to whoever may not list."""
    try:
        with Source(address, pause) as source:
            pieces = []
            while data := source.read(2**20):
                pieces.append(data)
            return b"".join(pieces)
    except Refusal as error:
        if error.status in (403, 404):
            return None
        raise


class Stretch:
    """Some bytes that are sent, and their digest once they were. Asked for again, they are read again."""

    def __init__(self, size: int, read: Callable[[], Iterator[bytes]]) -> None:
        self.size = size
        self._read = read
        self.digest = ""

    def pieces(self) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for data in self._read():
            digest.update(data)
            yield data
        self.digest = digest.hexdigest()


def put(address: Address, source: Path | bytes | Stretch, patient: bool = True, pause: Callable[[float], None] = time.sleep) -> None:
    """Stores a file or bytes whole. `patient` keeps trying for minutes; else the caller comes again anyway."""
    if _is_file(address):
        _put_file(_path_of(address), source)
        return
    headers = {"Content-Type": "application/octet-stream", **address.headers}

    def attempt() -> None:
        with contextlib.ExitStack() as stack:
            body: Any
            if isinstance(source, bytes):
                body, size = source, len(source)
            elif isinstance(source, Stretch):
                body, size = source.pieces(), source.size
            else:
                body, size = stack.enter_context(source.open("rb")), source.stat().st_size
            request = urllib.request.Request(address.url, data=body, headers={**headers, "Content-Length": str(size)}, method="PUT")
            with _opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                response.read()

    _retry(attempt, f"put {address!r}", pause, WAITS if patient else WAITS[:2])


def _retry(attempt: Callable[[], T], what: str, pause: Callable[[float], None], waits: tuple[int, ...] = WAITS) -> T:
    for wait in (*waits, None):
        try:
            return attempt()
        except urllib.error.HTTPError as error:
            words = f"HTTP {error.code} {one_line(_read_words(error), 200)}".strip()
            # S3 calls a body that came too slowly a bad request.
            is_passing = error.code in RETRIED or (error.code == 400 and "<Code>RequestTimeout</Code>" in words)
            if not is_passing or wait is None:
                refusal = Refusal("storage-failed", f"Could not {what}: {words}", _remedy(error.code))
                refusal.status = error.code
                raise refusal from error
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


def _put_file(target: Path, source: Path | bytes | Stretch) -> None:
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, bytes):
            partial.write_bytes(source)
        elif isinstance(source, Stretch):
            with partial.open("wb") as written:
                written.writelines(source.pieces())
        else:
            shutil.copyfile(source, partial)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(partial, target)
    except OSError as error:
        raise TrainerError("storage-failed", f"{target} cannot be written: {error}.") from error
