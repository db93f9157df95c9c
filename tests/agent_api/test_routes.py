"""The table of routes is whole."""

import re

from limits import parse

from agent_api.caller import Who
from agent_api.problems import ALL_PROBLEMS
from agent_api.routes import ROWS
from server.domain.people.roles import Role
from server.storage.schema.records import KIND_TABLES


def test_no_method_and_path_stands_twice() -> None:
    assert len({(row.method, row.path) for row in ROWS}) == len(ROWS)


def test_every_row_has_a_limit_that_can_be_read() -> None:
    assert all(parse(row.limit).amount > 0 for row in ROWS)


def test_every_problem_named_is_in_the_table() -> None:
    assert {code for row in ROWS for code in row.problems} <= set(ALL_PROBLEMS)


def test_only_anyone_and_the_machine_need_no_token() -> None:
    guarded = {row.path for row in ROWS if row.who in (Who.DEVICE, Who.DEPOSITOR)}
    assert {"/v1/exchange", "/v1/relay", "/v1/live/ticket", "/v1/uploads"} <= guarded
    assert [row.path for row in ROWS if row.who is Who.DEPOSITOR] == ["/v1/exchange"]


def test_auditors_and_administrators_send_no_files() -> None:
    for row in ROWS:
        if row.path.startswith("/v1/uploads") and row.who is Who.DEVICE:
            assert not row.roles & {Role.AUDITOR, Role.ADMINISTRATOR}


def test_paths_carry_nothing_secret() -> None:
    assert not [row.path for row in ROWS if re.search(r"\{(token|code|ticket)\}", row.path)]


def test_no_address_of_a_desk_stands_before_the_steps_of_a_kind() -> None:
    """/v1/desk/{kind}/{record}/{name} takes what no other row takes."""
    named = {row.path.split("/")[3] for row in ROWS if row.path.startswith("/v1/desk/")} - {"{kind}"}
    assert "bulletins" in named
    assert not named & set(KIND_TABLES)
