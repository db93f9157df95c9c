"""Notices: two languages, nothing that identifies, never changed once sent."""

from datetime import date

from server.domain.check_context import CheckContext
from server.domain.supervision.notices import MERGE_CODES, check_notice, notice_fields, worded

NOTICE = notice_fields("h1", "a" * 32, "王*13812341234的办件已收", "the case of 王* was received, 0563-3022345")


def codes(before: dict[str, object] | None = None, **changed: object) -> list[str]:
    ctx = CheckContext(on=date(2026, 11, 22), before=before)
    return [each.code for each in check_notice({**NOTICE, **changed}, ctx)]


def test_a_notice_is_masked_when_made_and_keeps_the_desks_number() -> None:
    assert NOTICE["text_zh"] == "王*138****1234的办件已收"
    assert "0563-3022345" in str(NOTICE["text_en"])
    assert codes() == []


def test_an_unmasked_or_one_sided_notice_is_told() -> None:
    assert codes(text_zh="341802193507020027") == ["notice_unmasked"]
    assert codes(text_en="") == ["field_missing"]


def test_a_sent_notice_is_only_read() -> None:
    assert codes(NOTICE, read_at="2026-11-22T09:00:00+08:00") == []
    assert codes(NOTICE, text_zh="别的") == ["notice_changed"]


def test_what_merge_tells_by_its_code_is_a_lawful_notice_that_can_be_read() -> None:
    for code in MERGE_CODES:
        told = worded({"to": "h1", "about": "a" * 32, "code": code, "at": 5, "kind": "resident", "fields": ["name"]})
        ctx = CheckContext(on=date(2026, 11, 22))
        assert check_notice(told, ctx) == []
        read = CheckContext(on=date(2026, 11, 22), before=told)
        assert check_notice({**told, "read_at": "2026-11-22T09:00:00+08:00"}, read) == []


def test_a_conflict_says_which_fields_it_is_about_in_both_languages() -> None:
    told = worded({"to": "h1", "about": "a" * 32, "code": "conflict_opened", "kind": "resident", "fields": ["phone"]})
    assert "电话" in str(told["text_zh"])
    assert "phone" in str(told["text_en"])
    assert told["about_kind"] == "conflict"
    assert told.keys().isdisjoint({"kind", "fields"})


def test_a_notice_that_has_its_words_keeps_them() -> None:
    assert worded({**NOTICE, "code": "conflict_opened"}) == {**NOTICE, "code": "conflict_opened"}
