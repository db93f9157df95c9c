"""The tables of the directory: the places there are and the units that implement items at them.

What lies where is told by `parent` and `place`, never by a code's prefix. `level` counts as server/domain/places.py
does: 2 the city, 5 a village.
"""


def statements(engine: str) -> list[str]:
    """One statement a step, the same for "sqlite" and "postgres"."""
    assert engine in ("sqlite", "postgres"), f"there is no engine called {engine}"
    return [
        """CREATE TABLE places (
            code VARCHAR(12) NOT NULL PRIMARY KEY,
            name VARCHAR(60) NOT NULL,
            formal_name VARCHAR(80) NOT NULL,
            level BIGINT NOT NULL,
            parent VARCHAR(12) NOT NULL,
            kind VARCHAR(20) NOT NULL
        )""",
        "CREATE INDEX places_parent ON places (parent)",
        """CREATE TABLE units (
            id VARCHAR(32) NOT NULL PRIMARY KEY,
            uscc VARCHAR(18) NOT NULL UNIQUE,
            name VARCHAR(120) NOT NULL,
            place VARCHAR(12) NOT NULL REFERENCES places (code),
            department VARCHAR(10) NOT NULL,
            synthetic BIGINT NOT NULL
        )""",
        "CREATE INDEX units_place ON units (place)",
    ]
