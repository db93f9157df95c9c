"""The tables of files and of the blobs that hold their bytes; server/storage/file_rows.py keeps their laws.

Times are milliseconds since 1970, 0 where something has not happened. How much of an upload has arrived is not here:
the length of its file in the spool tells.
"""


def statements(engine: str) -> list[str]:
    """One statement a step, the same for "sqlite" and "postgres"."""
    assert engine in ("sqlite", "postgres"), f"there is no engine called {engine}"
    return [
        """CREATE TABLE files (
            upload VARCHAR(32) NOT NULL PRIMARY KEY,
            id VARCHAR(32) NOT NULL,
            account VARCHAR(32) NOT NULL,
            device VARCHAR(32) NOT NULL,
            sha256 VARCHAR(64) NOT NULL,
            size BIGINT NOT NULL,
            type VARCHAR(40) NOT NULL,
            purpose VARCHAR(40) NOT NULL,
            state VARCHAR(9) NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            stored_at BIGINT NOT NULL,
            blob VARCHAR(32) NOT NULL,
            refused_reason VARCHAR(40) NOT NULL
        )""",
        "CREATE INDEX files_id ON files (id)",
        "CREATE INDEX files_device ON files (device, created_at)",
        "CREATE INDEX files_blob ON files (blob)",
        "CREATE INDEX files_expiry ON files (state, expires_at)",
        """CREATE TABLE blobs (
            blob VARCHAR(32) NOT NULL PRIMARY KEY,
            scope VARCHAR(32) NOT NULL,
            sha256 VARCHAR(64) NOT NULL,
            size BIGINT NOT NULL,
            type VARCHAR(40) NOT NULL,
            object VARCHAR(35) NOT NULL,
            refs BIGINT NOT NULL,
            rendition_state VARCHAR(7) NOT NULL,
            rendition VARCHAR(35) NOT NULL,
            rendition_sha256 VARCHAR(64) NOT NULL,
            created_at BIGINT NOT NULL,
            damaged_at BIGINT NOT NULL
        )""",
        "CREATE INDEX blobs_object ON blobs (object)",
        "CREATE INDEX blobs_rendition ON blobs (rendition)",
        "CREATE INDEX blobs_waiting ON blobs (rendition_state, created_at)",
    ]
