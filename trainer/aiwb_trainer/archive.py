"""Tar files that come from elsewhere, unpacked so that they can only write files below a folder; and our own."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from .errors import TrainerError

FILES_LIMIT = 1_000_000


def unpack(archive: Path, folder: Path) -> None:
    """Regular files and folders alone: a link, a device, or a path that leaves the folder refuses the whole archive."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive, "r:") as opened:
            for number, member in enumerate(opened):
                if number >= FILES_LIMIT:
                    raise _refused(archive, "it has more than a million entries")
                target = _target(archive, folder, member)
                if member.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                source = opened.extractfile(member)
                if source is None:
                    raise _refused(archive, f"{member.name!r} is no regular file")
                target.parent.mkdir(parents=True, exist_ok=True)
                with source, target.open("xb") as file:
                    shutil.copyfileobj(source, file, 2**20)
    except (tarfile.TarError, EOFError, FileExistsError) as error:
        raise _refused(archive, str(error)) from error


def _target(archive: Path, folder: Path, member: tarfile.TarInfo) -> Path:
    path = PurePosixPath(member.name)
    if not (member.isreg() or member.isdir()):
        raise _refused(archive, f"{member.name!r} is a link or a device")
    odd = path.is_absolute() or ".." in path.parts or "\\" in member.name or ":" in member.name or "\0" in member.name
    if odd or (member.isreg() and not path.parts):
        raise _refused(archive, f"{member.name!r} is no path below a folder")
    return folder.joinpath(*path.parts)


def _refused(archive: Path, why: str) -> TrainerError:
    return TrainerError("job-invalid", f"{archive.name} is not unpacked: {why}.", "Send the job again.")


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
