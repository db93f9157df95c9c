"""Passkeys at the console: adding, naming and removing one, showing one as the second factor, signing in with one.

Laws: what is added or removed wants a factor that was shown within minutes. Failures count like wrong codes do. A
browser without scripts or keys has the authenticator as ever.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from server.actions.passkeys import (
    add_passkey,
    registration_options,
    remove_factor,
    rename_passkey,
    show_passkey,
    sign_in_with_passkey,
)
from server.actions.refusals import CredentialRefused
from server.console.pages import account, sign_in
from server.console.render import page
from server.console.throttle import TooManyTries
from server.console.visit import Visit, give_session, known_browser, remember_browser

ACCOUNT = "/console/account"


async def show_new(visit: Visit) -> Response:
    """GET /account/passkey"""
    return await _new_page(visit)


async def _new_page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    assert visit.visitor is not None, "the row lets in whoever has a session"
    options = await registration_options(visit.console.door, sign_in.site_of(visit), visit.visitor)
    name = visit.form.get("name", "")[:80]
    return page(visit, "passkey.html", status=status, options=options, problem=problem, name=name)


async def add(visit: Visit) -> Response:
    """POST /account/passkey"""
    assert visit.visitor is not None, "the row lets in whoever has a session"
    name = visit.form.get("name", "").strip() or visit.t("通行密钥", "Passkey")
    try:
        await add_passkey(
            visit.console.door, sign_in.site_of(visit), visit.visitor, name, visit.form.get("response", "")
        )
    except CredentialRefused:
        said = visit.t(
            "没有添加：浏览器没有给出可用的密钥，请再试。", "Not added: the browser gave no key that fits. Try again."
        )
        return await _new_page(visit, said, 422)
    return RedirectResponse(f"{ACCOUNT}?done=passkey", 303)


async def rename(visit: Visit) -> Response:
    """POST /account/factor/name"""
    await rename_passkey(
        visit.console.door, visit.account, visit.form.get("factor", "")[:32], visit.form.get("name", "")
    )
    return RedirectResponse(ACCOUNT, 303)


async def remove(visit: Visit) -> Response:
    """POST /account/factor/remove"""
    if await remove_factor(visit.console.door, visit.account, visit.form.get("factor", "")[:32]):
        return RedirectResponse(ACCOUNT, 303)
    said = visit.t("这是最后一个，不能移除；请先添加另一个。", "This is the last one and stays. Add another one first.")
    return await account.show_with(visit, problem=said, status=409)


async def show_one(visit: Visit) -> Response:
    """POST /factor/passkey: the second factor, or stepping up."""
    assert visit.visitor is not None, "the row lets in whoever has a session"
    console, login = visit.console, visit.account.login
    browser, address = known_browser(console, visit.request, login), _address(visit)
    try:
        console.throttle.check(f"factor:{login}", browser, address)
        await show_passkey(console.door, sign_in.site_of(visit), visit.visitor, visit.form.get("response", ""))
    except CredentialRefused:
        console.throttle.count_failure(f"factor:{login}", browser, address)
        said = visit.t(
            "通行密钥没有通过，请再试，或用验证器。", "The passkey did not fit. Try again, or use the authenticator."
        )
        return await sign_in.factor_page(visit, said, status=401)
    except TooManyTries as error:
        return await sign_in.factor_page(visit, sign_in.too_many(visit, error.wait_s), status=429)
    response = RedirectResponse(sign_in.next_path(visit), 303)
    remember_browser(console, response, login)
    return response


async def enter(visit: Visit) -> Response:
    """POST /sign-in/passkey: both factors at once."""
    console, address = visit.console, _address(visit)
    agent = visit.request.headers.get("user-agent", "")
    try:
        console.throttle.check("passkey", "", address)
        signed = await sign_in_with_passkey(
            console.door, sign_in.site_of(visit), visit.form.get("response", ""), browser=agent, address=address
        )
    except CredentialRefused:
        console.throttle.count_address(address)
        said = visit.t(
            "这把通行密钥登录不了，请用账号和密码。", "This passkey does not sign in. Use login and password."
        )
        return await sign_in.sign_in_page(visit, said, status=401)
    except TooManyTries as error:
        return await sign_in.sign_in_page(visit, sign_in.too_many(visit, error.wait_s), status=429)
    response = RedirectResponse(sign_in.next_path(visit), 303)
    give_session(console, response, signed.token)
    remember_browser(console, response, signed.account.login)
    return response


def _address(visit: Visit) -> str:
    return visit.request.client.host if visit.request.client else ""
