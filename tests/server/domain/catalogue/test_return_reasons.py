"""Reasons for a return: each has its words, and an unknown one is told."""

from server.domain.catalogue.return_reasons import REASON_CODES, check_reasons, reason_words


def test_every_reason_has_words_in_both_languages() -> None:
    for code in REASON_CODES:
        zh, en = reason_words(code)
        assert "{" not in zh + en, "nothing is left to be filled in"
        assert zh != code, code
        assert en != code, code


def test_an_unknown_reason_is_told() -> None:
    found = check_reasons({"return_reasons": ["contact_wrong", "colour"]})
    assert [(one.code, one.field) for one in found] == [("return_reason_unknown", "return_reasons")]
