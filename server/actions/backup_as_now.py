"""Opens a backup's database as this program knows it: as it lies there, or as a copy brought to this version's schema.

Law: the backup itself is only read. What was backed up before an upgrade can be checked and restored after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from server.actions.backup_set import BackupUnusable
from server.storage.database_file import copy_sqlite
from server.storage.migrate import migrate
from server.storage.migrations import MIGRATIONS


@asynccontextmanager
async def database_as_now(file: Path, schema_version: int, key: bytes | None) -> AsyncIterator[Path]:
    """The file to read. A copy lies in the system's folder for such and is gone afterwards. Raises BackupUnusable."""
    if schema_version > len(MIGRATIONS):
        raise BackupUnusable(
            f"it was made by a newer program: schema {schema_version}, this one knows {len(MIGRATIONS)}"
        )
    if schema_version == len(MIGRATIONS):
        yield file
        return
    with TemporaryDirectory(prefix="bangban-backup-") as folder:
        copy = Path(folder) / file.name
        await asyncio.to_thread(copy_sqlite, file, copy, key)
        await migrate(f"sqlite:///{copy}", now_ms=0, sqlite_key=key, backup_folder=Path(folder))
        yield copy
