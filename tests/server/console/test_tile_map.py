"""A map is links in bands, told in words, and asks for nothing from elsewhere."""

from __future__ import annotations

from xml.etree import ElementTree

from server.console.tile_map import Band, Tile, draw, step_of

SVG = "{*}"


def tile(name: str, amount: int, mark: str = "") -> Tile:
    return Tile(name, f"/console/?place={name}", str(amount), amount, f"{name}：在办 {amount} 件", mark)


def test_every_tile_is_a_link_that_says_its_number_in_words() -> None:
    drawn = ElementTree.fromstring(
        draw([Band("宁国市", "/x", [tile("胡乐镇", 12, "■1")])], "在办", per_row=7, kind="wide")
    )
    titles = [one.text for one in drawn.iter("title")]
    assert titles == ["宁国市", "胡乐镇：在办 12 件"]
    assert [one.text for one in drawn.iter("text")][1:] == ["胡乐镇", "12", "■1"]
    assert drawn.get("class") == "map wide"
    assert "style" not in ElementTree.tostring(drawn, encoding="unicode")


def test_a_band_breaks_into_rows_and_the_next_begins_below() -> None:
    bands = [Band("甲", "", [tile(str(number), 1) for number in range(5)]), Band("乙", "", [tile("九", 1)])]
    drawn = ElementTree.fromstring(draw(bands, "在办", per_row=3, kind="wide"))
    places = [(one.get("x"), one.get("y")) for one in drawn.iter("rect")]
    assert len(set(places)) == 6
    assert len({y for _, y in places}) == 3


def test_a_name_too_long_for_its_tile_is_whole_in_the_words() -> None:
    drawn = draw([Band("市", "", [tile("经济技术开发区街道", 3)])], "在办", per_row=3, kind="wide")
    assert "经济技术开…" in drawn
    assert "经济技术开发区街道：在办 3 件" in drawn


def test_names_are_escaped() -> None:
    assert "<b>" not in draw([Band("<b>", "", [tile("<b>", 3)])], "a", per_row=3, kind="wide")


def test_only_nothing_is_white_and_the_fullest_is_the_darkest() -> None:
    assert [step_of(amount, 100) for amount in (0, 1, 33, 34, 70, 100)] == [0, 1, 1, 2, 3, 4]
    assert step_of(0, 0) == 0


def test_a_share_is_as_dark_as_it_is_full_and_not_as_it_is_ahead() -> None:
    bands = [Band("市", "", [tile("甲", 6)])]
    assert 'class="step4"' in draw(bands, "认领进度", per_row=3, kind="wide")
    assert 'class="step1"' in draw(bands, "认领进度", per_row=3, kind="wide", full=100)
