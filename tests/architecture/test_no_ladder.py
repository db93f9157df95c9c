"""No rank of helpers, no check-in and no track in any table, record, page or screen: a law of docs/architecture.md."""

import re

from server.domain.record_fields import KINDS
from server.storage.table_copy import tables
from tests.architecture.source_tree import ROOT, files

NAMES = re.compile(
    r"(^|_)(rank|ranking|score|points|league|ladder|check_?in|online_time|gps|latitude|longitude|track)s?($|_)"
)
SAID = re.compile("排名|积分|打卡|签到|在线时长|轨迹|得分|名次|leader ?board|\\branked\\b|check-ins?")
DENIED = re.compile("不(记|排|打|留|看|算)?(排名|名次|积分|打卡|签到|轨迹)|不排个人|没有排名|no check-ins?")
SHOWN = ("server/console/templates/", "agent_api/phone/src/texts/")


def test_no_table_and_no_record_holds_one() -> None:
    columns = {f"{table.name}.{column}" for table in tables() for column in table.columns}
    fields = {f"{kind}.{name}" for kind, table in KINDS.items() for name in (*table.fields, *table.families)}
    assert len(columns) > 200
    assert len(fields) > 300
    assert sorted(one for one in columns | fields if NAMES.search(one.partition(".")[2].strip("."))) == []


def test_no_page_and_no_screen_shows_one() -> None:
    """Where the word stands at all, it stands in a sentence that denies it."""
    told = []
    for path in files():
        if str(path).startswith(SHOWN):
            text = DENIED.sub("", (ROOT / path).read_text(encoding="utf-8"))
            told += [(str(path), found[0]) for found in SAID.finditer(text)]
    assert told == []
