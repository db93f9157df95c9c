"""A bundle filed at one visit: one consent, its legs behind it, and what a leg makes is asked of nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from server.domain.record_fields import groups
from sync.core.codec import read_change
from sync.core.ids import derived_id
from tests.server.cli.device.conftest import Run
from tests.server.cli.device.village import CARD, CATALOGUE, SHAN, Village, put

BUS_CARD = derived_id("item", "bus card")
ITEM = {
    "name": "老年人免费(优惠)乘车卡办理",
    "status": "active",
    "version": 1,
    "base_item": "992018001000",
    "catalogue": "village:341800",
    "materials": [
        {"no": 1, "name": "居民身份证", "necessity": 1, "licence": ["身份证"]},
        {"no": 2, "name": "老年人优待证", "necessity": 1},
    ],
    "fields": [],
}


def said(folder: Path, **more: Any) -> Path:
    visit: dict[str, Any] = {
        "bundle": "BUNDLE-01",
        "resident": SHAN,
        "legs": {"2": {"materials": {"1": {"state": "licence"}}}},
        "consent": {"read_aloud": True},
        **more,
    }
    file = folder / "bundle.json"
    file.write_text(json.dumps(visit), encoding="utf-8")
    return file


def test_one_consent_stands_before_a_bundle_and_a_case_for_each_leg(run: Run, tmp_path: Path, village: Village) -> None:
    put(village, CATALOGUE, "item", {BUS_CARD: ITEM})
    code, told = run("bundle", "--from", said(tmp_path), as_json=True)
    assert code == 0, told
    with village.office() as office:
        changes = [read_change(entry.line) for entry in office.store.outbox()]
        assert [one.name for one in changes] == ["consent.give", "bundle.file", "case.submit", "case.submit"]
        consent, bundle, card, bus = changes
        assert consent.set["items"] == [CARD, BUS_CARD]
        assert bundle.needs == [consent.id]
        assert [leg["case"] for leg in groups(bundle.set, "legs")] == [card.record, bus.record] == told["cases"]
        assert card.needs == bus.needs == [bundle.id]
        assert (bus.set["bundle"], bus.set["leg"]) == (bundle.record, 2)
        assert bus.set["material.2"] == {"state": "awaited"}
    assert len({*told["receipts"]}) == 2


def test_a_bundle_that_cannot_be_filed_leaves_nothing(run: Run, tmp_path: Path, village: Village) -> None:
    code, told = run("bundle", "--from", said(tmp_path), as_json=True)
    assert (code, told["error"]) != (0, ""), "the village has no such item"
    put(village, CATALOGUE, "item", {BUS_CARD: ITEM})
    fingerprint = {"means": "fingerprint", "read_aloud": False}
    assert run("bundle", "--from", said(tmp_path, consent=fingerprint), as_json=True)[0] == 4
    assert run("bundle", "--from", said(tmp_path, bundle="BUNDLE-99"), as_json=True)[0] != 0
    assert run("bundle", as_json=True)[0] != 0
    with village.office() as office:
        assert office.store.outbox_size() == 0
