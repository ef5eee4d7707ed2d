"""
A machine's part in archives of any size, with AIWB_SYNC as a machine has it: `put state|model SLOT FOLDER` stores a folder, `get FOLDER`
unpacks the saved state and prints its slot.
"""

import os
import sys
import time
from pathlib import Path

from aiwb_trainer.archive import Packed, unpack_stream
from aiwb_trainer.errors import TrainerError
from aiwb_trainer.parts import Archive, fetch_index, put_archive
from aiwb_trainer.sync import read_sync


def main(verb: str, *arguments: str) -> None:
    sync = read_sync(os.environ["AIWB_SYNC"])
    if verb == "put":
        what, slot, folder = arguments
        files = sorted(file for file in Path(folder).rglob("*") if file.is_file())
        place = sync.put_state if what == "state" else sync.put_model
        put_archive(place, int(slot), Packed(Path(folder), files), sync.part_size, pause=hurry)
        return
    index = fetch_index(sync.state, hurry)
    if index is None:
        raise TrainerError("storage-failed", "There is no saved state.")
    unpack_stream(Archive(sync.state, index, hurry), "The saved state", Path(arguments[0]))
    print(index.slot)


def hurry(seconds: float) -> None:
    time.sleep(seconds / 20)


try:
    main(*sys.argv[1:])
except TrainerError as error:
    print(error.message, file=sys.stderr)
    sys.exit(1)
