"""`AIWB_SYNC`: where the job is, and where what it makes goes."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass

from .errors import TrainerError
from .fields import Fields, parse_json
from .parts import PartSize, Place, Slot
from .transfer import Address


@dataclass(frozen=True)
class Sync:
    bundle: Address
    state: Place
    put_events: Address
    put_answers: Address
    put_state: Place
    put_model: Place
    put_log: Address
    part_size: PartSize


def read_sync(text: str) -> Sync:
    fields = Fields(parse_json(text, "AIWB_SYNC", "job-invalid"), "AIWB_SYNC")
    put = fields.inner("put")
    size = fields.inner("partBytes")
    sync = Sync(
        bundle=_read_address(fields.inner("bundle")),
        state=_read_place(fields.inner("state"), 2),
        put_events=_read_address(put.inner("events")),
        put_answers=_read_address(put.inner("answers")),
        put_state=_read_place(put.inner("state"), 2),
        put_model=_read_place(put.inner("model"), 1),
        put_log=_read_address(put.inner("log")),
        part_size=PartSize(size.whole("usual", 1), size.whole("most", 1)),
    )
    size.end()
    put.end()
    fields.end()
    return sync


def _read_address(fields: Fields) -> Address:
    address = Address(_read_url(fields), fields.strings("headers"))
    fields.end()
    return address


def _read_place(fields: Fields, slots: int) -> Place:
    place = Place(_read_address(fields.inner("index")), tuple(_read_slot(item) for item in fields.items("slots")))
    if len(place.slots) != slots:
        raise fields.wrong("slots", f"are not {slots}")
    fields.end()
    return place


def _read_slot(fields: Fields) -> Slot:
    url = _read_url(fields)
    signatures = fields.texts("signatures") if fields.has("signatures") else ()
    slot = Slot(url, fields.strings("headers"), fields.whole("count", 1), signatures)
    if "{part}" not in url or (signatures and len(signatures) != slot.count):
        raise fields.wrong("url", "does not give each part an address")
    fields.end()
    return slot


def _read_url(fields: Fields) -> str:
    url = fields.text("url")
    if urllib.parse.urlsplit(url).scheme not in ("https", "http", "file"):
        raise TrainerError("job-invalid", f"{fields.place}: the address is neither https, http nor file.")
    return url
