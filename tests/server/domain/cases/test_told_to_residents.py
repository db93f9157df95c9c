"""A resident is told the state in plain words, what is missing by when, and where the result is; and nobody's data."""

import msgspec

from server.domain.cases.lifecycle import CaseState
from server.domain.cases.told_to_residents import WORDS, Awaited, tell

ITEM = {"materials": [{"no": 1, "name": "户口簿"}, {"no": 2, "name": "照片", "necessity": 3}]}
CASE = {
    "state": "to_correct",
    "phone": "13812345678",
    "address": "胡乐村12号",
    "delivery": {"mode": "ems", "name": "王秀英", "phone": "13812345678"},
    "correction": {"due": "2026-12-01", "materials": [{"no": "1", "why": "missing"}]},
    "material.2": {"state": "promised", "due": "2026-12-05"},
    "clock": {"promise_due": "2026-12-20"},
}


def test_every_state_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(CaseState)
    assert all(zh and en.isascii() for zh, en in WORDS.values())


def test_what_is_missing_is_named_with_its_day() -> None:
    told = tell(CASE, ITEM)
    assert told.missing == (Awaited("户口簿", "2026-12-01"), Awaited("照片", "2026-12-05"))
    assert (told.zh, told.due) == (WORDS[CaseState.TO_CORRECT][0], "2026-12-20")


def test_where_the_result_is_travels_with_it() -> None:
    told = tell({"state": "finished", "parcel": {"state": "moving", "where": "合肥", "waybill": "EX1"}}, None)
    assert (told.parcel_zh, told.parcel_where, told.waybill) == ("结果在途中。", "合肥", "EX1")


def test_what_no_carrier_takes_waits_for_none() -> None:
    for mode, words in (("pickup", "村便民服务点"), ("window", "窗口"), ("electronic", "电子件"), ("ems", "揽收")):
        told = tell({"state": "finished", "parcel": {"mode": mode, "state": "asked"}}, None)
        assert words in told.parcel_zh
        assert told.parcel_en.isascii()
    there = tell({"state": "finished", "parcel": {"mode": "pickup", "state": "at_village"}}, None)
    assert "请带身份证领取" in there.parcel_zh


def test_no_personal_data_is_in_it_and_an_unknown_state_is_no_fault() -> None:
    answer = msgspec.json.encode(tell(CASE, ITEM)).decode()
    assert not [word for word in ("13812345678", "王秀英", "胡乐村") if word in answer]
    assert tell({"state": "something"}, None).zh


def test_it_is_rated_once_it_is_over_and_once() -> None:
    over, open_case = {"state": "finished"}, {"state": "accepted"}
    assert [tell(case, None).rateable for case in (over, open_case)] == [True, False]
    again = tell(over, None, rated=True)
    assert (again.rated, again.rateable) == (True, False)
