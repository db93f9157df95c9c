"""Reads accounts from an xlsx file, and says of every bad row which cell is wrong and how to put it right.

Columns, in any order, by Chinese or English title: 登录名 login, 姓名 name, 角色 role, 区划 places, 单位 units,
站点 site. Several places or units stand in one cell, apart by commas or spaces.

Laws: the file is looked at before it is unpacked (a small archive can hold gigabytes); a formula is never a value;
what the sheet says is checked against the directory, so that no account reaches a place that is not there.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from server.actions.desk_change import CENTRE_LOGIN
from server.domain.people.entitlement import Directory
from server.domain.people.roles import Role, Scope
from server.domain.places import Level
from sync.core.text import as_sent

FILE_BYTES_MAX = 10 * 1024 * 1024
UNPACKED_BYTES_MAX = 100 * 1024 * 1024
PACKED_RATIO_MAX = 200
PARTS_MAX = 200
ROWS_MAX = 20_000
COLUMNS_MAX = 40

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_SEPARATOR = re.compile(r"[\s,，;；、]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

COLUMNS: Mapping[str, str] = {
    "登录名": "login",
    "姓名": "name",
    "角色": "role",
    "区划": "places",
    "单位": "units",
    "站点": "site",
}
ROLE_NAMES: Mapping[str, Role] = {
    "帮办员": Role.HELPER,
    "乡镇负责人": Role.TOWN_LEAD,
    "认领填报员": Role.CLAIM_WORKER,
    "综合窗口": Role.DESK_CLERK,
    "目录审核员": Role.CATALOGUE_REVIEWER,
    "县级督查员": Role.COUNTY_SUPERVISOR,
    "市级督查员": Role.CITY_SUPERVISOR,
    "审计员": Role.AUDITOR,
    "系统管理员": Role.ADMINISTRATOR,
}


class SheetUnreadable(ValueError):
    """The file as a whole is not one we read. Carries both texts."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class AccountEntry:
    row: int
    login: str
    name: str
    role: Role
    scope: Scope
    site: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """Row as the spreadsheet counts it, from 1 with the titles."""

    row: int
    column: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class SheetRows:
    rows: int
    entries: tuple[AccountEntry, ...]
    faults: tuple[RowFault, ...]


def read_account_sheet(content: bytes, directory: Directory) -> SheetRows:
    """Raises SheetUnreadable. A row with a fault is in `faults`, once for each, and not in `entries`."""
    _check_archive(content)
    entries: list[AccountEntry] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    count = 0
    for number, cells in sheet_rows(content, COLUMNS, optional=("units", "site")):
        count += 1
        entry, wrong = _read_row(number, cells, directory)
        if entry is not None and entry.login in seen:
            first = seen[entry.login]
            wrong = [*wrong, _fault(number, "login", f"与第{first}行的登录名重复", f"the same login as in row {first}")]
        elif entry is not None:
            seen[entry.login] = number
        if entry is not None and not wrong:
            entries.append(entry)
        faults += wrong
    return SheetRows(count, tuple(entries), tuple(faults))


def read_account(cells: Mapping[str, str], directory: Directory) -> tuple[AccountEntry | None, list[RowFault]]:
    """One account as a row tells it, and everything that is wrong with it. `cells`: by column key."""
    return _read_row(1, {key: _text(cell) for key, cell in cells.items()}, directory)


def _check_archive(content: bytes) -> None:
    if len(content) > FILE_BYTES_MAX:
        raise SheetUnreadable("文件大于10兆字节", "the file is larger than 10 MB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise SheetUnreadable("不是xlsx文件", "not an xlsx file") from None
    total = sum(part.file_size for part in parts)
    swollen = any(part.file_size > PACKED_RATIO_MAX * max(part.compress_size, 1_000) for part in parts)
    if len(parts) > PARTS_MAX or total > UNPACKED_BYTES_MAX or swollen:
        raise SheetUnreadable("文件解压后过大", "the file unpacks to too much")


def sheet_rows(
    content: bytes, columns: Mapping[str, str], *, optional: Collection[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and cells by column key, for every row that has any text. `columns`: Chinese title → key; those in
    `optional` may be missing. Raises SheetUnreadable.
    """
    _check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError, TypeError):
        raise SheetUnreadable("不是能读取的xlsx文件", "not an xlsx file that can be read") from None
    try:
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise SheetUnreadable("没有工作表", "there is no worksheet")
        # A file may claim a size of a million rows; what is there is counted instead.
        sheet.reset_dimensions()
        lines = sheet.iter_rows(max_col=COLUMNS_MAX, max_row=ROWS_MAX + 2, values_only=True)
        yield from rows_by_column(lines, columns, optional)
    except (KeyError, ValueError, TypeError, SyntaxError, zipfile.BadZipFile, OSError, EOFError) as error:
        if isinstance(error, SheetUnreadable):
            raise
        raise SheetUnreadable("xlsx文件已损坏", "the xlsx file is damaged") from None
    finally:
        book.close()


def rows_by_column(
    lines: Iterable[Sequence[object]], columns: Mapping[str, str], optional: Collection[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    keys: list[str] = []
    for number, line in enumerate(lines, start=1):
        texts = [_text(cell) for cell in line]
        if number == 1:
            keys = [columns.get(text, text.lower()) for text in texts]
            missing = [f"{zh} {key}" for zh, key in columns.items() if key not in keys and key not in optional]
            if missing:
                raise SheetUnreadable(f"第一行缺少列：{'、'.join(missing)}", f"missing columns: {', '.join(missing)}")
            continue
        if number > ROWS_MAX + 1:
            raise SheetUnreadable(f"多于{ROWS_MAX}行", f"more than {ROWS_MAX} rows")
        if any(texts):
            yield number, {key: text for key, text in zip(keys, texts, strict=False) if key in columns.values()}


def _text(cell: object) -> str:
    """A cell as typed: a code that the spreadsheet took for a number is still a code."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return as_sent(str(cell)).strip()


def _read_row(
    number: int, cells: Mapping[str, str], directory: Directory
) -> tuple[AccountEntry | None, list[RowFault]]:
    wrong: list[RowFault] = []
    for column, text in cells.items():
        if text.startswith(_FORMULA):
            wrong.append(_fault(number, column, "单元格不能以 = + - @ 开头", "a cell may not begin with = + - @"))
    login, name = cells.get("login", "").lower(), cells.get("name", "")
    if not _LOGIN.fullmatch(login):
        wrong.append(
            _fault(number, "login", "应为2至40位小写字母、数字或 . _ -", "2 to 40 of a-z, 0-9, dot, hyphen, underscore")
        )
    if login == CENTRE_LOGIN:
        wrong.append(_fault(number, "login", "这是系统自己的登录名", "the centre itself is called so"))
    if not 1 <= len(name) <= 40:
        wrong.append(_fault(number, "name", "应为1至40个字", "1 to 40 characters"))
    role = _role(cells.get("role", ""))
    if role is None:
        names = "、".join(ROLE_NAMES)
        wrong.append(_fault(number, "role", f"应为{names}之一", f"one of {', '.join(ROLE_NAMES.values())}"))
    places, units = _split(cells.get("places", "")), _split(cells.get("units", ""))
    wrong += _unlisted(number, "places", places, directory.places)
    wrong += _unlisted(number, "units", units, directory.units)
    site = cells.get("site", "") or (places[0] if places else "")
    if not site and units and units[0] in directory.units:
        site = directory.units[units[0]].place
    wrong += _unlisted(number, "site", [site] if site else [], directory.places)
    if not site:
        wrong.append(_fault(number, "site", "应填写站点、区划或单位", "give a site, a place or a unit"))
    if role is None or wrong:
        return None, wrong
    wrong = _unfit(number, role, places, units, directory)
    return AccountEntry(number, login, name, role, Scope(frozenset(places), frozenset(units)), site), wrong


def _unfit(
    number: int, role: Role, places: Sequence[str], units: Sequence[str], directory: Directory
) -> list[RowFault]:
    """Whether the scope is one that this role can have."""
    levels = {directory.place(place).level for place in places}
    match role:
        case Role.HELPER if not places and not units:
            return [_fault(number, "places", "帮办员须有村（社区）或单位", "a helper needs a village or a unit")]
        case Role.HELPER if levels - {Level.VILLAGE}:
            return [_fault(number, "places", "帮办员的区划应为村（社区）", "a helper's places are villages")]
        case Role.TOWN_LEAD if levels != {Level.TOWN}:
            return [_fault(number, "places", "乡镇负责人的区划应为乡镇（街道）", "a town lead's places are towns")]
        case Role.CLAIM_WORKER if not units:
            return [_fault(number, "units", "认领填报员须有单位", "a claim worker needs a unit")]
        case Role.COUNTY_SUPERVISOR if levels != {Level.COUNTY}:
            return [_fault(number, "places", "县级督查员的区划应为县", "a county supervisor's places are counties")]
        case _:
            return []


def _unlisted(number: int, column: str, codes: Iterable[str], listed: Mapping[str, object]) -> list[RowFault]:
    return [
        _fault(number, column, f"“{code[:40]}”不存在", f"“{code[:40]}” is not listed")
        for code in codes
        if code not in listed
    ]


def _role(text: str) -> Role | None:
    if text in ROLE_NAMES:
        return ROLE_NAMES[text]
    return Role(text.lower()) if text.lower() in set(Role) else None


def _split(text: str) -> list[str]:
    return [part for part in _SEPARATOR.split(text) if part]


def _fault(number: int, column: str, zh: str, en: str) -> RowFault:
    return RowFault(number, column, zh, en)
