"""The tables of a replica file. Laws: tables are made in this order and never reordered, since salvage relies on
where each begins; a change adds a version and a step, and an outbox is never migrated.
"""

from __future__ import annotations

SCHEMA_VERSION = 1

SCHEMA = (
    "CREATE TABLE entries (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,"
    " record TEXT NOT NULL, line BLOB NOT NULL, hash BLOB NOT NULL, captured INTEGER NOT NULL,"
    " chain_epoch INTEGER NOT NULL, seq INTEGER NOT NULL, outcome BLOB, received INTEGER NOT NULL)",
    "CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL)",
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    "CREATE TABLE files (rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL)",
    "CREATE TABLE file_contents (rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, content BLOB NOT NULL)",
    "CREATE TABLE rows (rowid INTEGER PRIMARY KEY, record TEXT NOT NULL UNIQUE, bucket TEXT NOT NULL,"
    " version INTEGER NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL)",
    "CREATE TABLE buckets (bucket TEXT PRIMARY KEY, generation INTEGER NOT NULL, version INTEGER NOT NULL,"
    " record TEXT NOT NULL, sum BLOB NOT NULL, count INTEGER NOT NULL, head INTEGER NOT NULL,"
    " head_sum BLOB NOT NULL, head_count INTEGER NOT NULL)",
    "CREATE TABLE honours (record TEXT PRIMARY KEY, number TEXT NOT NULL)",
    "CREATE TABLE evidence (record TEXT PRIMARY KEY, kind TEXT NOT NULL, bucket TEXT NOT NULL,"
    " version INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE INDEX entries_outbox ON entries (position) WHERE seq = 0",
    "CREATE INDEX entries_record ON entries (record)",
    "CREATE INDEX rows_bucket ON rows (bucket)",
    "CREATE INDEX rows_kind ON rows (kind)",
)
