"""Ids and phones are masked by their names and within words; what is nobody's stays."""

from server.domain.people.masked_fields import masked_fields

UNIT = "unit:113418810032500018"


def test_ids_and_phones_are_masked_wherever_they_stand() -> None:
    told = masked_fields(
        "case",
        {
            "phone": "13912340077",
            "delivery": {"mode": "post", "name": "宁采薇", "phone": "13912340077"},
            "notes": ["打13912340077", "990101195001010010"],
            "form.reason": "女儿13912340077",
            "correction": {"materials": [{"no": "1", "text": "身份证990101195001010010"}]},
        },
    )
    assert told == {
        "phone": "139****0077",
        "delivery": {"mode": "post", "name": "宁采薇", "phone": "139****0077"},
        "notes": ["打139****0077", "990101********0010"],
        "form.reason": "女儿139****0077",
        "correction": {"materials": [{"no": "1", "text": "身份证990101********0010"}]},
    }
    assert masked_fields("resident", {"citizen_id": "990101195001010010"}) == {"citizen_id": "990101********0010"}
    assert (
        masked_fields("licence", {"kind": "身份证", "number": "990101195001010010"})["number"] == "990101********0010"
    )


def test_numbers_of_filings_units_and_files_are_nobodys() -> None:
    fields = {
        "number": "341881202611220000017",
        "holder": UNIT,
        "transfer": {"to": UNIT, "reason": "不属本单位"},
        "parts": [{"unit": UNIT, "days": 3}],
        "joint": [UNIT],
        "material.1": {"state": "attached", "file": "1" * 32, "sha256": "2" * 64},
        "parcel": {"waybill": "1234567890123456"},
        "state": "received",
        "seconds": 20,
        "elder": True,
    }
    assert masked_fields("case", fields) == fields
