"""The text of consent: everything named, sensitive kinds apart, the same words for the same hash."""

from datetime import date

import pytest

from server.cli.device.consent_text import consent_text, data_kinds_of, recipients_of, sensitive_of, with_photographed
from server.domain.cases.consent import shown_text_hash
from tests.server.cli.device.village import ALLOWANCE, ITEMS, RESIDENTS, WANG


def shown(lang: str = "zh", **more: object) -> str:
    said = {
        "resident": RESIDENTS[WANG],
        "items": ["高龄津贴"],
        "kinds": ("name", "bank"),
        "recipients": ["民政"],
        "helper": "吴思雨",
        "valid_until": date(2026, 12, 18),
    }
    return consent_text(**{**said, **more}, lang=lang)  # type: ignore[arg-type]


@pytest.mark.parametrize(("lang", "bank"), [("zh", "银行"), ("en", "bank")])
def test_it_names_person_item_data_recipient_end_and_rights(lang: str, bank: str) -> None:
    text = shown(lang)
    for word in ("汪秀英", "吴思雨", "高龄津贴", "民政", "2026-12-18", "12345", bank):
        assert word in text
    assert "341802193507020027" not in text


def test_another_item_is_another_hash() -> None:
    assert shown_text_hash(shown()) == shown_text_hash(shown())
    assert shown_text_hash(shown()) != shown_text_hash(shown(items=["老年卡"]))


def test_kinds_follow_from_materials_unless_the_item_names_them() -> None:
    assert data_kinds_of(ITEMS[ALLOWANCE]) == ("name", "citizen_id", "phone", "address", "bank")
    assert data_kinds_of({"data_kinds": ["health"]}) == ("health",)
    assert "under_14" in data_kinds_of({}, age=13)
    assert "household" not in data_kinds_of(ITEMS[ALLOWANCE]), "a cancelled material uses no data"


def test_a_photograph_of_a_card_is_a_sensitive_kind_of_its_own() -> None:
    kinds = with_photographed(("name",), ["居民身份证"])
    assert sensitive_of(kinds) == ("id_photo",)
    assert with_photographed(("name",), ["申请表"]) == ("name",)


def test_the_department_receives_and_the_desk() -> None:
    assert recipients_of(ITEMS[ALLOWANCE]) == ["民政", "综合窗口"]
