"""A person's record is shown through one way, which asks why and logs the look."""

import re

from tests.architecture.source_tree import ROOT

ALLOWED = {
    # the gate, and what is shown by a case's leave
    "server/actions/open_to_read.py",
    "server/actions/show_file.py",
    "server/actions/use_licence.py",
    "server/console/pages/consents.py",
    # a look at a log, a list that leaves as a file, all that is held about somebody
    "server/console/pages/operations.py",
    "agent_api/desk/audit.py",
    "server/console/exporting.py",
    "server/cli/resident.py",
    "server/cli/export.py",
    # an operator in somebody's place, whose reason is always asked for
    "server/actions/act_for.py",
}
GATE = {
    "server/actions/show_case.py",
    "server/actions/print_order.py",
    "server/console/record_pages.py",
    "server/console/pages/disputes.py",
    "agent_api/desk/disputes.py",
    "agent_api/desk/steps.py",
}


def importers(module: str, name: str) -> set[str]:
    found = re.compile(rf"^from {re.escape(module)} import .*\b{name}\b", re.MULTILINE)
    sources = [path for area in ("server", "agent_api") for path in (ROOT / area).rglob("*.py")]
    return {str(path.relative_to(ROOT)) for path in sources if found.search(path.read_text(encoding="utf-8"))}


def test_looks_are_logged_by_the_gate_and_by_few_others() -> None:
    assert importers("server.actions.log_read", "log_read") == ALLOWED


def test_pages_and_routes_that_show_a_record_open_it_through_the_gate() -> None:
    assert importers("server.actions.open_to_read", "open_to_read") == GATE
