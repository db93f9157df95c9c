"""Loads a whole world of places, units, accounts and records into an empty centre, in one transaction.

Laws: all of it is there afterwards, or nothing. The load is in the log like any change: one entry a bucket, by the
centre's own desk, that tells the rows and the sum it put there, so that heads, sums and audit chains are what
verifying finds. Every bucket is raised once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from server.actions.desk_change import CENTRE_ACCOUNT, centre_account, desk_of
from server.actions.import_accounts import register_accounts
from server.storage.number_leases import NumberLeases
from server.storage.people import AccountRow
from server.storage.places import PlaceRow, UnitRow, insert_places, insert_units, read_directory
from server.storage.sealing import Sealing
from server.storage.sql_store import SqlWrite
from server.storage.store import Deposit
from server.storage.unit_of_work import Database
from server.write_steps import SALT_BYTES
from sync.central.known import Author, ChainState, KnownChange, Record, Stamp
from sync.central.plan import LogEntry, Plan, finish
from sync.central.policies import Policies
from sync.core.chain import bucket_sum, extend, sum_text
from sync.core.changes import Captured, Change, Fields, OutcomeCode
from sync.core.codec import ChangeLine, encode_body, encode_change, parse_change_line
from sync.core.ids import derived_id
from sync.core.messages import Status

GROUP_ROWS = 4_000
NAME = "world.load"


class NotEmpty(Exception):
    """The centre holds places or records already: a world is loaded into an empty one."""


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record as the world holds it. Its bucket follows from its fields, by its kind's policy."""

    kind: str
    id: str
    rev: int
    fields: Fields


@dataclass(frozen=True)
class WorldContent:
    """What to load. `records` may be made on demand; those of one bucket come together."""

    places: Sequence[PlaceRow]
    units: Sequence[UnitRow]
    accounts: Sequence[AccountRow]
    records: Iterable[NewRecord]


@dataclass(frozen=True, slots=True)
class LoadReport:
    places: int
    units: int
    accounts: int
    records: int
    buckets: int


def _say_nothing(records: int) -> None:
    pass


async def load_world(
    database: Database,
    content: WorldContent,
    *,
    policies: Policies,
    sealing: Sealing,
    now_ms: int,
    randomness: Callable[[int], bytes],
    on_progress: Callable[[int], None] = _say_nothing,
) -> LoadReport:
    """`on_progress` hears how many records have been written so far. Raises NotEmpty."""
    loader = _Loader(policies, now_ms, randomness)
    leases = NumberLeases(database)
    async with database.write() as tx:
        for table in ("places", "changes"):
            if await tx.fetch(f"SELECT 1 FROM {table} LIMIT 1"):  # noqa: S608
                raise NotEmpty(f"this centre is not empty: {table} holds rows. A world is loaded into a new database")
        await insert_places(tx, content.places)
        await insert_units(tx, content.units)
        directory = await read_directory(tx)
        await register_accounts(tx, content.accounts, directory, now_ms)
        await centre_account(tx, now_ms=now_ms, randomness=randomness)
        unit = SqlWrite(tx, database.engine, sealing, leases)
        for group in _groups(content.records, policies):
            await unit.save(loader.deposit(group))
            on_progress(loader.records)
    return LoadReport(
        len(content.places), len(content.units), len(content.accounts), loader.records, loader.chain.last_seq
    )


_Buckets = dict[str, list[NewRecord]]


def _groups(records: Iterable[NewRecord], policies: Policies) -> Iterator[_Buckets]:
    """Whole buckets, as many together as make a good statement."""
    group: _Buckets = {}
    closed: set[str] = set()
    rows = 0
    for record in records:
        bucket = policies[record.kind].bucket(record.fields)
        if bucket not in group:
            assert bucket not in closed, f"the records of {bucket} must come together"
            if rows >= GROUP_ROWS:
                closed |= group.keys()
                yield group
                group, rows = {}, 0
        group.setdefault(bucket, []).append(record)
        rows += 1
    if group:
        yield group


class _Loader:
    """Makes deposits as the write path would, and keeps the desk's chain."""

    def __init__(self, policies: Policies, now_ms: int, randomness: Callable[[int], bytes]) -> None:
        self._policies = policies
        self._now = now_ms
        self._randomness = randomness
        device = desk_of(CENTRE_ACCOUNT)
        self._author = Author(account=CENTRE_ACCOUNT, device=device, role="administrator", grants={})
        self.chain = ChainState.start(device, 1)
        self.records = 0

    def deposit(self, group: _Buckets) -> Deposit:
        records: dict[tuple[str, str], Record] = {}
        fields: dict[tuple[str, str], Fields] = {}
        entries: list[LogEntry] = []
        for bucket, made in group.items():
            change = derived_id("world", bucket, str(self._now))
            placed = [self._record(one, bucket, change) for one in made]
            records |= {(one.kind, one.id): one for one in placed}
            fields |= {(one.kind, one.id): one.fields for one in made}
            entries.append(self._entry(bucket, change, placed))
        assert len(records) == sum(map(len, group.values())), "every record of a world has its own id"
        self.records += len(records)
        plan = Plan(status=Status.OK, chain=self.chain, log=tuple(entries), records=records)
        salts = [self._randomness(SALT_BYTES) for _ in entries]
        return Deposit(
            save=finish([plan], {}, {}, salts),
            created=frozenset(records),
            columns={key: self._policies[key[0]].columns(values) for key, values in fields.items()},
            plain_kinds=frozenset({"world", *(kind for kind, one in self._policies.items() if not one.personal)}),
            chains={self._author.device: self.chain},
            now=self._now,
        )

    def _record(self, new: NewRecord, bucket: str, change: str) -> Record:
        # Only what people edit together is stamped: a catalogue's rows are replaced whole.
        personal = self._policies[new.kind].personal
        stamps = dict.fromkeys(new.fields, Stamp(new.rev, "", change)) if personal else {}
        body = encode_body(new.kind, new.id, new.rev, dict(new.fields))
        return Record(new.kind, new.id, new.rev, bucket, 0, body, stamps)

    def _entry(self, bucket: str, change: str, placed: Sequence[Record]) -> LogEntry:
        line = self._line(bucket, change, placed)
        seq = self.chain.last_seq + 1
        self.chain = ChainState(1, seq, extend(self.chain.hash, seq, line.hash))
        assert line.change is not None, "the line was made from a change"
        known = KnownChange(
            id=change,
            account=self._author.account,
            device=self._author.device,
            chain_epoch=1,
            seq=seq,
            hash=line.hash,
            kind="world",
            name=NAME,
            record=line.change.record,
            received_at=self._now,
            code=OutcomeCode.APPLIED,
            bucket=bucket,
        )
        return LogEntry(
            change=known,
            line=line.line,
            name=NAME,
            author=self._author,
            carrier=self._author.device,
            received_at=self._now,
            captured_wall=self._now,
            bucket=bucket,
        )

    def _line(self, bucket: str, change: str, placed: Sequence[Record]) -> ChangeLine:
        total = bucket_sum((one.id, 1, one.body) for one in placed)
        told: Fields = {"bucket": bucket, "rows": len(placed), "sum": sum_text(total)}
        made = Change(
            id=change,
            kind="world",
            record=derived_id("world", bucket),
            name=NAME,
            set=told,
            captured=Captured(wall=self._now),
        )
        return parse_change_line(encode_change(made))
