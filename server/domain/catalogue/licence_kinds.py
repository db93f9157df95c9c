"""Owns the kinds of electronic licence (证照种类): 58, as many as were made, in the seven families that were counted.

    seed   named when 5.2 million licences of 58 kinds were counted in 2018, each with its own number
    items  named by a material of our village items (fixtures/world/data/village_item_materials.tsv)
    ours   synthetic: licences that the law knows, put here to have 58; that they were among those made is our invention

The seven families are the six that were counted by name, and all others together. The whole catalogue had 232 kinds
sorted; which they are was never published, so no more are made up.
Law: what a material, a licence's record or a register names is in this table; a new kind is a row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """As they were counted."""

    ID = "身份证"
    BUSINESS = "营业执照"
    HUKOU = "户口簿"
    DRIVER = "驾驶证"
    VEHICLE = "行驶证"
    MARRIAGE = "结婚证"
    OTHER = "其他"


class Named(StrEnum):
    """Where we have it from."""

    SEED = "seed"
    ITEMS = "items"
    OURS = "ours"

    @property
    def is_synthetic(self) -> bool:
        """Whether no data names it: shown with every list, so that nobody takes it for the city's own."""
        return self is Named.OURS


NAMED_WORDS: Mapping[Named, tuple[str, str]] = {
    Named.SEED: ("2018年统计点名", "named in the count of 2018"),
    Named.ITEMS: ("事项材料点名", "named by an item's material"),
    Named.OURS: ("自拟（合成，非实际目录）", "synthetic: ours, not the city's list"),
}


@dataclass(frozen=True, slots=True)
class LicenceKind:
    """`identifies`: whether it proves who somebody is by itself."""

    name: str
    family: Family
    named: Named
    identifies: bool = False


_IDENTIFY = frozenset({"身份证", "户口簿", "驾驶证", "社保卡", "残疾人证", "退役军人优待证", "老年人优待证", "居住证"})
_ITEMS = (
    "残疾人证",
    "低保证",
    "老年人优待证",
    "火化证明",
    "光荣证",
    "出生医学证明",
    "不动产权证",
    "社保卡",
    "退役军人优待证",
)
_OURS = (
    *("居住证", "离婚证", "收养登记证", "特困人员救助供养证", "就业创业证", "职业资格证书", "职业技能等级证书"),
    *("教师资格证", "医师执业证书", "护士执业证书", "乡村医生执业证书", "医疗机构执业许可证", "预防接种证"),
    *("食品经营许可证", "食品生产许可证", "食品小作坊登记证", "公共场所卫生许可证", "药品经营许可证", "健康证明"),
    *("烟草专卖零售许可证", "特种设备使用登记证", "特种设备作业人员证", "道路运输证", "道路运输经营许可证"),
    *("道路运输从业资格证", "拖拉机和联合收割机驾驶证", "拖拉机和联合收割机行驶证", "农药经营许可证"),
    *("农作物种子生产经营许可证", "动物防疫条件合格证", "兽药经营许可证", "林木采伐许可证", "林木种子生产经营许可证"),
    *("取水许可证", "排污许可证", "建筑工程施工许可证", "乡村建设规划许可证", "农村宅基地批准书"),
    *(
        "农村土地承包经营权证",
        "社会团体法人登记证书",
        "民办非企业单位登记证书",
        "民办学校办学许可证",
        "工会法人资格证书",
    ),
)


def _kinds() -> Mapping[str, LicenceKind]:
    counted = [(family.value, family, Named.SEED) for family in Family if family is not Family.OTHER]
    others = [(name, Family.OTHER, Named.ITEMS) for name in _ITEMS] + [
        (name, Family.OTHER, Named.OURS) for name in _OURS
    ]
    return {name: LicenceKind(name, family, named, name in _IDENTIFY) for name, family, named in (*counted, *others)}


LICENCE_KINDS: Mapping[str, LicenceKind] = _kinds()
