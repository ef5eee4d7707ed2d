"""Tar files that come from elsewhere, unpacked so that they can only write files below a folder; and our own."""

from __future__ import annotations

import shutil
import tarfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import TrainerError

FILES_LIMIT = 1_000_000
BLOCK = 512


def unpack(archive: Path, folder: Path) -> None:
    with archive.open("rb") as source:
        unpack_stream(source, archive.name, folder)


def unpack_stream(source: Any, name: str, folder: Path) -> None:
    """
    An archive as it comes, to its very end. Regular files and folders alone: a link, a device, or a path that leaves the folder refuses
    the whole archive.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(fileobj=source, mode="r|", bufsize=2**20) as opened:
            for number, member in enumerate(opened):
                if number >= FILES_LIMIT:
                    raise _refused(name, "it has more than a million entries")
                target = _target(name, folder, member)
                if member.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                content = opened.extractfile(member)
                if content is None:
                    raise _refused(name, f"{member.name!r} is no regular file")
                target.parent.mkdir(parents=True, exist_ok=True)
                with content, target.open("xb") as file:
                    shutil.copyfileobj(content, file, 2**20)
        while source.read(2**20):
            pass
    except (tarfile.TarError, EOFError, FileExistsError) as error:
        raise _refused(name, str(error)) from error


def _target(archive: str, folder: Path, member: tarfile.TarInfo) -> Path:
    path = PurePosixPath(member.name)
    if not (member.isreg() or member.isdir()):
        raise _refused(archive, f"{member.name!r} is a link or a device")
    odd = path.is_absolute() or ".." in path.parts or "\\" in member.name or ":" in member.name or "\0" in member.name
    if odd or (member.isreg() and not path.parts):
        raise _refused(archive, f"{member.name!r} is no path below a folder")
    return folder.joinpath(*path.parts)


def _refused(archive: str, why: str) -> TrainerError:
    return TrainerError("job-invalid", f"{archive} is not unpacked: {why}.", "Send the job again.")


def pack(archive: Path, root: Path, files: Iterable[Path]) -> None:
    """The files, named relative to `root`. Those that went meanwhile are left out."""
    with tarfile.open(archive, "w:", format=tarfile.PAX_FORMAT) as opened:
        for file in files:
            try:
                info = opened.gettarinfo(str(file), arcname=file.relative_to(root).as_posix())
                with file.open("rb") as source:
                    # Neither who made it nor its hard links belong to what is stored.
                    info.type, info.linkname, info.size = tarfile.REGTYPE, "", file.stat().st_size
                    info.uid = info.gid = info.mtime = 0
                    info.uname = info.gname = ""
                    opened.addfile(info, source)
            except FileNotFoundError:
                continue


class Packed:
    """
    A tar archive of files that is never written down: its bytes are read from the files, any stretch of them, as often as is wanted. The
    files must stay as they are meanwhile.
    """

    def __init__(self, root: Path, files: Iterable[Path]) -> None:
        self._pieces: list[tuple[bytes | Path, int]] = []
        self._starts: list[int] = []
        self.size = 0
        for file in files:
            info = tarfile.TarInfo(file.relative_to(root).as_posix())
            info.size = file.stat().st_size
            self._add(info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))
            self._add(file, info.size)
            self._add(bytes(-info.size % BLOCK))
        self._add(bytes(2 * BLOCK))

    def _add(self, content: bytes | Path, size: int | None = None) -> None:
        length = len(content) if isinstance(content, bytes) else size or 0
        if length > 0:
            self._starts.append(self.size)
            self._pieces.append((content, length))
            self.size += length

    def read_between(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` to `end`, in pieces of at most 1 MiB."""
        at = bisect_right(self._starts, start) - 1
        while start < end:
            content, length = self._pieces[at]
            begin = start - self._starts[at]
            stop = min(length, end - self._starts[at])
            if isinstance(content, bytes):
                yield content[begin:stop]
            else:
                yield from _read_file(content, begin, stop)
            start += stop - begin
            at += 1


def _read_file(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < end:
            data = file.read(min(2**20, end - start))
            if not data:
                raise TrainerError("unexpected", f"{path.name} became shorter while it was stored.")
            start += len(data)
            yield data
