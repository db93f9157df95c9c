"""Owns how a template becomes an answer: the environment, what every page knows, and the headers of pages.

Laws: everything is escaped; a page with personal data is never kept by the browser; scripts and styles come from our
own files alone, so that the policy needs no exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from server.console import field_words, words
from server.console.navigation import sections_for
from server.console.visit import Visit
from server.domain.people.masking import mask_phone, mask_text
from server.merge_policies.judging import china_day

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


@cache
def environment() -> Environment:
    """One a process. A name that a template asks for and nobody gave is a mistake, not a blank."""
    env = Environment(
        loader=PackageLoader("server.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["count"] = words.count_words
    env.filters["told"] = field_words.problem_words
    return env


def page(visit: Visit, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The template as an answer to this visit. `live` in the context: the stream that tells the page of news."""
    now = visit.console.now()
    today, english = china_day(now), visit.english
    whole = {
        "visit": visit,
        "t": visit.t,
        "english": english,
        "sections": sections_for(visit.role) if visit.visitor is not None and visit.visitor.full else (),
        "path": visit.request.url.path,
        "live": "",
        "here": _here(visit),
        "today": today.isoformat(),
        "by_hand": visit.request.method != "GET",
        "day": lambda value: words.day_words(value, today, english),
        "last_day": lambda value: words.last_day_words(value, today, english),
        "period_name": lambda value: words.period_words(value, today, english),
        "date": lambda value: words.date_words(value, today, english),
        "stamp": lambda value: words.stamp_words(value, today, english),
        "moment": lambda at: words.moment_words(at, english),
        "clock": lambda at: words.clock_words(at, now, english),
        "ago": lambda at: words.ago_words(at, now, english),
        "state": lambda value: words.state_words(value, english),
        "said": lambda table, code: words.said(table, code, english),
        "browser_name": lambda agent: words.browser_words(agent, english),
        "change_name": lambda name: field_words.change_words(name, english),
        "epoch_reason": lambda reason: field_words.epoch_words(reason, english),
        "kind_name": lambda kind: field_words.kind_words(kind, english),
        "field_name": lambda kind, name: field_words.label_of(kind, name, english),
        "field_names": lambda kind, names: field_words.labels_of(kind, names, english),
        "in_language": lambda both: field_words.in_language(both, english),
        "hand": lambda name: words.hand_words(name, english),
        "role_name": lambda role: words.role_words(role, english),
        "shown_phone": lambda value: value if visit.unmask else mask_phone(value or ""),
        "shown_text": lambda value: value if visit.unmask else mask_text(value, land_lines=False),
        **context,
    }
    return HTMLResponse(environment().get_template(template).render(whole), status_code=status, headers=HEADERS)


def _here(visit: Visit) -> str:
    """Where the page can be fetched anew: what answers a post lies at the address of its record."""
    url = visit.request.url
    if visit.request.method == "GET":
        return f"{url.path}?{url.query}" if url.query else url.path
    record = visit.request.path_params.get("id", "")
    return f"{url.path.partition(record)[0]}{record}" if record else url.path


def problem_page(
    visit: Visit, status: int, title: tuple[str, str], next_step: tuple[str, str], *, back: str = ""
) -> Response:
    """What went wrong and what to do, in the visitor's language. `back`: the page to begin anew on, "" for none."""
    first = "/r/" if visit.request.scope.get("root_path", "").endswith("/r") else "/console/"
    said = {"title": visit.t(*title), "next_step": visit.t(*next_step), "first_page": first, "back": back}
    return page(visit, "problem.html", status=status, **said)
