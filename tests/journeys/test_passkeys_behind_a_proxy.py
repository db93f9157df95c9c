"""Passkeys where the centre stands behind a proxy that ends TLS: added, signed in and stepped up with in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from fixtures.chromium import ARGUMENTS, chromium
from server.centre import Centre, open_centre
from server.domain.people.roles import Role
from tests.command import finish
from tests.journeys.console import Clerk, clerk, sign_in_for
from tests.journeys.phone import ServedCentre, serving
from tests.journeys.tls_proxy import CLIENT, make_certificate, tls_proxy
from tests.small_centre import load_small

NAME = "console.bangban.test"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def browser_that_trusts(driver: Playwright, pin: str) -> Iterator[Browser]:
    """It finds the name here, and takes the proxy's key for a good one: pages are as safe to it as any."""
    arguments = [
        *ARGUMENTS,
        f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
        f"--ignore-certificate-errors-spki-list={pin}",
    ]
    browser = driver.chromium.launch(executable_path=chromium(), headless=True, args=arguments)
    try:
        yield browser
    finally:
        browser.close()


def give_key(somebody: Clerk) -> None:
    line = somebody.context.new_cdp_session(somebody.page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def sessions_of(centre: ServedCentre) -> list[tuple[str, bool]]:
    """From where each session was begun, and whether it is full."""

    async def look(opened: Centre) -> list[tuple[str, bool]]:
        async with opened.database.read() as snapshot:
            rows = await snapshot.fetch("SELECT address, factor_at FROM staff_sessions ORDER BY started_at")
        return [(str(row[0]), row[1] is not None) for row in rows]

    async def run() -> list[tuple[str, bool]]:
        async with open_centre(centre.settings) as opened:
            return await look(opened)

    return finish(run())


def make_stale(centre: ServedCentre) -> None:
    """As if the factor had been shown long ago."""

    async def run() -> None:
        async with open_centre(centre.settings) as opened, opened.database.write() as tx:
            await tx.execute("UPDATE staff_sessions SET factor_at = factor_at - 600000 WHERE ended_at IS NULL")

    finish(run())


def test_a_key_made_at_the_outside_address_signs_in_and_steps_up_there(driver: Playwright, tmp_path: Path) -> None:
    settings = finish(load_small(tmp_path))
    certificate = make_certificate(tmp_path, NAME)
    with tls_proxy(certificate) as proxy, browser_that_trusts(driver, certificate.pin) as browser:
        outside = f"https://{NAME}:{proxy.port}"
        settings = replace(settings, public_url=outside, trusted_proxies=("127.0.0.1",))
        with serving(settings) as centre, clerk(browser, outside, "proxied") as somebody:
            proxy.centre = centre.address
            page = somebody.page
            login = _login_of(centre, Role.CITY_SUPERVISOR)
            somebody.sign_in(sign_in_for(centre, login))
            give_key(somebody)
            somebody.open("/console/account/passkey")
            somebody.fill("名称", "办公室电脑")
            somebody.press("添加")
            somebody.at("/console/account")
            assert page.locator("input[name=name]").first.input_value() == "办公室电脑"
            cookies = {one["name"]: one for one in somebody.context.cookies()}
            assert cookies["__Host-bangban"]["secure"]
            somebody.press("退出")
            somebody.title("登录")
            somebody.press("用通行密钥登录")
            somebody.at("/console/")
            make_stale(centre)
            somebody.open("/console/account/passkey")
            somebody.at("/console/factor")
            somebody.check("factor")
            somebody.press("通行密钥")
            somebody.at("/console/account/passkey")
            assert page.url.startswith(outside)
            assert sessions_of(centre) == [(CLIENT, True), (CLIENT, True)]


def _login_of(centre: ServedCentre, role: Role) -> str:
    async def run() -> str:
        async with open_centre(centre.settings) as opened, opened.database.read() as snapshot:
            [row, *_] = await snapshot.fetch("SELECT login FROM accounts WHERE role = ? ORDER BY login", [role.value])
            return str(row[0])

    return finish(run())
