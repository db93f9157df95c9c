"""Builds disk_faults.c, and reads what it recorded: the files as a power cut at each sync would have left them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).with_name("disk_faults.c")


def built(folder: Path) -> Path:
    """The library, for LD_PRELOAD."""
    compiler = shutil.which("cc")
    assert compiler is not None, "these tests need a C compiler called cc, as the project does"
    library = folder / "disk_faults.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return library


class Cuts:
    """The recorded cuts of one run. Begins with the database as it stands, which is durable."""

    def __init__(self, folder: Path, database: Path) -> None:
        self.folder = folder
        (folder / "durable").mkdir(parents=True)
        shutil.copy(database, folder / "durable")
        self._name = database.name
        self.taken = 0

    def newest(self) -> int:
        """The number of the last cut that was recorded."""
        return max((int(one.name) for one in self.folder.iterdir() if one.name.isdecimal()), default=self.taken)

    def take(self) -> Iterator[tuple[int, Path]]:
        """Each cut not seen yet: its number and the database's file, for as long as it is looked at."""
        found = sorted(one for one in self.folder.iterdir() if one.name.isdecimal() and int(one.name) > self.taken)
        for one in found:
            self.taken = int(one.name)
            yield self.taken, one / self._name
            shutil.rmtree(one)
