"""A village office for tests: an enrolled store with a few residents, services and a campaign, made without a centre.

Its key is cheap to derive, so that a test of commands is not a test of patience.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from server.cli.device.office import (
    IDENTITY,
    REFRESH_TOKEN,
    Identity,
    Office,
    open_unlocked,
    open_waiting,
)
from server.cli.device.said import ConsentSaid, MaterialSaid, Visit
from sync.core.codec import encode_body
from sync.core.ids import derived_id
from sync.device.keys import SIGNING_KEY, KeyFolder, Slowness
from sync.device.state import BucketState, StoredRow
from tests.people import HandClock

PIN = "246810"
FAST = Slowness(passes=1, memory_kib=8)
VILLAGE = "341881106200"
UNIT = "e" * 32
ACCOUNT = derived_id("account", "wu")
PLACE, CATALOGUE = f"place:{VILLAGE}", "catalogue:village:341800"
PERSON, UNITS = f"person:{ACCOUNT}", f"unit:{UNIT}"

WANG, SHAN = derived_id("resident", "wang"), derived_id("resident", "shan")
ALLOWANCE, CARD, CANCELLED = (derived_id("item", name) for name in ("allowance", "card", "cancelled"))
CAMPAIGN = derived_id("campaign", "3")
NOW = 1_795_000_000_000  # 2026-11-18, Beijing

RESIDENTS: dict[str, dict[str, Any]] = {
    WANG: {
        "name": "汪秀英",
        "village": VILLAGE,
        "citizen_id": "341802193507020027",
        "phone": "19900001111",
        "address": "前村组3号",
    },
    SHAN: {"name": "单玉兰", "village": VILLAGE, "birth": "1960-01-01", "sex": "F"},
}
ITEMS: dict[str, dict[str, Any]] = {
    ALLOWANCE: {
        "name": "80周岁以上老年人高龄津贴申领",
        "status": "active",
        "version": 1,
        "base_item": "990511001000",
        "catalogue": "village:341800",
        "dept": "民政",
        "promise_days": 10,
        "rule": {"min_age": 80},
        "materials": [
            {"no": 1, "name": "居民身份证", "necessity": 1, "licence": ["身份证"]},
            {"no": 2, "name": "户口簿", "necessity": 2, "instead": "共享核验", "cancelled": True},
            {"no": 3, "name": "申请审批表", "necessity": 1},
            {"no": 4, "name": "社会保障卡(银行账户)", "necessity": 3},
        ],
        "fields": [
            {"name": "contact_phone", "label": "联系电话", "type": "phone", "required": True},
            {"name": "tier", "label": "年龄档", "type": "choice", "required": True, "choices": ["80-89", "90-99"]},
        ],
    },
    CARD: {
        "name": "老年人优待证(老年卡)申领",
        "status": "active",
        "version": 1,
        "base_item": "992011001000",
        "catalogue": "village:341800",
        "materials": [],
        "fields": [],
    },
    CANCELLED: {
        "name": "木材运输证核发",
        "status": "cancelled",
        "status_reason": "森林法2019修订后取消",
        "version": 2,
        "base_item": "990164009000",
        "catalogue": "village:341800",
    },
}
CAMPAIGN_FIELDS = {"name": "第三轮认领", "start": "2026-10-12", "end": "2026-12-11", "catalogue": "all:341800"}


@dataclass(frozen=True)
class Village:
    """A store on disk and the clock its office is opened with."""

    folder: Path
    key: bytes
    clock: HandClock

    @contextmanager
    def office(self) -> Iterator[Office]:
        with open_unlocked(self.folder, self.key, self.clock, os.urandom) as office:
            yield office


def make_village(folder: Path, *, server: str = "http://127.0.0.1:9", relay_key: str = "A" * 43) -> Village:
    """As after enrolling and a first sync, an hour ago."""
    folder.mkdir(parents=True, exist_ok=True)
    key = KeyFolder(folder).create(PIN, os.urandom, FAST)
    identity = Identity(
        device=derived_id("device", "office"),
        mark="0A3K",
        account=ACCOUNT,
        login="h341881106200",
        name="吴思雨",
        role="helper",
        server=server,
        relay_public_key=relay_key,
        enrolled_at=NOW - 3_600_000,
    )
    store = open_waiting(folder, key, device=identity.device)
    with store.transaction():
        store.put_secret(SIGNING_KEY, bytes(range(32)))
        store.put_secret(REFRESH_TOKEN, b"refresh")
        store.put_secret(IDENTITY, msgspec.json.encode(identity))
        store.put_standing(msgspec.structs.replace(store.standing(), epoch="e1", server_time=NOW - 3_600_000))
        store.put_buckets([BucketState(bucket=name, generation=1) for name in (PLACE, CATALOGUE, PERSON, UNITS)])
    store.close()
    village = Village(folder, key, HandClock(NOW))
    put(village, PLACE, "resident", RESIDENTS)
    put(village, CATALOGUE, "item", ITEMS)
    put(village, CATALOGUE, "campaign", {CAMPAIGN: CAMPAIGN_FIELDS})
    return village


def put(village: Village, bucket: str, kind: str, records: dict[str, dict[str, Any]]) -> None:
    """Rows as the centre would have sent them."""
    with village.office() as office:
        put_rows(office, bucket, kind, records)


def put_rows(office: Office, bucket: str, kind: str, records: dict[str, dict[str, Any]]) -> None:
    rows = [
        StoredRow(record=record, bucket=bucket, version=1, kind=kind, body=encode_body(kind, record, 1, fields))
        for record, fields in records.items()
    ]
    with office.store.transaction():
        office.store.put_rows(rows)


def whole_visit(**more: Any) -> Visit:
    """A visit to 汪秀英 for the allowance that nothing can be said against."""
    said: dict[str, Any] = {
        "resident": WANG,
        "item": ALLOWANCE,
        "form": {"contact_phone": "19900001111", "tier": "90-99"},
        "materials": {
            "1": MaterialSaid(state="licence"),
            "3": MaterialSaid(state="paper"),
            "4": MaterialSaid(state="promised", due="2026-12-01"),
        },
        "consent": ConsentSaid(read_aloud=True, sensitive=["bank"]),
        "promise_read": True,
    }
    return Visit(**{**said, **more})
