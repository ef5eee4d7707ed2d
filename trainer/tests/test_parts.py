"""Archives larger than a storage takes at once: in parts, through faults, and never half of one taken for whole."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from aiwb_trainer.archive import Packed, unpack_stream
from aiwb_trainer.errors import TrainerError
from aiwb_trainer.parts import Archive, PartSize, Place, Slot, Stopped, fetch_index, put_archive
from aiwb_trainer.transfer import Address, Refusal

from .test_remote import CUT, STATE, Store, store  # noqa: F401

MEBIBYTE = 2**20
SIZE = PartSize(5 * MEBIBYTE, 8 * MEBIBYTE)


def place_of(server: Store, count: int = 16) -> Place:
    headers = {"x-test": "1"}
    slots = tuple(Slot(server.url(f"{name}.{{part}}"), headers, count) for name in STATE)
    return Place(Address(server.url("state.json"), headers), slots)


def files_in(folder: Path, size: int) -> list[Path]:
    folder.mkdir(parents=True)
    contents = {"a weight.safetensors": os.urandom(size), "empty.json": b"", f"{'n' * 120}.txt": b"long name"}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return sorted(folder.iterdir())


def read_back(place: Place, folder: Path) -> dict[str, bytes]:
    index = fetch_index(place, lambda _: None)
    assert index is not None
    unpack_stream(Archive(place, index, lambda _: None), "it", folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_any_stretch_of_an_archive_is_what_is_in_the_whole_one(tmp_path: Path) -> None:
    files = files_in(tmp_path / "in", 3 * MEBIBYTE + 5)
    packed = Packed(tmp_path / "in", files)
    whole = b"".join(packed.read_between(0, packed.size))
    assert len(whole) == packed.size
    with tarfile.open(fileobj=io.BytesIO(whole), mode="r:") as opened:
        assert sorted(opened.getnames()) == [file.name for file in files]
        for member in opened:
            content = opened.extractfile(member)
            assert content is not None and content.read() == (tmp_path / "in" / member.name).read_bytes()
    for start, end in ((0, 1), (511, 513), (700, 700), (1000, 2 * MEBIBYTE), (packed.size - 1500, packed.size)):
        assert b"".join(packed.read_between(start, end)) == whole[start:end]


def test_thirty_mebibytes_go_in_parts_and_come_back_through_broken_connections(store: Store, tmp_path: Path) -> None:  # noqa: F811
    files = files_in(tmp_path / "in", 30 * MEBIBYTE)
    store.faults = {
        "PUT state-a.tar.0002": [CUT, 503],
        "PUT state.json": [500],
        "GET state-a.tar.0003": [CUT],
        "GET state-a.tar.0005": [503],
    }
    put_archive(place_of(store), 0, Packed(tmp_path / "in", files), SIZE, pause=lambda _: None)
    assert [name for name in store.order if name != "state.json"] == [f"state-a.tar.{number:04}" for number in range(1, 8)]
    assert store.order[-1] == "state.json"
    assert max(map(len, store.objects.values())) == 5 * MEBIBYTE
    assert read_back(place_of(store), tmp_path / "out") == {file.name: file.read_bytes() for file in files}
    assert store.requests[f"GET state-a.tar.0003 from {5 * MEBIBYTE // 2}"] == 1


def test_what_is_larger_than_the_usual_parts_gets_larger_ones_and_too_much_is_told(store: Store, tmp_path: Path) -> None:  # noqa: F811
    packed = Packed(tmp_path / "in", files_in(tmp_path / "in", 30 * MEBIBYTE))
    put_archive(place_of(store, 5), 0, packed, SIZE)
    assert len(store.objects) == 6
    with pytest.raises(TrainerError, match=r"has 0\.0 GB; 0\.0 GB find room") as caught:
        put_archive(place_of(store, 3), 1, packed, SIZE)
    assert caught.value.remedy is not None
    assert "state-b.tar.0001" not in store.objects


def test_an_address_that_expires_midway_ends_it_at_once_and_leaves_what_was_whole(store: Store, tmp_path: Path) -> None:  # noqa: F811
    first = files_in(tmp_path / "first", MEBIBYTE)
    put_archive(place_of(store), 0, Packed(tmp_path / "first", first), SIZE)
    store.faults = {"PUT state-b.tar.0004": [403]}
    second = files_in(tmp_path / "second", 30 * MEBIBYTE)
    waited: list[float] = []
    with pytest.raises(Refusal, match="HTTP 403") as caught:
        put_archive(place_of(store), 1, Packed(tmp_path / "second", second), SIZE, pause=waited.append)
    # Also where the storage closes before it has taken the body: it is no broken connection that is tried again.
    assert waited == []
    assert caught.value.remedy is not None and "expired" in caught.value.remedy
    assert read_back(place_of(store), tmp_path / "out") == {file.name: file.read_bytes() for file in first}


def test_what_is_not_wanted_any_more_ends_between_two_pieces_and_names_nothing(store: Store, tmp_path: Path) -> None:  # noqa: F811
    asked = iter([False] * 8 + [True])
    packed = Packed(tmp_path / "in", files_in(tmp_path / "in", 30 * MEBIBYTE))
    with pytest.raises(Stopped):
        put_archive(place_of(store), 0, packed, SIZE, lambda: next(asked))
    assert sorted(store.objects) == ["state-a.tar.0001"]
    assert fetch_index(place_of(store)) is None


@pytest.mark.parametrize("change", ["another", "shorter", "missing"])
def test_a_part_that_is_not_what_was_stored_refuses_all_of_it(store: Store, tmp_path: Path, change: str) -> None:  # noqa: F811
    put_archive(place_of(store), 0, Packed(tmp_path / "in", files_in(tmp_path / "in", 12 * MEBIBYTE)), SIZE)
    part = store.objects.pop("state-a.tar.0002")
    if change != "missing":
        store.objects["state-a.tar.0002"] = part[:-1] if change == "shorter" else part[:-1] + bytes([part[-1] ^ 1])
    with pytest.raises(TrainerError, match="Part 2 is") as caught:
        read_back(place_of(store), tmp_path / "out")
    assert caught.value.code == "job-invalid"


@pytest.mark.parametrize(
    "index",
    [
        b"no json",
        {"slot": 2, "parts": []},
        {"slot": 0, "parts": [{"bytes": 1, "digest": ""}] * 17},
        {"slot": 0},
        {"slot": 0, "parts": [{}]},
    ],
)
def test_an_index_that_is_none_is_refused(store: Store, index: object) -> None:  # noqa: F811
    store.objects["state.json"] = index if isinstance(index, bytes) else json.dumps(index).encode()
    with pytest.raises(TrainerError) as caught:
        fetch_index(place_of(store))
    assert caught.value.code == "job-invalid"
