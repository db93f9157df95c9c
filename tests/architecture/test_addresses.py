"""What an address may ask for: numbers of filings, days, places, states, ids; never a person, a secret or a reason."""

import re

from tests.architecture.source_tree import ROOT

ASKED = {
    # where in a list, and of which
    *("after", "before", "limit", "state", "level", "by", "due", "since", "until", "upto", "list", "status", "span"),
    *(
        "unit",
        "place",
        "in",
        "who",
        "silent",
        "unsent",
        "number",
        "record",
        "case",
        "edition",
        "seen",
        "rev",
        "account",
    ),
    # a part of a list
    "only",
    # which words of a service's name; what was just done; where to go next
    *("search", "done", "next", "verify", "show"),
    # cleared by the page that reads it: whose login it is comes by a form
    "login",
}
NEVER = {"last4", "phone", "citizen_id", "reason", "code", "token", "ticket", "password", "q", "resident"}
_READ = re.compile(r"""(?:query_params|query|asked)\.get\(\s*["'](\w+)["']|query_params\[["'](\w+)["']\]""")
_WRITTEN = re.compile(r"[?&](\w+)=")


def names(pattern: re.Pattern[str], *globs: tuple[str, str]) -> set[str]:
    files = [path for folder, glob in globs for path in (ROOT / folder).rglob(glob)]
    assert files
    return {name for path in files for found in pattern.findall(path.read_text("utf-8")) for name in _all(found)}


def _all(found: object) -> list[str]:
    return [one for one in (found if isinstance(found, tuple) else (found,)) if one]


def test_nothing_personal_is_read_from_an_address() -> None:
    read = names(_READ, ("agent_api", "*.py"), ("server/console", "*.py"))
    assert len(read) > 20
    assert read <= ASKED
    assert not read & NEVER


def test_nothing_personal_is_written_into_one() -> None:
    written = names(_WRITTEN, ("server/console/templates", "*.html"), ("server/console/pages", "*.py"))
    assert {"after", "place"} <= written
    assert written - {"login"} <= ASKED, "no link names a login"
    assert "login" not in names(_WRITTEN, ("server/console/templates", "*.html"))
    assert not written & NEVER
