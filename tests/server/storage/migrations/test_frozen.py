"""What was released stays as it is: databases remember the digest of every migration that made them."""

from __future__ import annotations

import pytest

from server.storage.migrations import MIGRATIONS, Migration
from server.storage.unit_of_work import Engine

FROZEN = {
    "initial": (
        "756fd0bce2c2292c9ad261ed9e41557647ef0af45f77c1a7c27d867167cdc8ff",
        "eee5ec312a0fdad9efe45d967142f812d4d9836fe1df4ee40bc0c033df56c697",
    ),
    "counts": (
        "583c49907055d2a445ba3372ed1f4a6e05479577439538ed9604348be9b4560e",
        "583c49907055d2a445ba3372ed1f4a6e05479577439538ed9604348be9b4560e",
    ),
    "console": (
        "399cda9fc0b855bfc68816ef7b47d3f0505606cc8b7a13aa6fa92467764eb405",
        "73f5234c80ad83501f6970040c4914bf1d61575854180df684c9a652ea6db5f3",
    ),
    "licence days": (
        "ece4795743c192474865f4b79bebba26167ea223e5d05795a720a04e8cd9aa91",
        "ece4795743c192474865f4b79bebba26167ea223e5d05795a720a04e8cd9aa91",
    ),
    "outcomes": (
        "c43a1dcf2de6e8794f32aaaf048302732ea2c32f927db69cccddbe7407cd293f",
        "846be02a67397efa0ad9bb090690c82b6a9a5794fb91deb7ad00c357f7c99e2f",
    ),
    "processes": (
        "e62742142d1d786e6f1cc8557cf4ebbe75da3232970791377bf667130cb26eb1",
        "e62742142d1d786e6f1cc8557cf4ebbe75da3232970791377bf667130cb26eb1",
    ),
    "warnings": (
        "9d331081a7659510f2bd43abf3c9de7d648996a33095bbdeef90f27709dcdf83",
        "9d331081a7659510f2bd43abf3c9de7d648996a33095bbdeef90f27709dcdf83",
    ),
}
"""Name → digest on SQLite and on PostgreSQL. A new migration adds its own; one that stands here never changes."""


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda one: one.name)
def test_a_migration_is_never_edited(migration: Migration) -> None:
    assert FROZEN[migration.name] == (migration.digest(Engine.SQLITE), migration.digest(Engine.POSTGRES))


def test_none_was_taken_away() -> None:
    assert [migration.version for migration in MIGRATIONS] == list(range(1, len(FROZEN) + 1))
