"""The tables of staff who sign in at the console: their sessions and their second factors.

A session is known by the hash of its token; a factor's secret is sealed. Times are milliseconds since 1970.
"""

_BYTES = {"sqlite": "BLOB", "postgres": "BYTEA"}


def statements(engine: str) -> list[str]:
    """One statement a step, for "sqlite" or "postgres"."""
    binary = _BYTES[engine]
    return [
        """CREATE TABLE staff_sessions (
            id VARCHAR(43) NOT NULL PRIMARY KEY,
            account VARCHAR(32) NOT NULL REFERENCES accounts (id),
            started_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL,
            factor_at BIGINT,
            ended_at BIGINT,
            ended_reason VARCHAR(40),
            browser VARCHAR(200) NOT NULL,
            address VARCHAR(64) NOT NULL
        )""",
        "CREATE INDEX staff_sessions_account ON staff_sessions (account, started_at)",
        f"""CREATE TABLE staff_factors (
            id VARCHAR(32) NOT NULL PRIMARY KEY,
            account VARCHAR(32) NOT NULL REFERENCES accounts (id),
            kind VARCHAR(8) NOT NULL,
            name VARCHAR(80) NOT NULL,
            secret {binary} NOT NULL,
            credential VARCHAR(400),
            counter BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            confirmed_at BIGINT,
            used_at BIGINT
        )""",
        "CREATE INDEX staff_factors_account ON staff_factors (account)",
        "CREATE UNIQUE INDEX staff_factors_credential ON staff_factors (credential)",
    ]
