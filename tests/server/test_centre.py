"""A centre is opened from its settings, and not begun by whoever only wants to use it."""

from pathlib import Path

import pytest

from server.centre import open_centre
from server.storage.errors import SchemaBehind
from server.storage.master_secret import SecretUnusable
from tests.small_centre import load_small, settings_in


async def test_a_lost_secret_is_not_made_anew(tmp_path: Path) -> None:
    settings = await load_small(tmp_path)
    settings.master_secret_file.unlink()
    with pytest.raises(SecretUnusable):
        async with open_centre(settings, new=True):
            raise AssertionError("it must not open")
    assert not settings.master_secret_file.exists()


async def test_only_who_may_begin_a_centre_makes_one(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    with pytest.raises(SchemaBehind):
        async with open_centre(settings_in(tmp_path)):
            raise AssertionError("it must not open")
