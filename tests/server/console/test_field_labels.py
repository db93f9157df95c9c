"""Each English name says more than the field's own does, and stands for something that there is."""

from __future__ import annotations

from server.console.field_labels import ENGLISH
from server.domain.catalogue.claim_fields import CLAIM_FIELDS
from server.domain.record_fields import KINDS


def test_each_is_a_field_and_plain_english() -> None:
    names = {name for table in KINDS.values() for name in table.fields} | set(CLAIM_FIELDS)
    assert set(ENGLISH) <= names
    assert [said for said in ENGLISH.values() if not said.isascii() or "_" in said or said != said.strip()] == []
