"""The API's description for people: one page from the same rows, with every problem code in both languages.

It loads nothing from anywhere, so that it works in an office without the internet, and runs no script.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from starlette.responses import Response

from agent_api.openapi import table_of
from agent_api.problems import ALL_PROBLEMS

if TYPE_CHECKING:
    from agent_api.routes import Row

STYLE = """
body { font: 17px/1.6 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2.5rem } th, td { text-align: left; vertical-align: top;
  padding: .5rem .7rem; border-bottom: 1px solid #ccc } code { background: #f2f2f2; padding: .1rem .3rem }
:target { background: #fff3c4 }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616 } code { background: #2a2a2a }
  th, td { border-color: #444 } :target { background: #4a3d00 } a { color: #8ab4f8 } }
@media (max-width: 800px) { table, tbody, tr, td { display: block } thead { display: none }
  td { border: 0; padding: .15em 0; overflow-wrap: anywhere } tr { border-bottom: 1px solid #999; padding: .6em 0 } }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"


def response(rows: Sequence[Row]) -> Response:
    return Response(
        _page(tuple(rows)), media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY}
    )


@lru_cache(maxsize=1)
def _page(rows: tuple[Row, ...]) -> str:
    routes = "".join(_route(*line) for line in table_of(rows))
    problems = "".join(_problem(code, *ALL_PROBLEMS[code]) for code in sorted(ALL_PROBLEMS))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bangban helpers' API</title><style>{STYLE}</style></head><body>
<h1>帮办员接口 Bangban helpers' API</h1>
<p>For programs: <a href="/v1/openapi.json">OpenAPI 3.1</a>. The exchange itself is told in docs/protocol.md.</p>
<h2>接口 Routes</h2>
<table><thead><tr><th>Route</th><th>Who</th><th>Limit</th><th>What</th><th>Problems</th></tr></thead>
<tbody>{routes}</tbody></table>
<h2>错误说明 Problems</h2>
<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th><th>含义</th></tr></thead>
<tbody>{problems}</tbody></table>
</body></html>
"""


def _route(method: str, path: str, who: str, limit: str, summary: str, codes: list[str]) -> str:
    links = " ".join(f'<a href="#{code}">{code}</a>' for code in codes)
    return (
        f"<tr><td><code>{escape(method)} {escape(path)}</code></td><td>{escape(who)}</td><td>{escape(limit)}</td>"
        f"<td>{escape(summary)}</td><td>{links}</td></tr>"
    )


def _problem(code: str, status: int, zh: str, en: str, next_zh: str, next_en: str) -> str:
    return (
        f'<tr id="{code}"><td><code>{code}</code></td><td>{status}</td>'
        f"<td>{escape(en)}<br>→ {escape(next_en)}</td><td>{escape(zh)}<br>→ {escape(next_zh)}</td></tr>"
    )
