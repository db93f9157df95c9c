"""The worked examples in docs/protocol.md are what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fixtures.protocol.vectors import answer_message, request_message
from sync.core.chain import encode_hash
from sync.core.changes import Base
from tests.sync.central.centre_in_memory import CentreInMemory, Phone

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)\n```", TEXT, re.DOTALL)


def test_the_example_messages_are_the_golden_ones() -> None:
    assert blocks("request") == [request_message().decode()]
    assert blocks("answer") == [answer_message().decode()]


@pytest.mark.parametrize("block", blocks("merge"), ids=lambda block: str(json.loads(block)["about"]))
def test_a_worked_merge_goes_as_written(block: str) -> None:
    example: dict[str, Any] = json.loads(block)
    centre = CentreInMemory()
    people = {"helper": Phone(centre, "helper"), "lead": Phone(centre, "lead", role="town_lead")}
    record = ""
    seen: dict[int, Base] = {}
    for step in example["steps"]:
        phone = people[step["by"]]
        change = phone.change(
            "resident",
            step["name"],
            record,
            base=seen.get(step.get("seen", 0)),
            set=step.get("set", {}),
            add=step.get("add", {}),
        )
        record = change.record
        assert phone.send(change)[0].code == step["outcome"]
        held = centre.records["resident", record]
        seen[held.rev] = Base(epoch=centre.epoch, rev=held.rev, hash=encode_hash(held.hash))
    assert example["after"].items() <= centre.fields("resident", record).items()


def test_there_are_worked_merges() -> None:
    assert len(blocks("merge")) >= 4
