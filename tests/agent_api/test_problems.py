"""One table of problems, told in two languages, in documents and on a page that cannot drift apart."""

import json
from pathlib import Path

from agent_api.problems import ALL_PROBLEMS, problem_response, problems_page
from server.actions.refusals import ActionRefused
from sync.core.errors import SyncError

ROOT = Path(__file__).parents[2]


def test_every_code_says_what_and_what_next_in_both_languages() -> None:
    for code, (status, zh, en, next_zh, next_en) in ALL_PROBLEMS.items():
        assert 400 <= status < 600, code
        assert all((en, next_en)), code
        assert any("\u4e00" <= sign <= "\u9fff" for sign in zh), code
        assert any("\u4e00" <= sign <= "\u9fff" for sign in next_zh), code


def test_the_same_code_is_the_same_bytes() -> None:
    assert problem_response("not_found").body == problem_response("not_found").body
    document = json.loads(bytes(problem_response("malformed").body))
    assert document["status"] == 400
    assert document["type"] == "/v1/docs#malformed"


def test_the_page_is_the_table() -> None:
    assert (ROOT / "docs" / "problems.md").read_text(encoding="utf-8") == problems_page()


def leaves(root: type[Exception]) -> list[type[Exception]]:
    return [leaf for below in root.__subclasses__() for leaf in (below, *leaves(below))]


def test_every_refusal_of_an_action_or_a_message_has_words() -> None:
    # A place that is not listed is an operator's mistake: it is said on the command line, never over the wire.
    silent = {"scope_unknown"}
    refusals = [*leaves(ActionRefused), *leaves(SyncError)]
    codes = {kind.code for kind in refusals if kind.__module__.startswith(("server.", "sync.core"))}  # type: ignore[attr-defined]
    assert len(codes) > 8
    assert codes - silent <= set(ALL_PROBLEMS)
