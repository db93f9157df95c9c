"""The first schema."""

from server.storage.schema import erasures, files, log, observations, outbound, people, places, reads, records, staff
from server.storage.unit_of_work import Engine


def steps(engine: Engine) -> list[str]:
    """One statement a step. SQLite's INTEGER holds 64 bits, PostgreSQL's does not: BIGINT serves both."""
    return [
        """CREATE TABLE schema_version (
            version BIGINT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            digest TEXT NOT NULL,
            applied_at BIGINT NOT NULL
        )""",
        *people.statements(engine.value),
        *staff.statements(engine.value),
        *places.statements(engine.value),
        *files.statements(engine.value),
        *log.statements(engine.value),
        *reads.statements(engine.value),
        *observations.statements(engine.value),
        *erasures.statements(engine.value),
        *outbound.statements(engine.value),
        *records.statements(engine.value),
    ]
