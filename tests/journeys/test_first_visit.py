"""A helper enrols, loses the network, files for a resident, and everything arrives once it is back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from playwright.sync_api import Playwright, expect

from server.domain.people.citizen_id import age_on
from tests.journeys.phone import PhoneUser, ServedCentre, phone_user

BORN = date(1935, 7, 2)
NEW_NAME, NEW_ID = "汪秀英", "341802193507020027"


def file_allowance(user: PhoneUser) -> None:
    """A visit from the first screen to the receipt, for a resident nobody has registered yet."""
    page = user.page
    user.press("开始上门办理")
    user.screen("为谁办？")
    user.fill("姓名，或身份证、电话末几位", "qqqq")
    user.see("本村没有找到这位居民")
    user.fill("姓名，或身份证、电话末几位", NEW_NAME)
    user.see("本村没有找到这位居民")
    user.press("没找到，登记新居民")
    assert page.get_by_label("姓名", exact=True).input_value() == NEW_NAME
    user.fill("身份证号", "341802193507020028")
    user.press("下一步")
    user.see("身份证号最后一位对不上")
    user.fill("身份证号", NEW_ID)
    user.see(f"号码无误：{age_on(BORN, date.today())} 岁，女，{BORN.year}年{BORN.month}月{BORN.day}日出生")
    user.picture("resident")
    user.press("下一步")
    user.screen("办什么事？")
    likely = page.get_by_role("heading", name="可能符合条件").locator("xpath=..")
    likely.get_by_text("80周岁以上老年人高龄津贴申领", exact=True).wait_for()
    # What fits no screen any more is drawn without anybody asking for it.
    page.locator(".screen-body ul .row-button").nth(20).wait_for(state="attached")
    user.fill("事项名称", "高龄津贴")
    user.picture("service")
    user.choose("80周岁以上老年人高龄津贴申领")
    user.screen("填写")
    user.press("下一步")
    user.see("还没有填")
    user.picture("form")
    user.fill("联系电话", "19900001111")
    user.choose("90-99周岁")
    user.fill("社保卡账号", "6228480012345678")
    user.press("下一步")
    user.screen("材料")
    user.see("已取消，不用交")
    user.choose("证照库已有，不用带", page.get_by_role("group", name="居民身份证"))
    user.choose("收了纸质件", page.get_by_role("group", name="高龄津贴申请审批表"))
    user.choose("以后补（容缺）", page.get_by_role("group", name="社会保障卡"))
    user.choose("已向本人讲清楚")
    user.picture("materials")
    user.press("下一步")
    user.screen("委托与同意")
    user.picture("consent")
    hear_consent(user)
    user.choose("已全部读给本人听")
    user.choose("同意使用：银行（社保卡）账户")
    user.sign()
    user.picture("signed")
    user.press("下一步")
    user.screen("请本人核对")
    for words in ("我是", "我要办", "我说的情况", "交了", "以后补", "还缺"):
        user.see(words)
    user.picture("review")
    user.press("本人确认，完成办理")
    user.screen("回执")
    user.see("已经办好，保存在手机里")
    user.picture("receipt")


def hear_consent(user: PhoneUser) -> None:
    """Read out as it stands there, in large letters."""
    page = user.page
    page.evaluate("() => { speechSynthesis.speak = (one) => { globalThis.spoken = [one.lang, one.text] } }")
    user.press("朗读")
    user.press("停止朗读")
    text = page.locator("div[lang=zh-CN]").filter(has_text="委托帮办员")
    lang, spoken = page.evaluate("globalThis.spoken")
    assert (lang, "".join(spoken.split())) == ("zh-CN", "".join(text.inner_text().split()))
    assert float(text.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")) >= 24


def check_receipt(user: PhoneUser) -> None:
    """Large, with its code, what is to come and by when, and whom to call; on paper nothing but the sheet."""
    page = user.page
    expect(page.get_by_role("img", name="回执号")).to_be_visible()
    number = page.locator(".number").first
    assert float(number.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")) >= 22
    expect(page.locator("dd").filter(has_text="社会保障卡")).to_contain_text("日（周")
    expect(page.get_by_text("12345")).to_be_visible()
    page.evaluate("() => { globalThis.print = () => { globalThis.printed = true } }")
    user.press("打印")
    assert page.evaluate("globalThis.printed")
    page.emulate_media(media="print")
    expect(number).to_be_visible()
    for gone in ("header", "footer"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.get_by_text("已经办好，保存在手机里")).to_be_hidden()
    page.emulate_media(media="screen")


def test_a_visit_without_a_network_arrives_whole_when_it_is_back(
    driver: Playwright, either: ServedCentre, tmp_path: Path
) -> None:
    with phone_user(driver, tmp_path / "profile", either.address, "first_visit") as user:
        user.enrol(either.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        file_allowance(user)
        check_receipt(user)
        receipt = user.page.locator(".number").first.inner_text()
        user.press("回到今天")
        user.see("3 项还没有送达中心")
        user.see("最早一项：")
        user.see("上次联系中心：")
        assert user.page.get_by_text("都已送达中心").count() == 0
        user.picture("unsent")

    # The battery was empty: the same phone, no network, nothing but its disk.
    with phone_user(driver, tmp_path / "profile", either.address, "first_visit_again") as user:
        user.go_offline()
        user.open()
        user.see("您好")
        user.unlock("999999")
        user.see("密码不对")
        user.unlock()
        user.see("3 项还没有送达中心")
        user.go_online()
        user.see("都已送达中心")
        user.see("中心已收件")
        user.picture("level")
        # What was promised for later waits on Today, and its case leads to the receipt.
        user.press("容缺待补")
        user.screen("办件")
        user.press("看回执")
        user.screen("回执")
        assert user.page.locator(".number").first.inner_text() == receipt
        assert len(user.page.locator(".number").nth(1).inner_text().replace(" ", "")) == 21
        user.picture("official_number")
        # By itself it asks again when somebody looks at it, and when a network appears; its timer is minutes away.
        user.page.evaluate("location.hash = '#/'")
        for seen in ("document.dispatchEvent(new Event('visibilitychange'))", "dispatchEvent(new Event('online'))"):
            user.page.get_by_role("button", name="现在送出").wait_for()
            with user.page.expect_response("**/v1/exchange"):
                user.page.evaluate(seen)


ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
CANARY = "明文查验甲乙丙丁"
PUT_CANARIES = """async (word) => {
    const open = indexedDB.open('canary', 1)
    open.onupgradeneeded = () => open.result.createObjectStore('words')
    const database = await new Promise((done) => { open.onsuccess = () => done(open.result) })
    const writing = database.transaction('words', 'readwrite', { durability: 'strict' })
    writing.objectStore('words').put(word, word)
    writing.objectStore('words').put(new Blob([word.repeat(20_000)]), 'a blob')
    await new Promise((done) => { writing.oncomplete = done })
    await (await caches.open('canary')).put('/app/canary', new Response(word))
}"""
# Of the keys that lie on the phone, those that a script could read out.
READABLE_KEYS = """async () => {
    const open = indexedDB.open('bangban-keys')
    const database = await new Promise((done) => { open.onsuccess = () => done(open.result) })
    const found = []
    for (const name of database.objectStoreNames) {
        const read = database.transaction(name).objectStore(name).getAll()
        const rows = await new Promise((done) => { read.onsuccess = () => done(read.result) })
        found.push(...rows.flatMap((row) => Object.values(row)).filter((value) => value instanceof CryptoKey))
    }
    database.close()
    return [found.length, found.filter((key) => key.extractable).length]
}"""


def holders(profile: Path, word: str) -> list[Path]:
    """Files of the profile that hold a word in the clear: databases, blobs, caches, logs and journals alike."""
    written = [word.encode(encoding) for encoding in ENCODINGS]
    files = [path for path in profile.rglob("*") if path.is_file()]
    return [path for path in files if any(one in path.read_bytes() for one in written)]


def test_nothing_of_a_person_lies_on_the_disk_in_the_clear(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with phone_user(driver, profile, centre.address, "profile") as user:
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.press("开始上门办理")
        user.screen("为谁办？")
        user.press("没找到，登记新居民")
        user.fill("姓名", "欧阳晓静")
        user.fill("身份证号", NEW_ID)
        user.fill("住址", "前村组三号")
        user.see("号码无误")
        user.press("先放着")
        user.see("欧阳晓静")
        assert user.page.evaluate(READABLE_KEYS) == [2, 0], "the device's key and secret can be used and not read"
        user.page.evaluate(PUT_CANARIES, CANARY)
        user.die()

    # What lies in the clear is found wherever a browser writes: the search itself is put to the proof.
    lie_in = {path.relative_to(profile).as_posix() for path in holders(profile, CANARY)}
    for place in ("IndexedDB/", ".blob/", "CacheStorage/"):
        assert any(place in path for path in lie_in), (place, lie_in)
    for word in ("欧阳晓静", NEW_ID, "前村组三号", "吴思雨", "246813", "place:341881106200"):
        assert not holders(profile, word), f"{word} lies in the clear"
    caches = [path for path in profile.rglob("*") if path.is_file() and "Cache" in path.as_posix()]
    for of_it, is_kept in (("/app/", True), ("/v1/", False)):
        address = f"{centre.address}{of_it}".encode()
        assert any(address in path.read_bytes() for path in caches) is is_kept, of_it
