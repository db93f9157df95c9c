"""Every migration there is, in order. A migration that has been released is never edited: its digest is recorded.

To add one: write m0002_what_it_does.py with `steps(engine)`, the SQL of each engine by hand, and name it below.
A step is one statement. SQLite steps run with foreign keys off; to change a column there, make the new table, copy,
drop the old one, rename, and create its indexes again. The runner compares the result with a fresh schema.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from server.storage.migrations import (
    m0001_initial,
    m0002_counts,
    m0003_console,
    m0004_licence_days,
    m0005_outcomes,
    m0006_processes,
    m0007_warnings,
)
from server.storage.unit_of_work import Engine


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    steps: Callable[[Engine], list[str]]

    def digest(self, engine: Engine) -> str:
        """What the database remembers of the steps it was given."""
        return hashlib.sha256("\n;\n".join(self.steps(engine)).encode()).hexdigest()


MIGRATIONS = (
    Migration(1, "initial", m0001_initial.steps),
    Migration(2, "counts", m0002_counts.steps),
    Migration(3, "console", m0003_console.steps),
    Migration(4, "licence days", m0004_licence_days.steps),
    Migration(5, "outcomes", m0005_outcomes.steps),
    Migration(6, "processes", m0006_processes.steps),
    Migration(7, "warnings", m0007_warnings.steps),
)
