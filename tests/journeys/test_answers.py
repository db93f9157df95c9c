"""What comes back: a desk returns a case, a colleague fills the same field, a notice. All is settled on the
phone, without a network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright

from server.actions.desk_change import DeskEdit, desk_change
from server.actions.take_step import read_record, take_step
from server.domain.people.entitlement import person_bucket
from server.main import open_centre, open_writer, platform_of
from tests.command import finish
from tests.journeys.phone import SMALL, PhoneUser, ServedCentre, phone_user
from tests.journeys.test_first_visit import file_allowance
from tests.server.actions.test_list_followup import clerk_of, login_of
from tests.small_centre import HELPER, VILLAGE, SmallCentre

LARGE = {"width": 412, "height": 915}
LYING = {"width": 800, "height": 360}
FORM, CARD = "高龄津贴申请审批表", "社会保障卡"
PLACE, HOURS = "前村党群服务中心", "8:30-11:30"


class Others:
    """The desk and a colleague, at the very centre that the phone speaks with."""

    def __init__(self, centre: ServedCentre) -> None:
        self._settings = centre.settings

    async def _small(self, work: Any) -> Any:
        async with open_centre(self._settings) as opened, open_writer(opened, lambda buckets: None) as writer:
            return await work(SmallCentre(opened, writer))

    def records(self, table: str) -> list[tuple[str, str]]:
        """The id and state of the village's records."""

        async def read(small: SmallCentre) -> Any:
            return await small.fetch(f"SELECT id, state FROM {table}")

        return list(finish(self._small(read)))

    def return_case(self, case: str, *numbers: str) -> None:
        async def step(small: SmallCentre) -> None:
            platform = platform_of(small.centre, small.writer)
            standing = await read_record(platform, "case", case)
            assert standing is not None
            rows = [{"no": no, "why": "unreadable", "text": "盖章看不清"} for no in numbers]
            taken = await take_step(
                platform,
                await clerk_of(small),
                kind="case",
                record=case,
                name="case.return",
                fields={"correction": {"materials": rows, "text": "请补清楚的一份", "due": "2027-01-20"}},
                seen=await small.seen("case", case),
            )
            assert taken.outcome.code.has_effect, taken.outcome

        finish(self._small(step))

    def fill_claim(self, claim: str, **values: str) -> None:
        """As a colleague with another phone does, who saw what everybody saw."""

        async def fill(small: SmallCentre) -> None:
            device = await small.enrol(HELPER, "colleague")
            fields = {"state": "filling", **{f"f.{name}": value for name, value in values.items()}}
            seen = await small.seen("claim", claim)
            written = await small.send(device, small.change("claim", "claim.fill", claim, fields, base=seen))
            assert [one.code.value for one in written.outcomes] == ["applied"], written.outcomes

        finish(self._small(fill))

    def notify(self, words: str) -> None:
        async def send(small: SmallCentre) -> None:
            account = await small.account(HELPER)
            lead = await small.account(login_of(small, "county_supervisor", VILLAGE))
            told = {"to": account.id, "text_zh": words, "text_en": words}
            written = await desk_change(
                small.centre.database,
                small.writer,
                lead,
                [DeskEdit(kind="notice", record="e" * 32, name="notice.send", fields=told)],
                buckets=[person_bucket(account.id)],
                now_ms=small.centre.clock.wall_ms(),
                randomness=small.centre.randomness,
            )
            assert [one.code.value for one in written.outcomes] == ["applied"], written.outcomes

        finish(self._small(send))


def take_a_claim(user: PhoneUser) -> None:
    user.press("认领")
    user.screen("认领")
    user.page.get_by_role("checkbox").first.check()
    user.picture("claims")
    user.press("认领 1 项")
    user.see("已认领")


def bring(user: PhoneUser, material: str, button: str) -> None:
    group = user.page.get_by_role("group", name=material)
    user.choose("收了纸质件", group)
    user.press(button)
    user.see("已保存，有网络时自动送出")


def decide(user: PhoneUser) -> None:
    """Every field for what this phone said."""
    for field in user.page.get_by_role("group").all():
        field.get_by_role("radio").first.check()
    user.picture("conflict")
    user.page.set_viewport_size(LYING)
    user.picture("conflict_lying")
    user.page.set_viewport_size(SMALL)
    user.picture("conflict_small")
    user.press("就这样定")
    user.screen("今天")


def test_what_came_back_is_settled_on_the_phone_without_a_network(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    others = Others(centre)
    with phone_user(driver, tmp_path / "profile", centre.address, "answers", LARGE) as user:
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.see("没有等着您的事")
        before = dict(others.records("cases"))
        file_allowance(user)
        user.press("回到今天")
        user.see("容缺待补：社会保障卡")
        take_a_claim(user)
        user.press("返回")
        user.see("都已送达中心")
        [case] = dict(others.records("cases")).keys() - before.keys()
        [(claim, _)] = others.records("claims")

        # Without a network: what was promised is brought and a list is filled, while both change at the centre.
        user.go_offline()
        user.press("容缺待补")
        user.screen("办件")
        user.picture("promise")
        bring(user, CARD, "补交")
        user.press("返回")
        user.press("认领：1 项在手")
        user.screen("认领")
        user.page.get_by_role("listitem").get_by_role("button").first.click()
        user.screen("填清单")
        user.fill("办理地点", PLACE)
        user.fill("办理时间", HOURS)
        user.picture("claim")
        user.press("保存")
        user.see("已保存，有网络时自动送出")
        user.press("返回")
        user.press("返回")
        others.return_case(case, "3")
        others.fill_claim(claim, address="汪溪街道为民服务中心")
        others.notify("请本周内走访八十岁以上老人。")

        user.go_online()
        user.press("现在送出")
        user.see("需要补正")
        user.see("2 处与别人的修改不一致")
        user.see("条未读通知")
        user.see("都已送达中心")
        user.picture("waits")

        user.go_offline()
        user.press("中心的答复")
        user.see("等您看的")
        user.picture("answers")
        user.page.get_by_role("listitem").get_by_role("button").first.click()
        user.see("别人同时改了同一处")
        user.see(PLACE)
        user.picture("answer")
        user.press("去决定")
        user.screen("需要决定")
        user.see("汪溪街道为民服务中心")
        user.press("就这样定")
        user.see("还有 1 处没有选")
        decide(user)
        user.press("处与别人的修改不一致")
        user.screen("需要决定")
        decide(user)

        user.press("需要补正")
        user.screen("办件")
        user.see("请补清楚的一份")
        user.press("补正好了，送回窗口")
        user.see("请先选择")
        user.picture("correction")
        bring(user, FORM, "补正好了，送回窗口")
        user.press("返回")
        user.press("条未读通知")
        user.see("请本周内走访八十岁以上老人")
        user.picture("notices")
        user.press("知道了")
        user.press("返回")
        user.see("4 项还没有送达中心")
        user.picture("today_small")
        user.page.set_viewport_size(LYING)
        user.picture("today_lying")

        user.go_online()
        user.press("现在送出")
        user.see("都已送达中心")
        assert dict(others.records("cases"))[case] == "received"
        assert {state for _, state in others.records("conflicts")} == {"decided"}
        user.press("中心的答复")
        user.see("看过的和已办妥的")
