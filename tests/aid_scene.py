"""One resident's matter in every kind of record that can tell of it, as if it had come long ago: with social aid or
without. Whatever of it a person typed, or is known by, is in MARKS.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from tests.put_record import NUMBER, RECEIPT, put_record
from tests.small_centre import SmallCentre

RESIDENT, ITEM, CONSENT, CASE, OVER, TICKET = "1a" * 16, "1b" * 16, "1c" * 16, "1d" * 16, "1e" * 16, "2a" * 16
RATING, TASK, CONFLICT, LICENCE, LIGHT, REVIEW = "2b" * 16, "2c" * 16, "2d" * 16, "2e" * 16, "3a" * 16, "3b" * 16
BUNDLE, SERVICE = "3c" * 16, "3d" * 16
PICTURE, BYTES = "f" * 32, b"original"
MARKS = (
    *("宁采薇", "990101195001010010", "990101********0010", "13912340077", "139****0077", "磨盘山下第七户"),
    *("屋顶塌了一半", "电话里哭了很久", "替她打的邻居", "等了四十天", "因病举债三万"),
)
"""The name; id and phone, whole and masked; the address; an answer of the form; a ticket's words and caller; a rating's
words; what a task's holder explained.
"""


async def put_matter(
    small: SmallCentre, village: str, *, aid: bool, holder: str = "", helper: str = "9" * 32
) -> Mapping[str, str]:
    """The id of each record by its kind; `over` is a finished case of the same resident."""
    name = {"name": "临时救助", "dept": "民政", "type": "05"} if aid else {"name": "老年人优待证申领", "type": "20"}
    sha = hashlib.sha256(BYTES).hexdigest()
    case = {
        "resident": RESIDENT,
        "item": ITEM,
        "item_version": 1,
        "consent": CONSENT,
        "village": village,
        "state": "received",
        "holder": holder or f"place:{village}",
        "helper": helper,
        "phone": "13912340077",
        "address": "磨盘山下第七户",
        "received_at": "2026-11-02T09:00:00+08:00",
        "form.why": "屋顶塌了一半",
        "material.1": {"state": "attached", "file": PICTURE, "sha256": sha},
        "clock": {},
    }
    over = {**case, "state": "finished", "number": NUMBER, "receipt": RECEIPT}
    over |= {"accepted_at": "2026-11-03T09:00:00+08:00", "finished_at": "2026-11-10T09:00:00+08:00"}
    told: Mapping[str, dict[str, Any]] = {
        "resident": {
            **{"name": "宁采薇", "citizen_id": "990101195001010010", "phone": "13912340077"},
            **{"address": "磨盘山下第七户", "village": village, "flags": ["low_income"] if aid else []},
        },
        "item": {**name, "version": 1, "catalogue": f"all:{village[:4]}00", "materials": [{"no": "1", "name": "照片"}]},
        "consent": {
            **{"resident": RESIDENT, "items": [ITEM], "data_kinds": ["name"], "purpose": "因病举债三万"},
            **{"recipients": ["民政局"], "means": "signature", "text_hash": "0" * 64, "helper": helper},
            **{"signed_at": "2026-11-01T09:00:00+08:00", "valid_until": "2027-11-01", "village": village},
        },
        "ticket": {
            **{"place": village, "source": "hotline", "type": "request", "text": "电话里哭了很久", "state": "open"},
            **{"case": CASE, "caller": "替她打的邻居", "phone": "13912340077", "holder": f"place:{village}"},
            **{"due": "2026-12-30", "opened_at": "2026-11-05T09:00:00+08:00"},
        },
        "rating": {
            **{"case": OVER, "place": village, "grade": 1, "channel": "page", "state": "given", "text": "等了四十天"},
            "rated_at": "2026-11-12T09:00:00+08:00",
        },
        "task": {
            **{"place": village, "code": "bad_rating", "about": RATING, "about_kind": "rating", "text": "请核实。"},
            **{"state": "explained", "holder": f"place:{village}", "explanation": "宁采薇因病举债三万"},
            **{"due": "2026-12-30", "opened_at": "2026-11-12T09:00:00+08:00"},
        },
        "conflict": {
            **{"record": CASE, "kind": "case", "fields": ["address"], "state": "open", "change": "4" * 32},
            **{"mine": {"address": "磨盘山下第七户"}, "theirs": {"address": "别处"}, "base": {"address": ""}},
            **{"mine_by": "x", "theirs_by": ["y"], "authors": ["x", "y"], "bucket": f"place:{village}"},
            **{"mine_at": 1_795_000_000_000, "theirs_at": 1_794_000_000_000},
        },
        "licence": {
            **{"state": "held", "resident": RESIDENT, "village": village, "kind": "身份证", "source": "desk"},
            **{"number": "990101195001010010", "trust": "B", "issued_on": "2020-01-01", "valid_until": "2040-01-01"},
            "uses": [{"at": "2026-11-05T09:00:00+08:00", "by": helper, "case": CASE, "purpose": "等了四十天"}],
        },
        "light": {
            **{"place": village, "about": CASE, "about_kind": "case", "code": "promise", "level": "red"},
            **{"state": "lit", "holder": f"place:{village}", "due": "2026-11-20", "number": NUMBER},
            **{"raised_at": "2026-11-21T09:00:00+08:00", "level_since": "2026-11-21T09:00:00+08:00"},
        },
        "review": {
            **{"place": village, "code": "AR02", "level": "yellow", "account": helper, "state": "open"},
            **{"since": "2026-11-01", "until": "2026-11-30", "measured": "7", "threshold": "6", "evidence": [CASE]},
        },
        "bundle": {
            **{"code": "BUNDLE-01", "resident": RESIDENT, "consent": CONSENT, "village": village, "state": "open"},
            **{"legs": [{"leg": 1, "item": ITEM, "case": CASE}], "filed_at": "2026-11-02T09:00:00+08:00"},
        },
        "service_log": {
            **{"village": village, "resident": RESIDENT, "kind": "advice", "items": [ITEM], "minutes": 5},
            **{"note": "电话里哭了很久", "helper": helper},
        },
    }
    ids = {
        **{"resident": RESIDENT, "item": ITEM, "consent": CONSENT, "ticket": TICKET, "rating": RATING, "task": TASK},
        **{"conflict": CONFLICT, "licence": LICENCE, "light": LIGHT, "review": REVIEW, "bundle": BUNDLE},
        "service_log": SERVICE,
    }
    for kind, fields in told.items():
        await put_record(small, kind, ids[kind], fields, bucket=f"place:{village}" if kind == "conflict" else "")
    await put_record(small, "case", CASE, {**case, "number": "", "receipt": ""})
    await put_record(small, "case", OVER, over)
    return {**ids, "case": CASE, "over": OVER}
