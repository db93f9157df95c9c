"""A new build of the app is served while a visit is half done and the outbox is full: neither is touched."""

from __future__ import annotations

import re
import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Playwright

from server.settings import Settings
from tests.command import finish
from tests.journeys.phone import phone_user, serving
from tests.journeys.test_first_visit import file_allowance
from tests.small_centre import load_small

SCRIPT = "document.querySelector('script[type=module]').src"


def build_again(folder: Path) -> None:
    """The same app as another version: every file that its worker keeps has another name, as after a change in all."""
    assets = {path.name: f"{path.stem}x{path.suffix}" for path in (folder / "assets").iterdir()}
    for old, new in assets.items():
        (folder / "assets" / old).rename(folder / "assets" / new)
    for path in (folder / "index.html", folder / "worker.js", *(folder / "assets").iterdir()):
        text = path.read_text(encoding="utf-8")
        for old, new in assets.items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    worker = folder / "worker.js"
    worker.write_text(
        re.sub(r'"version":"[0-9a-f]+"', '"version":"feedfacecafe"', worker.read_text()), encoding="utf-8"
    )


def test_an_update_waits_for_its_user_and_loses_neither_draft_nor_outbox(driver: Playwright, tmp_path: Path) -> None:
    app = tmp_path / "app"
    shutil.copytree(Settings().phone_folder, app)
    centre_folder = tmp_path / "centre"
    settings = replace(finish(load_small(centre_folder)), phone_folder=app)
    with ExitStack() as server:
        centre = server.enter_context(serving(settings))
        with phone_user(driver, tmp_path / "profile", centre.address, "updating") as user:
            user.enrol(centre.code())
            user.see("都已送达中心")
            user.wait_until_kept()
            user.go_offline()
            file_allowance(user)
            user.press("回到今天")
            user.press("开始上门办理")
            user.screen("为谁办？")
            user.press("没找到，登记新居民")
            user.fill("姓名", "李大爷")
            old = user.page.evaluate(SCRIPT)

            server.close()
            build_again(app)
            server.enter_context(serving(settings, port=centre.address.rsplit(":", 1)[1]))
            # The line is back, but lets nothing through to the exchange: the outbox stays full over the update.
            user.context.route("**/v1/**", lambda route: route.abort())
            user.go_online()
            user.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => true)")
            assert user.page.get_by_label("姓名", exact=True).input_value() == "李大爷", "no page is taken away"
            user.press("先放着")
            user.see("有新版本")
            user.picture("offered")
            user.page.get_by_role("button", name="更新", exact=True).click()
            user.see("您好")
            assert user.page.evaluate(SCRIPT) != old
            user.unlock()
            user.see("3 项还没有送达中心")
            user.press("李大爷")
            assert user.page.get_by_label("姓名", exact=True).input_value() == "李大爷"
            user.picture("draft_after")
            user.press("先放着")
            user.context.unroute("**/v1/**")
            user.press("现在送出")
            user.see("都已送达中心")
