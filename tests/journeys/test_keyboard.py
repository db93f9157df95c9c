"""A visit without a finger on the screen: each step is reached by tab and chosen by keys, and says where it is."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.journeys.others import Others
from tests.journeys.phone import PIN, PhoneUser, ServedCentre, phone_user

TABS_MAX = 60
# What has the focus, by what a screen reader calls it, and whether it is seen to have it.
_FOCUSED = """() => {
  const one = document.activeElement
  const named = one.labels?.length ? one.labels[0].textContent : one.getAttribute('aria-label') || one.textContent
  const shown = one.matches('h1') || getComputedStyle(one).outlineStyle !== 'none'
    || getComputedStyle(one.closest('label') ?? one).outlineStyle !== 'none'
  return [one.tagName, named.trim().replace(/\\s+/g, ' '), shown]
}"""


def focused(user: PhoneUser) -> tuple[str, str]:
    tag, name, is_shown = user.page.evaluate(_FOCUSED)
    assert is_shown, f"nobody sees that {tag} {name} has the focus"
    return str(tag), str(name)


def tab_to(user: PhoneUser, words: str, tag: str = "", *, begins: bool = False) -> None:
    for _ in range(TABS_MAX):
        user.page.keyboard.press("Tab")
        at, name = focused(user)
        if (name.startswith(words) if begins else words in name) and tag in ("", at):
            return
    raise AssertionError(f"no tab leads to {words}")


def arrived(user: PhoneUser, title: str) -> None:
    """The new step was read out, and the keyboard begins at its head."""
    user.screen(title)
    expect(user.page.locator("h1")).to_be_focused()
    assert focused(user) == ("H1", title)


def onward(user: PhoneUser, title: str) -> None:
    tab_to(user, "下一步", "BUTTON")
    user.page.keyboard.press("Enter")
    arrived(user, title)


def test_a_visit_is_made_by_keyboard_alone(driver: Playwright, centre: ServedCentre, tmp_path: Path) -> None:
    with phone_user(driver, tmp_path / "profile", centre.address, "keyboard") as user:
        keys = user.page.keyboard
        user.open()
        user.screen("登记这台手机")
        for label, words in (("激活码", centre.code()), ("设置密码", PIN), ("再输入一次密码", PIN)):
            tab_to(user, label, "INPUT")
            keys.type(words)
        keys.press("Enter")
        user.see("都已送达中心")
        tab_to(user, "开始上门办理")
        keys.press("Enter")
        arrived(user, "为谁办？")
        tab_to(user, "姓名，或", "INPUT")
        tab_to(user, "岁", "BUTTON")
        keys.press("Enter")
        arrived(user, "办什么事？")
        tab_to(user, "事项名称", "INPUT")
        keys.type("老年卡")
        # The bundle that it is part of stands before it, and names it too.
        tab_to(user, "老年人优待证(老年卡)申领", "BUTTON", begins=True)
        keys.press("Enter")
        arrived(user, "填写")
        tab_to(user, "下一步", "BUTTON")
        keys.press("Enter")
        expect(user.page.get_by_label("联系电话", exact=True)).to_be_focused()
        keys.type("19900001111")
        tab_to(user, "电子证", "INPUT")
        keys.press("Space")
        expect(user.page.get_by_label("联系电话", exact=True)).to_have_value("19900001111")
        expect(user.page.get_by_label("电子证", exact=True)).to_be_checked()
        onward(user, "材料")
        tab_to(user, "证照库已有", "INPUT")
        keys.press("Space")
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        assert focused(user)[1] == "收了纸质件"
        onward(user, "委托与同意")
        tab_to(user, "已全部读给本人听", "INPUT")
        keys.press("Space")
        tab_to(user, "已在纸上签名", "INPUT")
        keys.press("Space")
        onward(user, "请本人核对")
        tab_to(user, "本人确认，完成办理", "BUTTON")
        keys.press("Enter")
        arrived(user, "回执")
        user.picture("receipt")
        tab_to(user, "回到今天", "BUTTON")
        keys.press("Enter")
        arrived(user, "今天")
        user.see("都已送达中心")
    [case] = [fields for _, fields in Others(centre).all("case", "cases")]
    assert case["material.1"]["state"] == "paper"
