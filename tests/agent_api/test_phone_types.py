"""The phone's types of the wire are what the Python messages say today."""

from __future__ import annotations

from agent_api.phone_types import TARGET, rendered
from sync.core.messages import Answer, Request


def test_the_phone_reads_and_writes_the_messages_of_today() -> None:
    assert TARGET.read_text(encoding="utf-8") == rendered(), "run `python -m agent_api.phone_types`"


def test_every_field_of_both_messages_is_there() -> None:
    text = rendered()
    assert all(f"readonly {name}:" in text for name in (*Request.__struct_fields__, *Answer.__struct_fields__))
