"""The way in: login and password, then the second factor; and a new password with an activation code.

Law: where to go afterwards is a path of the console and nothing else.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import segno
from starlette.responses import RedirectResponse, Response

from server.actions.passkeys import Site, assertion_options
from server.actions.refusals import AccountClosed, CodeSpent, CredentialRefused
from server.actions.sign_in import begin_totp, set_password, show_totp, sign_in, sign_out
from server.console.render import page
from server.console.throttle import TooManyTries
from server.console.visit import Visit, give_session, known_browser, remember_browser, take_session
from server.console.words import wait_words
from server.passwords import LENGTH_MIN, PasswordUnfit, TooManySignIns
from server.storage.staff import factors_of

HOME = "/console/"


def next_path(visit: Visit) -> str:
    """Where the person wanted to go."""
    wanted = visit.form.get("next") or visit.request.query_params.get("next", "")
    return wanted if wanted.startswith("/console/") and "\\" not in wanted and "//" not in wanted else HOME


async def show(visit: Visit) -> Response:
    if visit.visitor is not None and visit.visitor.full:
        return RedirectResponse(next_path(visit), 303)
    return await sign_in_page(visit)


async def sign_in_page(visit: Visit, problem: str = "", *, login: str = "", status: int = 200) -> Response:
    """With what a passkey would sign, for a browser that has one."""
    options = await assertion_options(visit.console.door, site_of(visit), None)
    context = {"problem": problem, "login": login, "next": next_path(visit), "options": options}
    return page(visit, "sign_in.html", status=status, **context)


def too_many(visit: Visit, wait_s: int) -> str:
    wait = wait_words(wait_s, visit.english)
    return visit.t(f"尝试次数太多，请{wait}后再试。", f"Too many tries. Please try again in {wait}.")


async def enter(visit: Visit) -> Response:
    login, password = visit.form.get("login", "").strip()[:40], visit.form.get("password", "")[:200]
    address = visit.request.client.host if visit.request.client else ""
    console, browser = visit.console, known_browser(visit.console, visit.request, login)
    try:
        console.throttle.check(login, browser, address)
        agent = visit.request.headers.get("user-agent", "")
        signed = await sign_in(console.door, login, password, browser=agent, address=address)
    except CredentialRefused:
        console.throttle.count_failure(login, browser, address)
        said = visit.t("账号或密码不对，请核对后再试。", "The login or the password is wrong. Please check both.")
        return await sign_in_page(visit, said, login=login, status=401)
    except (TooManyTries, TooManySignIns) as error:
        wait = getattr(error, "wait_s", 10)
        answer = await sign_in_page(visit, too_many(visit, wait), login=login, status=429)
        answer.headers["retry-after"] = str(wait)
        return answer
    response = RedirectResponse(f"/console/factor?next={next_path(visit)}", 303)
    give_session(console, response, signed.token)
    return response


async def show_factor(visit: Visit) -> Response:
    """The code of an authenticator; for somebody without one, a new one to scan."""
    return await factor_page(visit, "")


async def enter_factor(visit: Visit) -> Response:
    assert visit.visitor is not None, "the row lets in whoever has a session"
    console, login = visit.console, visit.account.login
    browser = known_browser(console, visit.request, login)
    address = visit.request.client.host if visit.request.client else ""
    try:
        console.throttle.check(f"factor:{login}", browser, address)
        await show_totp(console.door, visit.visitor, visit.form.get("code", ""))
    except CredentialRefused:
        console.throttle.count_failure(f"factor:{login}", browser, address)
        said = visit.t("验证码不对或已用过，请等下一个。", "This code is wrong or was used. Please wait for the next.")
        return await factor_page(visit, said, status=401)
    except TooManyTries as error:
        return await factor_page(visit, too_many(visit, error.wait_s), status=429)
    response = RedirectResponse(next_path(visit), 303)
    remember_browser(console, response, login)
    return response


async def factor_page(visit: Visit, problem: str, *, status: int = 200) -> Response:
    """For a code, or a passkey where the account has one. Somebody's first authenticator is shown once: after a wrong
    code the one that was scanned still counts, and a link makes another.
    """
    console = visit.console
    async with console.platform.database.read() as snapshot:
        confirmed = [one for one in await factors_of(snapshot, visit.account.id) if one.confirmed_at is not None]
    assert visit.visitor is not None, "the row lets in whoever has a session"
    options = await assertion_options(console.door, site_of(visit), visit.visitor)
    is_first = not confirmed
    has_totp = is_first or any(one.kind == "totp" for one in confirmed)
    qr, secret = "", ""
    if is_first and not problem:
        _, address = await begin_totp(console.door, visit.account.id, "TOTP")
        qr, secret = _qr(address), address.partition("secret=")[2].partition("&")[0]
    context = {"problem": problem, "qr": qr, "secret": secret, "options": options, "has_totp": has_totp}
    return page(visit, "factor.html", status=status, next=next_path(visit), is_first=is_first, **context)


def site_of(visit: Visit) -> Site:
    """As the browser sees us: behind a proxy that is a setting, not what the proxy spoke with us, and not what anybody
    may write into a Host header.
    """
    if visit.console.origin:
        return Site(urlsplit(visit.console.origin).hostname or "", visit.console.origin)
    url = visit.request.url
    return Site(url.hostname or "", f"{url.scheme}://{visit.request.headers.get('host', '')}")


def _qr(address: str) -> str:
    """As a picture in the address itself: nothing of it is kept or fetched."""
    return segno.make(address, error="m").svg_data_uri(scale=6, border=2)


async def show_password(visit: Visit) -> Response:
    return page(visit, "password.html", problem="", done=False, length=LENGTH_MIN, code="")


async def set_new_password(visit: Visit) -> Response:
    address = visit.request.client.host if visit.request.client else ""
    problem = ""
    try:
        visit.console.throttle.check("activation", "", address)
        if visit.form.get("password") != visit.form.get("again"):
            problem = visit.t("两次输入的密码不同。", "The two passwords differ.")
        else:
            await set_password(
                visit.console.door, visit.form.get("code", "")[:40], visit.form.get("password", "")[:200]
            )
    except PasswordUnfit:
        problem = visit.t(
            f"密码至少{LENGTH_MIN}个字符，其中至少5个不同。",
            f"A password has at least {LENGTH_MIN} characters, five of them different.",
        )
    except (CredentialRefused, CodeSpent, AccountClosed):
        visit.console.throttle.count_failure("activation", "", address)
        problem = visit.t(
            "激活码不对、已使用或已过期，请向管理员要新的。",
            "The code is wrong, used or out of time. Ask for a new one.",
        )
    except (TooManyTries, TooManySignIns) as error:
        problem = too_many(visit, getattr(error, "wait_s", 10))
    status = 422 if problem else 200
    code = visit.form.get("code", "")[:40]
    return page(visit, "password.html", status=status, problem=problem, done=not problem, length=LENGTH_MIN, code=code)


async def leave(visit: Visit) -> Response:
    assert visit.visitor is not None, "the row lets in whoever has a session"
    await sign_out(visit.console.door, visit.visitor)
    response = RedirectResponse("/console/sign-in", 303)
    take_session(visit.console, response)
    return response
