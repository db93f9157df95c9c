"""The proxy of docs/operations.md can be copied: every variable in it is there, and what pages need is set.

It was run before it was written down, in front of a centre; here it is only read, so that no test needs the proxy.
"""

from __future__ import annotations

import re
from pathlib import Path

BUILT_IN = {"host", "http_host", "http_upgrade", "remote_addr", "request_uri", "scheme"}
"""Of the proxy's own variables those that the example may use."""


def example() -> str:
    found = re.search(r"```nginx\n(.*?)```", Path("docs/operations.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return re.sub(r"#.*", "", found[1])


def test_every_variable_is_built_in_or_made_by_the_example_itself() -> None:
    told = example()
    made = set(re.findall(r"\bmap \$\w+ \$(\w+)", told))
    assert set(re.findall(r"\$(\w+)", told)) - made <= BUILT_IN
    assert told.count("{") == told.count("}")


def test_it_ends_tls_and_hands_on_what_the_centre_asks_of_a_proxy() -> None:
    told = example()
    for line in (
        r"ssl_certificate +/",
        r"ssl_certificate_key +/",
        r"proxy_http_version 1\.1;",
        r"proxy_set_header Host \$http_host;",
        r"proxy_set_header X-Forwarded-For \$remote_addr;",
        r"proxy_set_header X-Forwarded-Proto \$scheme;",
        r"proxy_set_header Upgrade \$http_upgrade;",
        r"proxy_set_header Connection \$connection_upgrade;",
        r"proxy_request_buffering off;",
    ):
        assert re.search(line, told), line
