"""The policy table's own look-ups."""

from __future__ import annotations

from sync.central.known import Centre, Known, Record
from sync.central.policies import Reading, Rule
from sync.core.changes import Captured, Change
from tests.sync.central.test_fields import policy


def test_a_field_takes_its_own_rule_then_its_familys_then_the_default() -> None:
    table = policy()
    assert table.rule("both") is Rule.KEEP_BOTH
    assert table.rule("unheard_of") is Rule.PERSON_DECIDES
    family = {**table.fields, "f.": Rule.LATEST}
    assert type(table)(**{**vars(table), "fields": family}).rule("f.hours") is Rule.LATEST


def test_a_field_without_a_group_is_a_group_of_its_own() -> None:
    assert policy(groups=(frozenset({"a", "b"}),)).group_of("a") == {"a", "b"}
    assert policy().group_of("a") == {"a"}


def test_a_reading_offers_every_value_a_field_may_have() -> None:
    key = ("case", "1" * 32)
    held = Record("case", key[1], 1, "b", 1, b'{"fields":{"item":"old","item_version":1}}', {})
    change = Change(
        id="2" * 32, kind="case", record=key[1], name="case.edit", set={"item": "new"}, captured=Captured(wall=0)
    )
    reading = Reading(
        known=Known(records={key: held}),
        centre=Centre(epoch="e", epoch_block=0, now=0),
        honoured={},
        batch={key: [change]},
    )
    assert reading.texts(*key, "item") == {"old", "new"}
    assert reading.numbers(*key, "item_version") == {1}
    assert reading.holder("k") is None
