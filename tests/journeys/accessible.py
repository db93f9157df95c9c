"""What a page must be for who hears it or has no mouse: axe finds nothing serious."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path("agent_api/phone/node_modules/axe-core/axe.min.js")


def check_accessible(page: Page, name: str) -> None:
    """Raises with every finding that somebody could not get past."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    told = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    bad = [
        (one["id"], one["help"], [node["target"] for node in one["nodes"]])
        for one in told["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert not bad, f"{name}: {bad}"
