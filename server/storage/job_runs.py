"""Keeps how each job of the schedule last went, written now and then instead of after every run.

Law: a job that runs every ten seconds writes nothing of its own; what is lost when the process is killed is at most a
minute of "last run". A failure is told by the name of its error alone, which names no person.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.storage.unit_of_work import Database, Snapshot

FLUSH_EVERY_S = 60.0
_COLUMNS = "name, every_ms, started_at, took_ms, failed, failures, next_at"
_KEEP = f"""INSERT INTO job_runs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET every_ms = excluded.every_ms, started_at = excluded.started_at,
            took_ms = excluded.took_ms, failed = excluded.failed, next_at = excluded.next_at,
            failures = CASE WHEN excluded.failures = 0 THEN 0 ELSE job_runs.failures + excluded.failures END
            WHERE excluded.started_at >= job_runs.started_at"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class JobRun:
    """Times in ms. `failed`: the error's name, "" when it went well; `failures`: how many in a row."""

    name: str
    every_ms: int
    started_at: int
    took_ms: int
    failed: str
    failures: int
    next_at: int


class RunBook:
    """What is to be written, the newest of each job."""

    def __init__(self) -> None:
        self._pending: dict[str, JobRun] = {}

    def note(self, name: str, every_s: float, started_at: int, took_ms: int, error: Exception | None) -> None:
        before = self._pending.get(name)
        failures = 0 if error is None else 1 + (before.failures if before is not None else 0)
        failed = type(error).__name__[:80] if error is not None else ""
        every = int(every_s * 1000)
        self._pending[name] = JobRun(name[:80], every, started_at, took_ms, failed, failures, started_at + every)

    async def flush(self, database: Database) -> int:
        """How many jobs were written. What could not be written waits for the next time."""
        pending, self._pending = self._pending, {}
        if not pending:
            return 0
        rows = [
            (one.name, one.every_ms, one.started_at, one.took_ms, one.failed, one.failures, one.next_at)
            for _, one in sorted(pending.items())
        ]
        try:
            async with database.write() as tx:
                await tx.execute_many(_KEEP, rows)
        except BaseException:
            self._pending = {**pending, **self._pending}
            raise
        return len(rows)


async def job_runs(snapshot: Snapshot) -> list[JobRun]:
    """In the order of their names."""
    rows = await snapshot.fetch(f"SELECT {_COLUMNS} FROM job_runs ORDER BY name")  # noqa: S608
    return [JobRun(*row) for row in rows]
