"""Decides again what waited for a record that is its author's only since a grant was given: moved, imported, reopened.

Laws: whoever gives a grant need not think of this. The centre compares what was given with what it saw the last time,
so that a grant from another process, or from before a crash, counts as well. The work itself is a job of the write
path like any other; nothing is written when nothing waits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from server.actions.desk_change import CENTRE_ACCOUNT, desk_of
from server.domain.people.roles import Role
from server.storage.store import Store
from server.write import Job, Writer
from sync.central.known import Author

WAITS_MAX = 200
"""Of one job: more are tried in several."""
ACCOUNTS_MAX = 1_000
"""After an import of more, everybody is looked at."""
_CENTRE = Author(account=CENTRE_ACCOUNT, device=desk_of(CENTRE_ACCOUNT), role=Role.ADMINISTRATOR.value, grants={})


class WaitingWork:
    """One a process. The first look is at everybody's."""

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store = store
        self._writer = writer
        self._seen: Mapping[str, int] | None = None
        self._again: frozenset[str] = frozenset()

    async def release(self) -> int:
        """How many records were found that something waited for. What fails is tried again at the next call."""
        async with self._store.read() as unit:
            given = await unit.grants_given()
            due = self._due(given)
            waited = await unit.waited_for(due) if due is None or due else []
        for start in range(0, len(waited), WAITS_MAX):
            some = frozenset(waited[start : start + WAITS_MAX])
            await self._writer.write(Job.of_the_centre(_CENTRE, [], retries=some))
        # Whoever was given something is looked at once more: a change that was being parked meanwhile, by what its
        # author might do before, was not to be seen yet.
        self._again = frozenset() if due is None else frozenset(due) - self._again
        self._seen = given
        return len(waited)

    def _due(self, given: Mapping[str, int]) -> Collection[str] | None:
        """Accounts that were given something, or None for all."""
        if self._seen is None:
            return None
        due = {account for account, count in given.items() if self._seen.get(account) != count} | self._again
        return due if len(due) <= ACCOUNTS_MAX else None
