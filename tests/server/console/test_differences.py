"""The change of a text is told in parts that make both texts again."""

from __future__ import annotations

import pytest

from server.console.differences import WHOLE_ABOVE, Mark, parts, whole_parts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("年满60周岁公民", "年满65周岁公民"),
        ("", "新写的"),
        ("删掉的", ""),
        ("全不一样", "something else"),
        ("x" * 4000, "y"),
    ],
)
def test_what_stayed_and_went_is_what_was_and_what_stayed_and_came_is_what_is(before: str, after: str) -> None:
    told = parts(before, after)
    assert "".join(one.words for one in told if one.mark is not Mark.CAME) == before
    assert "".join(one.words for one in told if one.mark is not Mark.WENT) == after


def test_what_is_alike_stays() -> None:
    assert [(one.mark, one.words) for one in parts("年满60周岁", "年满65周岁")] == [
        (Mark.STAYED, "年满6"),
        (Mark.WENT, "0"),
        (Mark.CAME, "5"),
        (Mark.STAYED, "周岁"),
    ]


def test_what_has_little_in_common_or_is_very_long_is_shown_whole() -> None:
    assert [one.mark for one in parts("甲乙丙丁", "戊己庚辛")] == [Mark.WENT, Mark.CAME]
    long = "长" * (WHOLE_ABOVE + 1)
    assert [one.mark for one in parts(long, long + "x")] == [Mark.WENT, Mark.CAME]


def test_one_word_in_the_place_of_another_shares_no_letters() -> None:
    assert [(one.mark, one.words) for one in whole_parts("active", "cancelled")] == [
        (Mark.WENT, "active"),
        (Mark.CAME, "cancelled"),
    ]
    assert [(one.mark, one.words) for one in whole_parts("", "new")] == [(Mark.CAME, "new")]
    assert [(one.mark, one.words) for one in whole_parts("same", "same")] == [(Mark.STAYED, "same")]
