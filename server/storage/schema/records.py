"""The tables of synced records: one a kind, all of one shape, and the columns each kind derives from its bodies.

`body` is the record: the exact line that goes to devices, in the envelope of sealing.py. The derived columns are its
index, so that the console can query; they hold nothing the body does not. `version` is the record's place in its
bucket; the index over (bucket, version, id) is what devices read along, so ids compare by their bytes everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_BYTES = {"sqlite": "BLOB", "postgres": "BYTEA"}
_BY_BYTES = {"sqlite": "", "postgres": ' COLLATE "C"'}


@dataclass(frozen=True, slots=True)
class KindTable:
    """Where a kind's records are kept. `columns` are text, empty where the body does not say; those of `later` came by
    a migration after the first. `sparse` are indexes over the rows whose first column is not empty: the many others
    cost them nothing.
    """

    kind: str
    table: str
    columns: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    sparse: tuple[tuple[str, ...], ...] = ()
    later: tuple[str, ...] = ()


KIND_TABLES: Mapping[str, KindTable] = {
    table.kind: table
    for table in (
        KindTable("resident", "residents", ("person", "name_index"), (("person",), ("name_index",))),
        KindTable("consent", "consents", ("resident",), (("resident",),)),
        KindTable(
            "case",
            "cases",
            (
                "state",
                "item",
                "resident",
                "number",
                "receipt",
                "received_at",
                "holder",
                "due",
                "helper",
                "bundle",
                "state_since",
                "finished_at",
                "parcel",
                "tally",
            ),
            # A desk's queue is read along what a holder has in a state by its due day, a wide scope's along all due;
            # how a place stands is counted along the last without a look at any row.
            (
                ("resident",),
                ("number",),
                ("receipt",),
                ("holder", "state", "due", "id"),
                ("due", "id", "holder", "state"),
                ("state", "state_since", "id", "holder", "bucket"),
                ("bucket", "state", "due"),
            ),
            sparse=(("finished_at", "id"), ("parcel", "id")),
        ),
        # A campaign's progress is read from one index alone, a unit's claims and a person's from theirs.
        KindTable("bundle", "bundles", ("state", "resident"), (("resident",),)),
        KindTable("calendar", "calendars"),
        KindTable(
            "claim",
            "claims",
            ("state", "unit", "campaign", "base_item", "claimed_by", "due", "returns", "state_since"),
            (
                ("campaign", "base_item"),
                ("campaign", "unit", "state", "due", "returns"),
                ("campaign", "state", "id"),
                ("claimed_by", "state"),
            ),
        ),
        KindTable("baseline", "baselines", ("campaign",), (("campaign",),)),
        KindTable("lease", "leases", ("unit", "account", "state", "until"), (("state", "until"), ("account", "state"))),
        KindTable(
            "look_back",
            "look_backs",
            ("campaign", "unit", "state", "deadline"),
            (("campaign", "unit", "state"), ("state", "deadline")),
        ),
        KindTable("bulletin", "bulletins", ("span", "period", "edition", "state"), (("span", "period"),)),
        KindTable("snapshot", "snapshots", ("campaign", "day"), (("campaign", "day"),)),
        KindTable(
            "base_item",
            "base_items",
            ("code", "level", "name", "status", "next_on"),
            (("level", "code", "id"), ("next_on",)),
        ),
        KindTable(
            "item",
            "items",
            ("name", "status", "unit", "base_item", "catalogue", "next_on"),
            (("unit", "base_item"), ("base_item", "id"), ("catalogue", "base_item"), ("next_on",)),
        ),
        KindTable("local_item", "local_items", ("unit", "item", "departs"), (("unit", "item"), ("item", "departs"))),
        KindTable(
            "licence", "licences", ("resident", "kind", "trust", "state", "valid_until"), (("resident", "kind"),)
        ),
        KindTable("campaign", "campaigns", ("state", "ends")),
        KindTable("conflict", "conflicts", ("state", "record", "change"), (("record",), ("state", "bucket", "change"))),
        KindTable("notice", "notices"),
        KindTable(
            "light",
            "lights",
            (
                "state",
                "level",
                "code",
                "about",
                "holder",
                "stage",
                "level_since",
                "warned_at",
                "warned_holder",
            ),
            # One list by place, one of all, one by whom it shines on.
            (
                ("about",),
                ("bucket", "state", "level"),
                ("state", "id"),
                ("state", "level_since", "id"),
                ("level", "level_since"),
                ("holder", "level", "level_since"),
            ),
            later=("warned_at", "warned_holder"),
        ),
        KindTable(
            "review",
            "reviews",
            ("state", "code", "level", "account", "finding", "opened_at", "found_at"),
            (("bucket", "state"), ("state", "id"), ("account", "finding"), ("code", "finding")),
        ),
        KindTable("service_log", "service_logs"),
        # `due` is empty once nothing is due, so that lists by day read along what is open alone.
        KindTable(
            "task", "tasks", ("state", "holder", "due", "code", "about"), (("due", "id"), ("holder", "due"), ("about",))
        ),
        KindTable(
            "rating", "ratings", ("state", "of_case", "unit", "grade", "rated_at"), (("of_case",), ("rated_at",))
        ),
        KindTable(
            "ticket",
            "tickets",
            ("state", "holder", "due", "number", "of_case", "resident", "opened_at"),
            (
                ("due", "id"),
                ("holder", "due"),
                ("number",),
                ("of_case",),
                ("resident",),
                ("state", "opened_at", "id"),
            ),
        ),
        KindTable("outcome", "outcomes"),
    )
}


def statements(engine: str) -> list[str]:
    """One statement a step, for "sqlite" or "postgres"."""
    found: list[str] = []
    for table in KIND_TABLES.values():
        found.append(_create(table, engine))
        found.append(f"CREATE INDEX {table.table}_feed ON {table.table} (bucket, version, id)")
        found += [
            f"CREATE INDEX {table.table}_{'_'.join(columns)} ON {table.table} ({', '.join(columns)})"
            for columns in table.indexes
        ]
        found += [
            f"CREATE INDEX {table.table}_{'_'.join(columns)} ON {table.table} ({', '.join(columns)})"
            f" WHERE {columns[0]} IS NOT NULL"
            for columns in table.sparse
        ]
    by_bytes = _BY_BYTES[engine]
    found.append(
        f"""CREATE TABLE exits (
            bucket VARCHAR(80) NOT NULL,
            record VARCHAR(32){by_bytes} NOT NULL,
            version BIGINT NOT NULL,
            kind VARCHAR(32) NOT NULL,
            PRIMARY KEY (bucket, record)
        )"""
    )
    found.append("CREATE INDEX exits_feed ON exits (bucket, version, record)")
    return found


def _create(table: KindTable, engine: str) -> str:
    binary = _BYTES[engine]
    first = [column for column in table.columns if column not in table.later]
    derived = "".join(f"{column} TEXT,\n            " for column in first)
    return f"""CREATE TABLE {table.table} (
            id VARCHAR(32){_BY_BYTES[engine]} NOT NULL PRIMARY KEY,
            bucket VARCHAR(80) NOT NULL,
            version BIGINT NOT NULL,
            rev BIGINT NOT NULL,
            {derived}natural_keys TEXT NOT NULL,
            stamps {binary} NOT NULL,
            body {binary} NOT NULL
        )"""
