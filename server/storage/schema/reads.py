"""The tables of the read log: who looked at which record, when and why, and where the log stands.

A row of `reads` is never altered and its reason is sealed. Lawful deletion takes rows from the beginning alone, once
they are old enough: `read_log` remembers the position and the link up to which they are gone. Its `seal` is a keyed
hash, so that who holds the database alone cannot make the log end earlier.
"""

from __future__ import annotations

_BYTES = {"sqlite": "BLOB", "postgres": "BYTEA"}


def statements(engine: str) -> list[str]:
    """One statement a step, for "sqlite" or "postgres"."""
    binary = _BYTES[engine]
    return [
        f"""CREATE TABLE reads (
            position BIGINT NOT NULL PRIMARY KEY,
            at BIGINT NOT NULL,
            account VARCHAR(32) NOT NULL,
            kind VARCHAR(32) NOT NULL,
            record VARCHAR(32) NOT NULL,
            link {binary} NOT NULL,
            reason {binary} NOT NULL
        )""",
        "CREATE INDEX reads_record ON reads (record, position)",
        "CREATE INDEX reads_account ON reads (account, position)",
        "CREATE INDEX reads_at ON reads (at)",
        f"""CREATE TABLE read_log (
            id BIGINT NOT NULL PRIMARY KEY,
            length BIGINT NOT NULL,
            link {binary} NOT NULL,
            gone_upto BIGINT NOT NULL,
            gone_link {binary} NOT NULL,
            seal VARCHAR(32) NOT NULL
        )""",
    ]
