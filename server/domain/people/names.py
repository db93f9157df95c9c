"""Owns how a Chinese name is found by typing Latin letters: every reading, and a surname's right reading
first.

The general reading of a surname is often wrong (单 is shan, not dan; 仇 is qiu, not chou), and a helper
types what the resident says.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

# Surnames whose reading as a name differs from, or is rarer than, the character's usual one. First is
# preferred.
SURNAME_READINGS: dict[str, tuple[str, ...]] = {
    "单": ("shan",), "曾": ("zeng",), "仇": ("qiu",), "解": ("xie",),
    "查": ("zha",), "区": ("ou",), "盖": ("ge", "gai"), "朴": ("piao", "pu"),
    "任": ("ren",), "华": ("hua",), "缪": ("miao",), "翟": ("zhai", "di"),
    "乐": ("yue", "le"), "宓": ("mi", "fu"), "员": ("yun", "yuan"), "黑": ("he", "hei"),
    "折": ("she",), "秘": ("bi", "mi"), "种": ("chong",), "覃": ("qin", "tan"),
    "冼": ("xian",), "洗": ("xian",), "召": ("shao", "zhao"), "句": ("gou", "ju"),
    "祭": ("zhai", "ji"), "葛": ("ge",), "燕": ("yan",), "宁": ("ning",),
    "纪": ("ji",), "应": ("ying",), "盛": ("sheng",), "呙": ("guo",),
    "郇": ("xun", "huan"), "卜": ("bu",), "晁": ("chao",), "隗": ("wei", "kui"),
    "牟": ("mu", "mou"), "佴": ("nai",), "麻": ("ma",), "柏": ("bai", "bo"),
    "沈": ("shen",), "尹": ("yin",), "谌": ("chen", "shen"), "车": ("che",),
    "尉": ("wei",), "阚": ("kan",), "逄": ("pang",), "郝": ("hao",),
    "洪": ("hong",), "令": ("ling",), "邵": ("shao",), "重": ("chong", "zhong"),
    "都": ("du",), "过": ("guo",), "行": ("xing", "hang"), "於": ("yu",),
    "适": ("kuo",), "曲": ("qu",), "石": ("shi",), "倪": ("ni",),
    "角": ("jue",), "幺": ("yao",), "万": ("wan",), "贾": ("jia",),
}  # fmt: skip
COMPOUND_SURNAMES: dict[str, tuple[str, ...]] = {
    "欧阳": ("ou", "yang"), "司马": ("si", "ma"), "上官": ("shang", "guan"), "诸葛": ("zhu", "ge"),
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "令狐": ("ling", "hu"),
    "皇甫": ("huang", "fu"), "夏侯": ("xia", "hou"), "东方": ("dong", "fang"), "公孙": ("gong", "sun"),
    "慕容": ("mu", "rong"), "司徒": ("si", "tu"), "宇文": ("yu", "wen"), "澹台": ("tan", "tai"),
    "单于": ("chan", "yu"), "端木": ("duan", "mu"), "轩辕": ("xuan", "yuan"), "南宫": ("nan", "gong"),
}  # fmt: skip
_READINGS_MAX = 64


@dataclass(frozen=True)
class NameKeys:
    """`full` like "zhanglu", `initials` like "zl"; the preferred reading comes first in both."""

    full: tuple[str, ...]
    initials: tuple[str, ...]

    def match(self, typed: str) -> bool:
        """Whether what was typed starts any reading or any initials."""
        wanted = "".join(typed.split()).lower()
        return bool(wanted) and any(key.startswith(wanted) for key in (*self.full, *self.initials))


def split_name(name: str) -> tuple[str, str]:
    """(surname, given name). A name with a dot (买买提·艾力) has no Chinese surname: the first part stands
    first.
    """
    name = "".join(name.split())
    if "·" in name:
        first, _, rest = name.partition("·")
        return first, rest
    length = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:length], name[length:]


def name_keys(name: str) -> NameKeys:
    """Every way to type this name, at most 64 readings: rare names of many readings are cut at the end."""
    readings = list(product(*_readings(name)))[:_READINGS_MAX]
    full = ["".join(syllables) for syllables in readings]
    initials = ["".join(syllable[:1] for syllable in syllables) for syllables in readings]
    return NameKeys(tuple(dict.fromkeys(filter(None, full))), tuple(dict.fromkeys(filter(None, initials))))


def search_keys(name: str) -> frozenset[str]:
    """All keys in one set, for an index."""
    keys = name_keys(name)
    return frozenset(keys.full) | frozenset(keys.initials)


def _readings(name: str) -> list[tuple[str, ...]]:
    surname, given = split_name(name)
    family: list[tuple[str, ...]]
    if surname in COMPOUND_SURNAMES:
        family = [(syllable,) for syllable in COMPOUND_SURNAMES[surname]]
    elif surname in SURNAME_READINGS:
        family = [SURNAME_READINGS[surname]]
    else:
        family = _general_readings(surname)
    return family + _general_readings(given)


def _general_readings(text: str) -> list[tuple[str, ...]]:
    plain = "".join(c for c in text if c.isalnum())
    if not plain:
        return []
    from pypinyin import Style, pinyin  # a third of a second to load, and few commands look for a name

    return [_latin(options) for options in pinyin(plain, style=Style.NORMAL, heteronym=True)]


def _latin(options: list[str]) -> tuple[str, ...]:
    """Lower case, and ü as people type it: lv, lyu (as passports have it) and lu."""
    spelled: list[str] = []
    for option in options:
        lower = option.lower().replace("ü", "v")
        spelled.append(lower)
        if lower in ("lv", "nv", "lve", "nve"):
            spelled += [lower.replace("v", "yu"), lower.replace("v", "u")]
    return tuple(dict.fromkeys(spelled))
