"""Loads what merge wants in few statements, whatever the number of changes, and fills in what is proven absent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from server.storage import change_log, records
from server.storage.schema.records import KIND_TABLES
from server.storage.sealing import Sealing
from server.storage.unit_of_work import Engine, Query, Row, Snapshot
from sync.central.known import Author, Known, KnownChange, ParkedChange, PastBody, Wants

VALUES_MAX = 4096
"""Of one list in a query: SQLite takes 32,766 parameters."""

_Take = Callable[[list[Row]], None]


async def load(snapshot: Snapshot, wants: Wants, known: Known, sealing: Sealing, engine: Engine) -> None:
    """Adds everything wanted, numbers apart, or its absence."""
    loader = _Loader(known, sealing, engine)
    work = list(loader.work(wants))
    for (_, take), rows in zip(work, await snapshot.fetch_each([query for query, _ in work]), strict=True):
        take(rows)
    if loader.parked:
        devices = {known.device for _, known, _ in loader.parked}
        loader.put_waiting(await authors_of(snapshot, devices))


class _Loader:
    def __init__(self, known: Known, sealing: Sealing, engine: Engine) -> None:
        self.engine = engine
        self.known = known
        self.sealing = sealing
        self.parked: list[tuple[str, KnownChange, bytes]] = []

    def work(self, wants: Wants) -> Iterator[tuple[Query, _Take]]:
        """Each query with what to do with its rows."""
        by_kind: dict[str, list[str]] = {}
        for kind, record in wants.records:
            self.known.records[kind, record] = None
            if kind in KIND_TABLES:
                by_kind.setdefault(kind, []).append(record)
        for kind, ids in by_kind.items():
            for some in _chunks(ids):
                yield records.records_query(kind, some), self._take_records(kind)
        self.known.kinds.update(dict.fromkeys(wants.kinds, frozenset()))
        for some in _chunks([*wants.kinds]):
            yield records.kinds_query(some, self.engine), self._take_kinds
        self.known.changes.update(dict.fromkeys(wants.changes))
        for some in _chunks([*wants.changes]):
            yield change_log.changes_query(some), self._take_changes
        self.known.keys.update(dict.fromkeys(wants.keys))
        for some in _chunks([*wants.keys]):
            yield change_log.keys_query(some), self._take_keys
        self.known.past.update(dict.fromkeys(wants.past))
        places = {change_log.history_place(*one): one for one in wants.past}
        for some in _chunks([*places]):
            yield change_log.history_query(some), self._take_history(places)
        self.known.waits.update(dict.fromkeys(wants.waits, ()))
        for some in _chunks([*wants.waits]):
            yield change_log.waiting_query(some), self._take_waiting

    def _take_records(self, kind: str) -> _Take:
        def take(rows: list[Row]) -> None:
            for row in rows:
                self.known.records[kind, row[0]] = records.record_of(kind, row, self.sealing)

        return take

    def _take_kinds(self, rows: list[Row]) -> None:
        for kind, record in rows:
            self.known.kinds[record] |= {kind}

    def _take_changes(self, rows: list[Row]) -> None:
        for row in rows:
            self.known.changes[row[0]] = change_log.known_of(row, self.sealing)

    def _take_keys(self, rows: list[Row]) -> None:
        self.known.keys.update((row[0], row[1]) for row in rows)

    def _take_history(self, places: Mapping[str, tuple[str, str, int]]) -> _Take:
        def take(rows: list[Row]) -> None:
            for place, digest, body in rows:
                if body is not None:  # erased: history holds none such
                    line = self.sealing.open(place, bytes(body))
                    self.known.past[places[place]] = PastBody(places[place][2], bytes(digest), line)

        return take

    def _take_waiting(self, rows: list[Row]) -> None:
        for what, line, *row in rows:
            if line is not None:
                known = change_log.known_of(tuple(row), self.sealing)
                self.parked.append((what, known, self.sealing.open(change_log.line_place(known.id), bytes(line))))

    def put_waiting(self, authors: Mapping[str, Author]) -> None:
        for what, known, line in self.parked:
            waiting = ParkedChange(known=known, line=line, author=authors[known.device])
            self.known.waits[what] = (*self.known.waits[what], waiting)


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), VALUES_MAX):
        yield values[start : start + VALUES_MAX]


def author_queries(devices: Collection[str]) -> list[Query]:
    listed = sorted(devices)
    return [
        (
            """SELECT d.id, d.account, a.role, CASE WHEN d.revoked_at IS NULL AND a.status = 'active' THEN 0 ELSE 1 END
               FROM devices d JOIN accounts a ON a.id = d.account WHERE d.id IN (?*)""",
            (listed,),
        ),
        (
            """SELECT account, bucket, ended_at FROM grants
               WHERE account IN (SELECT account FROM devices WHERE id IN (?*))""",
            (listed,),
        ),
    ]


def authors_from(rows: Sequence[list[Row]]) -> dict[str, Author]:
    """Device → author, from the rows of `author_queries`. Ended grants are kept: work in hand is judged by them."""
    devices, grants = rows
    by_account: dict[str, dict[str, int]] = {}
    for account, bucket, ended_at in grants:
        by_account.setdefault(account, {})[bucket] = ended_at or 0
    return {
        device: Author(
            account=account, device=device, role=role, grants=by_account.get(account, {}), revoked=bool(revoked)
        )
        for device, account, role, revoked in devices
    }


async def authors_of(snapshot: Snapshot, devices: Collection[str]) -> dict[str, Author]:
    return authors_from(await snapshot.fetch_each(author_queries(devices)))
