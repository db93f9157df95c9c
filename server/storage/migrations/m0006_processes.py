"""What each process of the server last told of itself, so that one page shows them all."""

from server.storage.unit_of_work import Engine


def steps(engine: Engine) -> list[str]:
    """Times are milliseconds since 1970, memory is in bytes."""
    return [
        """CREATE TABLE processes (
            id VARCHAR(32) NOT NULL PRIMARY KEY,
            host VARCHAR(80) NOT NULL,
            pid BIGINT NOT NULL,
            started_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL,
            memory BIGINT NOT NULL,
            pages BIGINT NOT NULL,
            sockets BIGINT NOT NULL,
            slowed BIGINT NOT NULL,
            refused BIGINT NOT NULL,
            put_off BIGINT NOT NULL
        )""",
    ]
