"""The table of erasures: which records were made empty, for whom, when and why. It holds no contents.

The log tells the same by the changes that emptied them; this is its index, so that what an old phone still brings can
be found and emptied as well.
"""


def statements(engine: str) -> list[str]:
    """One statement a step, the same for "sqlite" and "postgres"."""
    assert engine in ("sqlite", "postgres"), f"there is no engine called {engine}"
    return [
        """CREATE TABLE erasures (
            record VARCHAR(32) NOT NULL PRIMARY KEY,
            kind VARCHAR(32) NOT NULL,
            resident VARCHAR(32) NOT NULL,
            at BIGINT NOT NULL,
            why VARCHAR(200) NOT NULL
        )""",
        "CREATE INDEX erasures_resident ON erasures (resident)",
    ]
