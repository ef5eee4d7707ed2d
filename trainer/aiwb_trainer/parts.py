"""
Large archives in a storage: numbered objects, each small enough for one signed address, and an index that is put last. What the index
names is whole; while the next archive is put, into another slot, it names the one before.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .archive import Packed
from .errors import TrainerError
from .fields import Fields, parse_json
from .transfer import Address, Refusal, Source, Stretch, fetch_bytes, put

Pause = Callable[[float], None]


@dataclass(frozen=True)
class Slot:
    """Places for the parts of one archive. The address has `{part}` where the number stands, and `{signature}` where each has its own."""

    url: str
    headers: dict[str, str]
    count: int
    signatures: tuple[str, ...] = ()

    def part(self, number: int) -> Address:
        """Counted from 1."""
        url = self.url.replace("{part}", f"{number:04}")
        return Address(url.replace("{signature}", self.signatures[number - 1]) if self.signatures else url, self.headers)


@dataclass(frozen=True)
class Place:
    index: Address
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class PartSize:
    """Bytes that a part has, where the archive is no larger than all parts together, and at most."""

    usual: int
    most: int


@dataclass(frozen=True)
class Part:
    size: int
    digest: str


@dataclass(frozen=True)
class Index:
    slot: int
    parts: tuple[Part, ...]


class Stopped(Exception):
    """What is being put is not wanted any more."""


def put_archive(
    place: Place,
    slot: int,
    packed: Packed,
    size: PartSize,
    is_unwanted: Callable[[], bool] = lambda: False,
    pause: Pause = time.sleep,
) -> None:
    """Throws `Stopped`, at any time before the index is put, once it is unwanted."""
    target = place.slots[slot]
    each = max(size.usual, -(-packed.size // target.count))
    if each > size.most:
        raise TrainerError(
            "storage-failed",
            f"What is to be stored has {packed.size / 1e9:.1f} GB; {target.count * size.most / 1e9:.1f} GB find room.",
            "Keep fewer checkpoints (`checkpoints.every`), or train an adapter.",
        )
    parts: list[dict[str, object]] = []
    for start in range(0, packed.size, each):
        end = min(start + each, packed.size)
        stretch = _stretch(packed, start, end, is_unwanted)
        put(target.part(len(parts) + 1), stretch, pause=pause)
        parts.append({"bytes": stretch.size, "digest": stretch.digest})
    if is_unwanted():
        raise Stopped
    put(place.index, json.dumps({"slot": slot, "parts": parts}).encode(), pause=pause)


def _stretch(packed: Packed, start: int, end: int, is_unwanted: Callable[[], bool]) -> Stretch:
    def read() -> Iterator[bytes]:
        for data in packed.read_between(start, end):
            if is_unwanted():
                raise Stopped
            yield data

    return Stretch(end - start, read)


def fetch_index(place: Place, pause: Pause = time.sleep) -> Index | None:
    """None where nothing was put yet."""
    data = fetch_bytes(place.index, pause)
    if data is None:
        return None
    name = "the index of the saved state"
    fields = Fields(parse_json(data.decode("utf-8", "replace"), name, "job-invalid"), name)
    slot = fields.whole("slot", 0)
    parts = []
    for item in fields.items("parts"):
        parts.append(Part(item.whole("bytes", 1), item.text("digest")))
        item.end()
    fields.end()
    if slot >= len(place.slots) or len(parts) > place.slots[slot].count:
        raise TrainerError("job-invalid", f"{name} names parts that have no address.")
    return Index(slot, tuple(parts))


class Archive:
    """The bytes that an index names, one part after the other, each held against its digest: what does not agree is `job-invalid`."""

    def __init__(self, place: Place, index: Index, pause: Pause = time.sleep) -> None:
        self._pieces = self._read(place.slots[index.slot], index.parts, pause)
        self._rest = b""

    def read(self, size: int) -> bytes:
        if not self._rest:
            self._rest = next(self._pieces, b"")
        data, self._rest = self._rest[:size], self._rest[size:]
        return data

    def _read(self, slot: Slot, parts: tuple[Part, ...], pause: Pause) -> Iterator[bytes]:
        for number, part in enumerate(parts, 1):
            digest = hashlib.sha256()
            left = part.size
            try:
                with Source(slot.part(number), pause) as source:
                    while left > 0 and (data := source.read(min(2**20, left))):
                        digest.update(data)
                        left -= len(data)
                        yield data
            except Refusal as error:
                if error.status == 404:
                    raise TrainerError("job-invalid", f"Part {number} is missing.") from error
                raise
            if left > 0 or digest.hexdigest() != part.digest:
                raise TrainerError("job-invalid", f"Part {number} is not what was stored.")
