"""What a page must be for who hears it or has no mouse: axe finds nothing serious."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path("agent_api/phone/node_modules/axe-core/axe.min.js")


def check_accessible(page: Page, name: str, *, colours: bool = True) -> None:
    """Raises with every finding that somebody could not get past. Without `colours`, which take longest, for a page
    whose colours were looked at in another language.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    asked = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": colours}}}
    told = page.evaluate("asked => axe.run(document, asked)", asked)
    bad = [
        (one["id"], one["help"], [node["target"] for node in one["nodes"]])
        for one in told["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert not bad, f"{name}: {bad}"
