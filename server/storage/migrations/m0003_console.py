"""What the console keeps beside the records: who has one open, challenges of passkeys, and how each job last went.

None of it is part of a record's history: an opening is gone when its page is, an answered challenge is kept until
its time is over, and of a job only the last run is kept.
"""

from server.storage.unit_of_work import Engine

_BYTES = {Engine.SQLITE: "BLOB", Engine.POSTGRES: "BYTEA"}


def steps(engine: Engine) -> list[str]:
    """One statement a step. Times are milliseconds since 1970."""
    binary = _BYTES[engine]
    return [
        """CREATE TABLE openings (
            record VARCHAR(32) NOT NULL,
            account VARCHAR(32) NOT NULL REFERENCES accounts (id),
            since BIGINT NOT NULL,
            seen_at BIGINT NOT NULL,
            PRIMARY KEY (record, account)
        )""",
        "CREATE INDEX openings_seen_at ON openings (seen_at)",
        f"""CREATE TABLE staff_challenges (
            challenge_hash {binary} NOT NULL PRIMARY KEY,
            purpose VARCHAR(43) NOT NULL,
            expires_at BIGINT NOT NULL
        )""",
        "CREATE INDEX staff_challenges_expires_at ON staff_challenges (expires_at)",
        """CREATE TABLE job_runs (
            name VARCHAR(80) NOT NULL PRIMARY KEY,
            every_ms BIGINT NOT NULL,
            started_at BIGINT NOT NULL,
            took_ms BIGINT NOT NULL,
            failed VARCHAR(80) NOT NULL,
            failures BIGINT NOT NULL,
            next_at BIGINT NOT NULL
        )""",
    ]
