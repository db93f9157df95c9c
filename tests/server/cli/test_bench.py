"""The command names what it can measure, and leaves the units' items out where nobody reads them."""

from __future__ import annotations

import pytest
import typer

from fixtures.world import Size, build_world
from server.cli.bench import bench, without_unit_items
from server.cli.world import content_of


def test_an_unknown_measurement_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        bench(only=["nothing"])
    assert "no measurement nothing: there are share" in capsys.readouterr().err


def test_standard_items_and_residents_stay() -> None:
    kept = list(without_unit_items(content_of(build_world(7, Size.SMALL), 1)).records)
    assert {one.kind for one in kept} == {"base_item", "item", "campaign", "resident"}
    assert not [one for one in kept if one.kind == "item" and "unit" in one.fields]
