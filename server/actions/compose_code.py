"""Composes the implementing code (实施编码) of an item that is published without one: credit code, level, base code.

Law: what was typed is never replaced; a code is composed only from a unit that the directory lists and a base code that
is one, and stays out where a part is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.actions.platform import Platform
from server.domain.catalogue.codes import CodeInvalid, implementing_code, parse_implementing_code
from server.domain.catalogue.consistency import PREFIX
from server.domain.people.entitlement import NotListed
from server.domain.record_fields import Fields, text

_USCC = "SELECT uscc FROM units WHERE id = ?"


async def composed_code(platform: Platform, unit: str, base_item: str, level: str = "") -> str:
    """31 characters, or "" where a part is missing. Without a `level` it is that of the unit's place."""
    directory = await platform.directory()
    try:
        digit = level or str(int(directory.place(directory.unit(unit).place).level) + 1)
    except NotListed:
        return ""
    async with platform.database.read() as snapshot:
        row = await snapshot.fetch_one(_USCC, [unit])
    try:
        return implementing_code(str(row[0]), int(digit), base_item) if row is not None else ""
    except (CodeInvalid, ValueError):
        return ""


async def code_for_item(platform: Platform, item: Fields) -> Mapping[str, str]:
    """What a publication adds to an item of a unit's own that has no code yet."""
    if text(item, "code") or not text(item, "unit"):
        return {}
    code = await composed_code(platform, text(item, "unit"), text(item, "base_item"), text(item, "level"))
    return {"code": code} if code else {}


async def code_for_claim(platform: Platform, claim: Fields, item: Fields | None) -> Mapping[str, str]:
    """The same for a list that is published; `item` is what the claim names, and a standard one has no unit's code."""
    if text(claim, f"{PREFIX}code") or (item is not None and (text(item, "code") or not text(item, "unit"))):
        return {}
    level = text(claim, f"{PREFIX}level")
    code = await composed_code(platform, text(claim, "unit"), text(claim, "base_item"), level)
    return {f"{PREFIX}code": code} if code else {}


def code_of_part(whole: str, number: int) -> str:
    """The code of the `number`-th item (from 1) that an item is split into: its own, and two digits (业务办理项)."""
    try:
        parsed = parse_implementing_code(whole)
        return implementing_code(parsed.unit, parsed.level, parsed.base.code, number)
    except CodeInvalid:
        return ""


def code_of_whole(part: str) -> str:
    """The code of the item that several become: without the two digits of a part."""
    try:
        parsed = parse_implementing_code(part)
        return implementing_code(parsed.unit, parsed.level, parsed.base.code)
    except CodeInvalid:
        return ""
