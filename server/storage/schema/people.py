"""The tables of people and keys: accounts, what they may read, their devices, sessions, codes and signing keys.

Times are milliseconds since 1970. A grant is never deleted: what a moved helper still had in hand is judged by it.
`account_log` holds a digest of an account's row for each time it was written, each linked to the one before, so that a
role or a scope that was altered beside the program is found. A session is known by its device and a number counting
up; refresh tokens are not stored (server/credentials.py).
"""

_BYTES = {"sqlite": "BLOB", "postgres": "BYTEA"}


def statements(engine: str) -> list[str]:
    """One statement a step, for "sqlite" or "postgres"."""
    binary = _BYTES[engine]
    return [
        """CREATE TABLE accounts (
            id VARCHAR(32) NOT NULL PRIMARY KEY,
            login VARCHAR(40) NOT NULL UNIQUE,
            name VARCHAR(40) NOT NULL,
            role VARCHAR(20) NOT NULL,
            scope TEXT NOT NULL,
            site VARCHAR(12) NOT NULL,
            status VARCHAR(8) NOT NULL,
            password_hash TEXT,
            created_at BIGINT NOT NULL
        )""",
        """CREATE TABLE grants (
            account VARCHAR(32) NOT NULL REFERENCES accounts (id),
            bucket VARCHAR(80) NOT NULL,
            generation BIGINT NOT NULL,
            since BIGINT NOT NULL,
            ended_at BIGINT,
            PRIMARY KEY (account, bucket)
        )""",
        "CREATE INDEX grants_bucket ON grants (bucket)",
        f"""CREATE TABLE devices (
            id VARCHAR(32) NOT NULL PRIMARY KEY,
            ordinal BIGINT NOT NULL UNIQUE,
            account VARCHAR(32) NOT NULL REFERENCES accounts (id),
            public_key {binary} NOT NULL UNIQUE,
            name VARCHAR(80) NOT NULL,
            created_at BIGINT NOT NULL,
            revoked_at BIGINT,
            revoked_reason VARCHAR(200),
            last_contact BIGINT,
            unsent BIGINT NOT NULL,
            unsent_since BIGINT,
            app_version VARCHAR(40) NOT NULL,
            forked_at BIGINT,
            wiped_at BIGINT
        )""",
        "CREATE INDEX devices_account ON devices (account)",
        f"""CREATE TABLE activation_codes (
            code_hash {binary} NOT NULL PRIMARY KEY,
            account VARCHAR(32) NOT NULL REFERENCES accounts (id),
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            used_at BIGINT,
            used_by VARCHAR(32) REFERENCES devices (id)
        )""",
        "CREATE INDEX activation_codes_account ON activation_codes (account)",
        """CREATE TABLE sessions (
            device VARCHAR(32) NOT NULL REFERENCES devices (id),
            ordinal BIGINT NOT NULL,
            step BIGINT NOT NULL,
            started_at BIGINT NOT NULL,
            rotated_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            ended_at BIGINT,
            ended_reason VARCHAR(20),
            PRIMARY KEY (device, ordinal)
        )""",
        f"""CREATE TABLE signing_keys (
            kid VARCHAR(8) NOT NULL PRIMARY KEY,
            public_key {binary} NOT NULL,
            sealed_private_key {binary} NOT NULL,
            created_at BIGINT NOT NULL,
            signs_from BIGINT NOT NULL,
            retired_at BIGINT
        )""",
        f"""CREATE TABLE live_tickets (
            ticket_hash {binary} NOT NULL PRIMARY KEY,
            device VARCHAR(32) NOT NULL REFERENCES devices (id),
            session BIGINT NOT NULL,
            expires_at BIGINT NOT NULL
        )""",
        "CREATE INDEX live_tickets_expires_at ON live_tickets (expires_at)",
        """CREATE TABLE account_events (
            id VARCHAR(32) NOT NULL PRIMARY KEY,
            at BIGINT NOT NULL,
            actor VARCHAR(40) NOT NULL,
            verb VARCHAR(24) NOT NULL,
            account VARCHAR(32) NOT NULL,
            device VARCHAR(32),
            detail TEXT NOT NULL
        )""",
        "CREATE INDEX account_events_account ON account_events (account)",
        f"""CREATE TABLE account_log (
            position BIGINT NOT NULL PRIMARY KEY,
            account VARCHAR(32) NOT NULL,
            digest {binary} NOT NULL,
            link {binary} NOT NULL
        )""",
    ]
