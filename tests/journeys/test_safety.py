"""A phone in other hands, in two windows, long away, or no longer trusted."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from server.actions.revoke_device import revoke_device
from server.centre import open_centre
from tests.command import finish
from tests.journeys.phone import PIN, PhoneUser, ServedCentre, phone_user
from tests.journeys.test_first_visit import NEW_NAME, file_allowance

STORES = "indexedDB.databases().then(all => all.map(one => one.name).filter(name => name !== 'bangban-keys'))"
ROLLED_BACK = "这台手机的资料退回过旧的样子"


def test_a_phone_left_alone_locks_itself_and_keeps_what_was_typed(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    with phone_user(driver, tmp_path / "profile", centre.address, "left_alone") as user:
        user.page.clock.install()
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.page.get_by_role("heading", level=1).click()
        user.page.clock.fast_forward("04:00")
        user.see("都已送达中心")
        user.press("开始上门办理")
        user.press("没找到，登记新居民")
        user.fill("姓名", "李大爷")
        user.page.clock.fast_forward("04:00")
        assert user.page.get_by_label("姓名", exact=True).input_value() == "李大爷", "touching it begins the time anew"
        user.page.clock.fast_forward("02:00")
        user.see("您好")
        user.picture("locked")
        assert user.page.get_by_text("李大爷").count() == 0
        user.unlock()
        user.see("李大爷")


def test_a_wrong_pin_waits_ever_longer_and_a_new_pin_opens(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    with phone_user(driver, tmp_path / "profile", centre.address, "pins") as user:
        user.enrol(centre.code())
        user.press("这台手机")
        user.screen("这台手机")
        user.fill("现在的密码", PIN)
        user.fill("设置密码", "123456")
        user.press("更改密码")
        user.see("这个密码太容易猜到")
        user.fill("设置密码", "975310")
        user.fill("再输入一次密码", "975310")
        user.press("更改密码")
        user.see("密码已更改")
        user.picture("this_phone")
        user.press("返回")
        user.press("锁上")
        # However long this machine takes for it, to the phone it is one moment.
        moment = datetime.now(UTC)
        user.page.clock.set_fixed_time(moment)
        for _ in range(3):
            user.unlock(PIN)
            user.see("密码不对")
        user.unlock("975310")
        user.see("请等")
        user.page.clock.set_fixed_time(moment + timedelta(seconds=5))
        user.unlock("975310")
        user.screen("今天")


def test_two_windows_never_write_to_one_store(driver: Playwright, centre: ServedCentre, tmp_path: Path) -> None:
    with phone_user(driver, tmp_path / "profile", centre.address, "two_windows") as first:
        first.enrol(centre.code())
        first.see("都已送达中心")
        second = PhoneUser(first.context, centre.address, "two_windows_second", first.context.new_page())
        second.open()
        second.unlock()
        second.screen("帮办已在另一个窗口打开")
        second.picture("elsewhere")
        second.fill("密码", PIN)
        second.press("在这里继续使用")
        second.screen("今天")
        first.screen("帮办已在另一个窗口打开")
        second.press("开始上门办理")
        second.screen("为谁办？")
        assert not second.faults


def test_after_a_week_without_contact_nothing_stored_is_shown_and_work_goes_on(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with phone_user(driver, profile, centre.address, "long_away") as user:
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.wait_until_kept()
    with phone_user(driver, profile, centre.address, "long_away_later") as user:
        user.page.clock.install(time=datetime.now(UTC) + timedelta(days=8))
        user.go_offline()
        user.open()
        user.unlock()
        user.see("需要先联系一次中心")
        user.picture("withheld")
        user.press("开始上门办理")
        user.see("本村没有找到这位居民")
        user.press("没找到，登记新居民")
        user.fill("姓名", "李大爷")


def revoke(centre: ServedCentre, device: str) -> None:
    async def tell() -> None:
        async with open_centre(centre.settings) as opened:
            await revoke_device(
                opened.database,
                device,
                reason="lost",
                actor="city",
                now_ms=opened.clock.wall_ms(),
                randomness=opened.randomness,
            )

    finish(tell())


def kept_aside(centre: ServedCentre, device: str) -> int:
    """Changes of a device that was revoked, kept for somebody to look at."""

    async def read() -> int:
        async with open_centre(centre.settings) as opened, opened.database.read() as snapshot:
            [(count,)] = await snapshot.fetch(
                "SELECT count(*) FROM changes WHERE device = ? AND code = 'parked' AND reason = 'device_revoked'",
                [device],
            )
            return int(count)

    return finish(read())


def test_a_revoked_phone_hands_over_what_is_unsent_and_forgets_everything(
    driver: Playwright, either: ServedCentre, tmp_path: Path
) -> None:
    with phone_user(driver, tmp_path / "profile", either.address, "revoked") as user:
        user.enrol(either.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        file_allowance(user)
        user.press("回到今天")
        user.see("3 项还没有送达中心")
        [store] = user.page.evaluate(STORES)
        device = store.removeprefix("bangban-")
        revoke(either, device)
        user.go_online()
        user.screen("登记这台手机")
        assert user.page.evaluate(STORES) == []
        user.picture("forgotten")
        user.page.reload()
        user.screen("登记这台手机")
    assert kept_aside(either, device) == 3


def test_a_store_that_the_browser_cleared_is_told_and_begun_again(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    with phone_user(driver, tmp_path / "profile", centre.address, "cleared") as user:
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.lock()
        user.page.evaluate(
            """async () => {
                const all = await indexedDB.databases()
                const [store] = all.map((one) => one.name).filter((name) => name !== 'bangban-keys')
                await new Promise((done) => { indexedDB.deleteDatabase(store).onsuccess = done })
            }"""
        )
        user.unlock()
        user.see("手机清掉了已存的资料")
        user.picture("gone")
        user.fill("激活码", centre.code())
        user.fill("设置密码", "975310")
        user.fill("再输入一次密码", "975310")
        user.press("登记")
        user.see("都已送达中心")
        assert user.page.get_by_text(ROLLED_BACK).count() == 0, "one thing is told, not two"
        user.press("锁上")
        user.unlock("975310")
        user.screen("今天")


def test_a_whole_phone_put_back_to_an_older_state_is_told_and_loses_nothing(
    driver: Playwright, either: ServedCentre, tmp_path: Path
) -> None:
    profile, older = tmp_path / "profile", tmp_path / "older"
    with phone_user(driver, profile, either.address, "rolled_back") as user:
        user.enrol(either.code())
        user.see("都已送达中心")
    shutil.copytree(profile, older, ignore=shutil.ignore_patterns("Singleton*"))
    with phone_user(driver, profile, either.address, "rolled_back") as user:
        user.open()
        user.unlock()
        user.screen("今天")
        file_allowance(user)
        user.press("回到今天")
        user.see("都已送达中心")
    with phone_user(driver, older, either.address, "rolled_back_now") as user:
        user.open()
        user.unlock()
        user.see(ROLLED_BACK)
        user.see("都已送达中心")
        user.picture("told")
        user.see(NEW_NAME)
        user.press("知道了")
        user.page.get_by_text(ROLLED_BACK).wait_for(state="detached")


KEEP = """async (store) => {
    const open = indexedDB.open(store)
    const database = await new Promise((done) => { open.onsuccess = () => done(open.result) })
    const all = (name) => new Promise((done) => {
        const read = database.transaction(name).objectStore(name).getAll()
        read.onsuccess = () => done(read.result)
    })
    globalThis.kept = { cells: await all('cells'), owner: await all('owner') }
    database.close()
}"""
PUT_BACK = """async (store) => {
    const open = indexedDB.open(store)
    const database = await new Promise((done) => { open.onsuccess = () => done(open.result) })
    const writing = database.transaction(['cells', 'owner'], 'readwrite')
    for (const [name, rows] of Object.entries(globalThis.kept)) {
        writing.objectStore(name).clear()
        for (const row of rows) writing.objectStore(name).put(row)
    }
    await new Promise((done) => { writing.oncomplete = done })
    database.close()
}"""


def test_a_store_put_back_alone_is_found_out_without_a_network(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    with phone_user(driver, tmp_path / "profile", centre.address, "put_back") as user:
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        user.lock()
        [store] = user.page.evaluate(STORES)
        user.page.evaluate(KEEP, store)
        for _ in range(2):
            user.unlock()
            user.screen("今天")
            assert user.page.get_by_text(ROLLED_BACK).count() == 0
            user.lock()
        user.page.evaluate(PUT_BACK, store)
        user.unlock()
        user.see(ROLLED_BACK)


def test_how_full_the_phone_is_and_whether_the_browser_keeps_it_is_shown(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    with phone_user(driver, tmp_path / "profile", centre.address, "room") as user:
        user.context.add_init_script(
            """const asked = []
            globalThis.asked = asked
            let isKept = false
            navigator.storage.persist = async () => { asked.push('persist'); return isKept }
            navigator.storage.persisted = async () => isKept
            navigator.storage.estimate = async () => ({ usage: 950 * 1048576, quota: 1000 * 1048576 })
            globalThis.agree = () => { isKept = true }"""
        )
        user.enrol(centre.code())
        assert user.page.evaluate("asked") == ["persist"], "asked for once the store is there"
        user.see("手机空间快满了")
        user.see("只剩 50 MB")
        user.picture("nearly_full")
        user.press("这台手机")
        user.see("浏览器可能清掉这些资料")
        user.see("已用 950 MB，可用 1000 MB")
        gauge = user.page.get_by_label("已用空间")
        assert gauge.evaluate("one => one.value / one.max") == pytest.approx(0.95)
        user.picture("not_kept")
        user.page.evaluate("agree()")
        user.press("请浏览器保留")
        user.see("浏览器答应保留这些资料")


def test_the_largest_letters_fit_the_smallest_screen(driver: Playwright, centre: ServedCentre, tmp_path: Path) -> None:
    with phone_user(driver, tmp_path / "profile", centre.address, "large") as user:
        user.enrol(centre.code())
        user.press("这台手机")
        user.choose("最大")
        body = user.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        assert body == 30
        user.picture("settings")
        user.press("返回")
        user.screen("今天")
        user.picture("today")
        user.press("开始上门办理")
        user.screen("为谁办？")
        user.picture("resident")
        too_wide = "document.documentElement.scrollWidth > innerWidth"
        assert user.page.evaluate(too_wide) is False
