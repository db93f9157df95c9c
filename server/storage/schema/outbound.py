"""The tables of what the province is told: every message with its state, and how far and how well the channel goes.

A message is known by its key, made of the case and what happened to it, so that it is there once however often it is
taken from the log. Times are milliseconds since 1970, 0 where something has not happened.
"""

_BYTES = {"sqlite": "BLOB", "postgres": "BYTEA"}


def statements(engine: str) -> list[str]:
    """One statement a step, for "sqlite" or "postgres"."""
    binary = _BYTES[engine]
    return [
        f"""CREATE TABLE outbound (
            message_key VARCHAR(32) NOT NULL PRIMARY KEY,
            position BIGINT NOT NULL,
            record VARCHAR(32) NOT NULL,
            event VARCHAR(16) NOT NULL,
            state VARCHAR(8) NOT NULL,
            tries BIGINT NOT NULL,
            made_at BIGINT NOT NULL,
            sent_at BIGINT NOT NULL,
            reason VARCHAR(200) NOT NULL,
            body {binary} NOT NULL
        )""",
        "CREATE INDEX outbound_state ON outbound (state, position)",
        """CREATE TABLE outbound_channel (
            id BIGINT NOT NULL PRIMARY KEY,
            taken BIGINT NOT NULL,
            tries BIGINT NOT NULL,
            next_at BIGINT NOT NULL,
            reason VARCHAR(200) NOT NULL
        )""",
    ]
