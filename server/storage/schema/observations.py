"""The table of observations: of each filing the few facts that signals and lights look at, and no contents.

It follows from the log and the records, row by row as filings arrive, and can be made again from them. Persons, phones
and bank accounts are keyed hashes. `read_upto` keeps how far the log was read.
"""


def statements(engine: str) -> list[str]:
    """One statement a step, the same for "sqlite" and "postgres"."""
    assert engine in ("sqlite", "postgres"), f"there is no engine called {engine}"
    return [
        """CREATE TABLE observations (
            case_id VARCHAR(32) NOT NULL PRIMARY KEY,
            account VARCHAR(32) NOT NULL,
            device VARCHAR(32) NOT NULL,
            village VARCHAR(12) NOT NULL,
            item VARCHAR(32) NOT NULL,
            captured_at BIGINT NOT NULL,
            received_at BIGINT NOT NULL,
            day VARCHAR(10) NOT NULL,
            person VARCHAR(32) NOT NULL,
            phone VARCHAR(32),
            phone_own BIGINT NOT NULL,
            payee VARCHAR(32),
            seconds BIGINT,
            materials BIGINT NOT NULL,
            flags VARCHAR(80) NOT NULL
        )""",
        "CREATE INDEX observations_account ON observations (account, day)",
        "CREATE INDEX observations_day ON observations (day, account)",
        "CREATE INDEX observations_received ON observations (received_at)",
        "CREATE INDEX observations_person ON observations (person, item, captured_at)",
        "CREATE INDEX observations_payee ON observations (payee, day)",
        """CREATE TABLE observed_images (
            case_id VARCHAR(32) NOT NULL,
            file VARCHAR(32) NOT NULL,
            use VARCHAR(9) NOT NULL,
            PRIMARY KEY (case_id, file)
        )""",
        "CREATE INDEX observed_images_file ON observed_images (file)",
        """CREATE TABLE read_upto (
            reader VARCHAR(20) NOT NULL PRIMARY KEY,
            position BIGINT NOT NULL
        )""",
    ]
