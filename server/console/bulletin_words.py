"""The words of bulletins: their states, tables, and the bands of volume."""

from __future__ import annotations

from collections.abc import Mapping

from server.console.step_forms import Pair

STATES: Mapping[str, Pair] = {
    "draft": ("草稿", "Draft"),
    "frozen": ("已定稿", "Frozen"),
    "corrected": ("已更正", "Corrected since"),
}
TABLES: Mapping[str, Pair] = {
    "counties": ("县（市、区）", "Counties"),
    "units": ("市直单位", "City units"),
    "towns": ("乡镇（街道）", "Towns"),
    "villages": ("村（社区），只报本乡镇", "Villages, for their town alone"),
}
BANDS: Mapping[str, str] = {"low": "偏低", "middle": "居中", "high": "偏高", "": "–"}
UNFOUNDED: Mapping[str, Pair] = {
    "data_hash": ("数据指纹", "the data hash"),
    "best_counties": ("先进县区", "the best counties"),
    "best_units": ("先进单位", "the best units"),
    "best_towns": ("先进乡镇", "the best towns"),
    **TABLES,
}


def said(table: Mapping[str, Pair], key: str, english: bool) -> str:
    pair = table.get(key)
    return key if pair is None else pair[english]
