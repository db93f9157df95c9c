"""A map is links in blocks, told in words, and asks for nothing from elsewhere."""

from __future__ import annotations

from xml.etree import ElementTree

from server.console.tile_map import PER_ROW, SPLIT, Band, Tile, draw, step_of


def tile(name: str, amount: int, mark: str = "") -> Tile:
    return Tile(name, f"/console/?place={name}", str(amount), amount, f"{name}：在办 {amount} 件", mark)


def blocks(*bands: Band) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(f"<all>{draw(bands)}</all>"))


def test_every_tile_is_a_link_that_says_its_number_in_words() -> None:
    [drawn] = blocks(Band("宁国市", "/x", [tile("胡乐镇", 12, "■1")]))
    titles = [one.text for one in drawn.iter("title")]
    assert titles == ["宁国市", "胡乐镇：在办 12 件"]
    assert [one.text for one in drawn.iter("text")][1:] == ["胡乐镇", "12", "■1"]
    assert drawn.get("class") == "map"
    assert "style" not in ElementTree.tostring(drawn, encoding="unicode")


def test_the_picture_is_out_of_the_way_of_who_hears_the_page_or_has_a_keyboard() -> None:
    [drawn] = blocks(Band("宁国市", "/x", [tile("胡乐镇", 12)]))
    assert drawn.get("aria-hidden") == "true"
    assert [one.get("tabindex") for one in drawn.iter("a")] == ["-1", "-1"]


def test_a_block_breaks_into_rows_and_each_place_below_has_one() -> None:
    five = [tile(str(number), 1) for number in range(PER_ROW + 2)]
    first, second = blocks(Band("甲", "/x", five), Band("乙", "/y", [tile("九", 1)]))
    places = [(one.get("x"), one.get("y")) for one in first.iter("rect")]
    assert len(set(places)) == PER_ROW + 2
    assert len({y for _, y in places}) == 2
    assert len(list(second.iter("rect"))) == 1


def test_a_place_alone_lies_beside_itself_with_every_tile_once() -> None:
    names = [str(number) for number in range(40)]
    drawn = blocks(Band("胡乐镇", "", [tile(name, 1) for name in names]))
    assert len(drawn) == SPLIT
    assert [one.text for part in drawn for one in part.iter("text") if one.get("class") == "name"] == names
    assert len(blocks(Band("胡乐镇", "", [tile("胡乐村", 1)]))) == 1


def test_a_county_of_two_hundred_villages_is_not_longer_than_a_screen() -> None:
    """In four columns, as a page of 1440 points shows them; what a column holds is the whole shared out."""
    towns = [Band(str(town), "/x", [tile(str(village), 1) for village in range(11)]) for town in range(19)]
    towns[0] = Band("0", "/x", [tile("向阳社区居委会", 12, "■1"), *towns[0].tiles])
    heights = [float(str(one.get("viewBox")).split()[3]) for one in blocks(*towns)]
    assert sum(heights) / 4 < 700
    low = blocks(*towns)[0]
    assert [one.text for one in low.iter("text")][1:3] == ["向阳社…", "12"]
    assert [one.text for one in low.iter("title")][1] == "向阳社区居委会：在办 12 件"
    assert [one.get("class") for one in low.iter("rect")].count("edge") == 1, "what is late has an edge"


def test_a_name_too_long_for_its_tile_is_whole_in_the_words() -> None:
    drawn = draw([Band("市", "", [tile("经济技术开发区街道", 3)])])
    assert "经济技术开…" in drawn
    assert "经济技术开发区街道：在办 3 件" in drawn


def test_names_are_escaped() -> None:
    assert "<b>" not in draw([Band("<b>", "/x", [tile("<b>", 3)])])


def test_only_nothing_is_white_and_the_fullest_is_the_darkest() -> None:
    assert [step_of(amount, 100) for amount in (0, 1, 33, 34, 70, 100)] == [0, 1, 1, 2, 3, 4]
    assert step_of(0, 0) == 0


def test_a_share_is_as_dark_as_it_is_full_and_not_as_it_is_ahead() -> None:
    bands = [Band("市", "", [tile("甲", 6)])]
    assert 'class="step4"' in draw(bands)
    assert 'class="step1"' in draw(bands, full=100)
