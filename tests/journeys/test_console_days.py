"""Each role's day at the console, from signing in with a code to what the day is for."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, expect

from fixtures.world import Role
from tests.journeys.console import Clerk, clerk
from tests.journeys.town import COUNTY, Town


def find_case(somebody: Clerk, number: str) -> None:
    somebody.open("/console/desk")
    somebody.fill("办件编号或临时回执号", number)
    somebody.press("查找")
    somebody.page.wait_for_url(lambda url: number in url)
    somebody.page.locator("td.broad a").first.click()
    say_why(somebody, somebody.page.get_by_role("heading", name="申请人"))


def say_why(somebody: Clerk, then: Locator) -> None:
    """Where the law asks why somebody looks, a page asks first; `then` is what comes after it."""
    asked = somebody.page.get_by_role("heading", name="请先写明查看理由")
    asked.or_(then).first.wait_for()
    if asked.count():
        somebody.fill("理由", "核对材料")
        somebody.press("查看")
        then.wait_for()
    somebody.page.wait_for_load_state()


def shows_state(somebody: Clerk, words: str) -> None:
    """The case's page with this state. After a step the law's question may come once more."""
    say_why(somebody, somebody.page.locator(".page-head .tag", has_text=words).first)


def take_step(somebody: Clerk, words: str, **said: str) -> None:
    """Opens the step's form, fills it in and sends it. What is said: a text, one of a list, or yes."""
    step = somebody.page.locator(
        "details.step", has=somebody.page.locator("summary", has_text=re.compile(f"^{words}$"))
    )
    step.locator("summary").click()
    for label, value in said.items():
        group = step.get_by_role("group", name=label)
        field = group.get_by_label(value, exact=True) if group.count() else step.get_by_label(label)
        match field.evaluate("it => it.type"):
            case "select-one":
                field.select_option(label=value)
            case "radio" | "checkbox":
                field.check()
            case _:
                field.fill(value)
    step.get_by_role("button", name=words).click()


def test_a_clerk_looks_accepts_decides_and_hands_the_result_over(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "clerk") as somebody:
        somebody.sign_in(town.sign_in(Role.DESK_CLERK, in_place=COUNTY))
        number = town.waiting("received", to_decide=True)
        find_case(somebody, number)
        somebody.check("case")
        take_step(somebody, "预审通过", 预审意见="材料清晰")
        shows_state(somebody, "已预审")
        assert town.state_of(number) == "prechecked"
        somebody.see("预审通过 ·")
        accept(somebody)
        take_step(somebody, "开始审查")
        shows_state(somebody, "审查中")
        take_step(somebody, "作出决定", 准予="是")
        shows_state(somebody, "已决定")
        take_step(somebody, "办结", 结果名称="登记证明")
        shows_state(somebody, "已办结")
        take_step(somebody, "送达", 方式="窗口领取")
        say_why(somebody, somebody.page.get_by_text("送达 ·").first)
        take_step(somebody, "登记领取", 领取人="汪秀兰", 与本人关系="本人")
        shows_state(somebody, "已送达")
        somebody.check("handed-over")
        assert town.state_of(number) == "delivered"
        somebody.page.emulate_media(media="print")
        expect(somebody.page.get_by_role("heading", name="申请人")).to_be_visible()
        expect(somebody.page.get_by_role("navigation", name="菜单")).to_be_hidden()


def accept(somebody: Clerk) -> None:
    """With whatever of its papers lies on the desk."""
    papers = somebody.page.locator("details#accept input[type=checkbox]")
    somebody.page.locator("details#accept summary").click()
    for paper in papers.all():
        paper.check()
    somebody.page.locator("details#accept").get_by_role("button", name="受理").click()
    shows_state(somebody, "已受理")


def test_a_clerk_returns_once_refuses_with_reasons_and_does_several_in_one_go(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "clerk-returns") as somebody:
        somebody.sign_in(town.sign_in(Role.DESK_CLERK, in_place=COUNTY))
        incomplete, hopeless = town.waiting("received"), town.waiting("received")
        find_case(somebody, incomplete)
        take_step(somebody, "一次性告知补正", 补正期限="2027-01-31", 说明="请补一张照片")
        shows_state(somebody, "待补正")
        find_case(somebody, hopeless)
        take_step(somebody, "不予受理", 理由="不属于本机关职权", 说明="请到公安窗口办理")
        shows_state(somebody, "不予受理")
        assert [town.state_of(one) for one in (incomplete, hopeless)] == ["to_correct", "refused"]
        somebody.open("/console/desk/together/dispatch")
        for case in somebody.page.get_by_role("checkbox").all()[:2]:
            case.check()
        somebody.page.get_by_label("方式").select_option(label="窗口领取")
        somebody.check("together")
        somebody.press("一起送达")
        somebody.see("共2件，办了2件")
        somebody.check("together-done")


def test_a_clerk_works_by_keyboard_alone(browser: Browser, town: Town) -> None:
    number = town.waiting("received", to_decide=True)
    with clerk(browser, town.address, "keyboard") as somebody:
        somebody.sign_in(town.sign_in(Role.DESK_CLERK, in_place=COUNTY))
        page = somebody.page

        def tab_to(words: str, kind: str = "a, button, summary, input, textarea, select") -> None:
            """Tab until what has the focus says these words."""
            for _ in range(120):
                page.keyboard.press("Tab")
                said = page.evaluate(
                    """kinds => { const it = document.activeElement; if (!it.matches(kinds)) return ''
                    return (it.labels && it.labels[0] ? it.labels[0].innerText : '') + (it.ariaLabel || '')
                        + it.innerText }""",
                    kind,
                )
                if words in (said or ""):
                    return
            raise AssertionError(f"nobody gets to {words} by Tab")

        somebody.type("Tab", "Enter")
        assert page.evaluate("location.hash") == "#main", "the first stop leads past the menu"
        somebody.open("/console/")
        tab_to("办件")
        somebody.type("Enter")
        somebody.title("办件")
        tab_to("办件编号或临时回执号", "input")
        page.keyboard.type(number)
        somebody.type("Enter")
        page.wait_for_url(lambda url: number in url)
        page.keyboard.press("Tab")
        case = page.locator("td.broad a").first
        for _ in range(60):
            if case.evaluate("it => it === document.activeElement"):
                break
            page.keyboard.press("Tab")
        somebody.type("Enter")
        asked, opened = (page.get_by_role("heading", name=name) for name in ("请先写明查看理由", "申请人"))
        asked.or_(opened).first.wait_for()
        if asked.count():
            expect(page.get_by_label("理由", exact=True)).to_be_focused()
            page.keyboard.type("核对材料")
            somebody.type("Enter")
        opened.wait_for()
        page.wait_for_load_state()
        tab_to("预审通过", "summary")
        somebody.type("Enter")
        tab_to("预审意见", "input, textarea")
        page.keyboard.type("键盘办理")
        tab_to("预审通过", "button")
        somebody.type("Enter")
        shows_state(somebody, "已预审")
        assert town.state_of(number) == "prechecked"

        units = [unit.name for unit in town.world.units if unit.place == COUNTY][:3]
        tab_to("受理", "summary")
        somebody.type("Enter")
        for _ in range(page.locator("#accept input[type=checkbox]").count()):
            tab_to("纸质", "input")
            somebody.type("Space")
        for line, unit in enumerate(units[:2], 1):
            tab_to(f"填写） {line}", "input")
            page.keyboard.type(unit)
        tab_to("再加几行", "button")
        somebody.type("Enter")
        page.locator('[name="in.joint.6"]').wait_for()
        assert page.evaluate("document.activeElement.name") == "in.joint.3", "the next line waits to be typed into"
        page.keyboard.type(units[2])
        somebody.picture("joint")
        tab_to("受理", "button")
        somebody.type("Enter")
        shows_state(somebody, "已受理")
        assert town.state_of(number) == "accepted"
        for unit in units:
            somebody.see(unit)


def test_a_reviewer_works_through_the_queue(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "reviewer") as somebody:
        somebody.sign_in(town.sign_in(Role.CATALOGUE_REVIEWER))
        somebody.see("各地情况")
        somebody.section("认领")
        somebody.title("认领批次")
        somebody.page.locator("tbody a").first.click()
        somebody.see("应认领")
        somebody.check("progress")
        somebody.page.get_by_role("main").get_by_role("link", name="审核", exact=True).click()
        somebody.title("认领审核")
        somebody.page.locator("tbody a").first.click()
        somebody.see("清单与标准对照")
        somebody.check("claim")
        reasons = somebody.page.locator("details#return")
        reasons.locator("summary").click()
        reasons.get_by_role("checkbox").first.check()
        reasons.get_by_label("说明").fill("请按标准补全")
        reasons.get_by_role("button", name="退回").click()
        expect(somebody.page.locator(".page-head .tag").first).to_have_text("已退回")
        somebody.section("目录")
        somebody.title("事项目录")
        somebody.page.locator("tbody a").first.click()
        somebody.see("版本")
        before = somebody.page.locator("ol.history li").count()
        somebody.follow("修改并发布新版本")
        publish = somebody.page.locator("#publish")
        if publish.get_attribute("open") is None:
            publish.locator("summary").click()
        somebody.page.get_by_label("咨询电话").first.fill("0563-4022222")
        somebody.press("先检查")
        somebody.see("将要改变")
        somebody.check("checked")
        somebody.press("发布新版本")
        somebody.see("已记录。")
        assert somebody.page.locator("ol.history li").count() == before + 1


def test_a_county_supervisor_goes_from_the_map_to_a_light_and_a_conflict(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "county") as somebody:
        somebody.sign_in(town.sign_in(Role.COUNTY_SUPERVISOR, in_place=COUNTY))
        page = somebody.page
        somebody.check("overview")
        page.locator(".map-blocks a", has_text="胡乐镇").first.click()
        somebody.title("胡乐镇")
        page.locator("a.number-card", has_text="在办").click()
        somebody.see("只看 胡乐镇")
        somebody.section("红黄灯")
        somebody.title("红黄灯")
        page.locator("tbody td a").first.click()
        somebody.see("六级督办")
        somebody.check("light")
        next_stage = page.locator("details#escalate")
        next_stage.locator("summary").click()
        next_stage.locator("select").select_option(index=1)
        next_stage.get_by_label("理由").fill("已电话了解，仍需督促")
        next_stage.get_by_role("button", name="升级督办").click()
        page.locator(".stepper .taken", has_text="已电话了解，仍需督促").wait_for()
        somebody.section("冲突")
        somebody.title("冲突")
        page.get_by_role("link", name="看一看").first.click()
        somebody.see("先到")
        for choice in page.locator("fieldset.sides").all():
            choice.get_by_role("radio").first.check()
        somebody.check("conflict")
        somebody.press("就这样决定")
        somebody.at("/console/conflicts")
        somebody.follow("搁置的变更")
        page.locator("tbody a").first.click()
        somebody.fill("退回本人：请他做什么", "请在新设备上重新提交")
        somebody.check("parked")
        somebody.press("通知本人")
        somebody.see("已通知本人")


def test_a_city_supervisor_drafts_freezes_and_takes_the_files_with_a_fresh_code(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "city") as somebody:
        given = town.sign_in(Role.CITY_SUPERVISOR)
        somebody.sign_in(given)
        page = somebody.page
        somebody.section("通报")
        somebody.fill("起草哪一期", "2026-11-20")
        somebody.press("起草")
        somebody.see("这是草稿")
        somebody.press("定稿")
        expect(page.locator(".page-head .tag").first).to_have_text("已定稿")
        somebody.check("bulletin")
        somebody.press("导出（表格、PDF、单页）")
        somebody.fill("为什么导出", "上会用")
        somebody.check("why")
        with page.expect_download() as waiting:
            somebody.press("导出")
        assert waiting.value.suggested_filename.endswith(".xlsx")
        somebody.see("做好了：bangban-2026-11-20-1.xlsx")
        somebody.check("exported")
        give_up_an_export(somebody)
        somebody.open("/console/bulletins/2026-11-20")
        town.tamper("UPDATE staff_sessions SET factor_at = factor_at - 600000 WHERE ended_at IS NULL")
        somebody.press("导出（表格、PDF、单页）")
        somebody.see("请输入验证器应用现在显示的六位数字")


def give_up_an_export(somebody: Clerk) -> None:
    """One that takes long is cancelled, one that breaks off is told; the form with what was typed is there again."""
    page = somebody.page
    somebody.open("/console/bulletins/2026-11-20")
    somebody.press("导出（表格、PDF、单页）")
    somebody.fill("为什么导出", "上会用")
    page.route("**/export", lambda route: None)
    somebody.press("导出")
    page.get_by_role("progressbar", name="导出进度").wait_for()
    somebody.check("exporting")
    somebody.press("取消导出")
    somebody.see("已取消，没有文件留下。")
    page.unroute("**/export")
    told = '{"rows": 3000, "of": 400000}\n{"failed": true}\n'
    page.route("**/export", lambda route: route.fulfill(content_type="application/x-bangban-export", body=told))
    assert page.get_by_label("为什么导出").input_value() == "上会用"
    somebody.press("导出")
    somebody.see("没有做成，请再试一次")
    page.unroute("**/export")


def test_an_auditor_finds_who_looked_and_can_change_nothing(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "audited") as somebody:
        clerk_given = town.sign_in(Role.DESK_CLERK, in_place=COUNTY)
        somebody.sign_in(clerk_given)
        find_case(somebody, town.waiting("received"))
    with clerk(browser, town.address, "auditor") as somebody:
        somebody.sign_in(town.sign_in(Role.AUDITOR))
        somebody.section("运行与审计")
        somebody.see("答复本页")
        somebody.fill("账号", clerk_given.login)
        somebody.press("查找")
        somebody.see("谁看过")
        somebody.check("looks")
        somebody.press("核验并出报告")
        somebody.fill("为什么导出", "季度检查")
        with somebody.page.expect_download() as waiting:
            somebody.press("导出")
        assert waiting.value.suggested_filename == "bangban-audit-check.pdf"
        somebody.see("完整，没有发现问题。")
        somebody.check("checked")
        somebody.section("办件")
        somebody.page.locator("td.broad a").first.click()
        say_why(somebody, somebody.page.get_by_text("现在没有您可以做的"))


def test_an_administrator_prints_a_sheet_and_sees_no_case(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "administrator") as somebody:
        somebody.sign_in(town.sign_in(Role.ADMINISTRATOR))
        somebody.check("overview")
        somebody.section("帮办员")
        somebody.fill("姓名或账号", "h341881106200")
        somebody.press("查找")
        somebody.page.locator("tbody a").first.click()
        somebody.check("helper")
        somebody.press("打印激活单")
        somebody.see("激活码只能用一次")
        somebody.check("sheet")
        somebody.page.emulate_media(media="print")
        expect(somebody.page.locator(".sheet .qr svg")).to_be_visible()
        expect(somebody.page.get_by_role("navigation", name="菜单")).to_be_hidden()
        somebody.page.emulate_media(media="screen")
        somebody.follow("返回")
        somebody.page.locator("summary", has_text="报失").click()
        somebody.press("报失并停用")
        somebody.see("设备已停用，下次联系时会清空。")
        somebody.open("/console/desk")
        somebody.see("没有找到")
        somebody.open("/console/operations")
        somebody.see("使用中的应用版本")


def test_a_resident_asks_and_rates_without_an_account(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "resident", viewport={"width": 390, "height": 844}) as resident:
        resident.open("/r/")
        resident.check("asked")
        resident.fill("回执上的编号", town.shown.receipt)
        resident.fill("登记的手机号最后四位", "0000" if town.shown.last4 != "0000" else "1111")
        resident.press("查询")
        resident.see("没有找到")
        resident.fill("回执上的编号", town.shown.receipt.lower())
        resident.fill("登记的手机号最后四位", town.shown.last4)
        resident.press("查询")
        resident.see("已办结")
        resident.check("told")
        assert town.shown.receipt not in resident.page.url
        assert resident.page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)") >= 20
        too_wide = "document.documentElement.scrollWidth > innerWidth"
        assert resident.page.evaluate(too_wide) is False
        resident.page.set_viewport_size({"width": 360, "height": 640})
        resident.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert resident.page.evaluate(too_wide) is False, "letters twice as large, on the smallest phone"
