"""`bangban world`."""

from pathlib import Path

from fixtures.world import Size, build_world
from server.cli.world import content_of, records_in, resident_fields
from tests.command import bangban


def test_a_small_world_loads_and_a_second_is_refused(tmp_path: Path) -> None:
    told = bangban("world", "load", "--small", "--data", tmp_path)
    assert "9 places, 13 units, 47 accounts" in told
    assert "not empty" in bangban("world", "load", "--small", "--data", tmp_path, code=1)
    assert "whole" in bangban("verify", "--data", tmp_path)


def test_describe_puts_our_counts_beside_the_published(tmp_path: Path) -> None:
    told = bangban("world", "describe", "--small")
    assert "published" in told
    assert "90705" in told


def test_what_is_unknown_of_a_resident_is_left_out() -> None:
    village = build_world(7, Size.SMALL).villages[0].code12
    for one in build_world(7, Size.SMALL).residents_of(village, 60):
        fields = resident_fields(one)
        assert ("phone" in fields) == bool(one.phone)
        assert ("hukou" in fields) == (one.hukou != one.village)
        assert fields["village"] == village


def test_standard_items_are_held_once_and_unit_items_by_their_unit() -> None:
    world = build_world(7, Size.SMALL)
    items = [one for one in content_of(world, 0).records if one.kind == "item"]
    assert len(items) == len(world.standard_items) + sum(world.quotas.values())
    assert {one.fields["catalogue"] for one in items if "unit" not in one.fields} == {
        "village:341800",
        "town:341800",
    }
    assert all(len(str(one.fields["code"])) == 31 for one in items if "unit" in one.fields)


def test_every_item_rests_on_a_base_item_of_its_level_held_once() -> None:
    world = build_world(7, Size.SMALL)
    records = list(content_of(world, 0).records)
    base = [one for one in records if one.kind == "base_item"]
    codes = {(one.fields["level"], one.fields["code"]) for one in base}
    assert len(codes) == len({one.id for one in base}) == len(base)
    items = [one for one in records if one.kind == "item"]
    assert {(one.fields["level"], one.fields["base_item"]) for one in items} == codes
    assert sum(one.fields["catalogue"] == "village:341800" for one in base) == 45
    assert len(records) == records_in(world, 0)
