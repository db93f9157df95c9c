"""An outbox from one phone's screen to another phone's camera, and to the centre under its author's name."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright

from tests.journeys.film import png, shoot
from tests.journeys.phone import PATIENCE_MS, ServedCentre, phone_user
from tests.journeys.test_carrying import LEAD, authors_of, go_to_carrying
from tests.journeys.test_first_visit import file_allowance
from tests.small_centre import HELPER


def test_an_outbox_goes_from_screen_to_camera(driver: Playwright, either: ServedCentre, tmp_path: Path) -> None:
    before = authors_of(either, "case")
    with phone_user(driver, tmp_path / "author", either.address, "showing") as author:
        author.enrol(either.code())
        author.see("都已送达中心")
        author.wait_until_kept()
        author.go_offline()
        file_allowance(author)
        author.press("回到今天")
        go_to_carrying(author)
        author.press("显示二维码")
        author.press("停一停")
        author.picture("codes")
        shown = author.page.get_by_text("自动循环")
        pictures: dict[str, bytes] = {}
        while (place := shown.inner_text()) not in pictures:
            pictures[place] = author.page.locator("svg.qr").screenshot()
            author.press("下一步")
        assert len(pictures) > 1

    *first, last = [png(one) for one in reversed(pictures.values())]
    film, profile = tmp_path / "film.y4m", tmp_path / "carrier"
    # As long as one is missing the screen says so, and stays: nobody has to catch a moment.
    with phone_user(driver, profile, either.address, "filming", arguments=shoot(film, first)) as carrier:
        carrier.context.grant_permissions(["camera"])
        carrier.enrol(either.code(LEAD))
        carrier.see("都已送达中心")
        go_to_carrying(carrier)
        carrier.press("扫二维码")
        carrier.see(f"已收 {len(first)} 张，共 {len(pictures)} 张")
        carrier.picture("filming")
        carrier.page.locator("dialog").get_by_role("button", name="返回").click()
        assert authors_of(either, "case") == before
    with phone_user(driver, profile, either.address, "filmed", arguments=shoot(film, [*first, last])) as carrier:
        carrier.context.grant_permissions(["camera"])
        # Codes are met by chance on a film that goes round, and a slow machine looks at few of them.
        carrier.context.set_default_timeout(3 * PATIENCE_MS)
        carrier.open()
        carrier.unlock()
        carrier.see("都已送达中心")
        go_to_carrying(carrier)
        carrier.press("扫二维码")
        carrier.see("已交给中心")
    assert authors_of(either, "case") == [*before, HELPER]
