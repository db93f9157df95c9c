"""Owns the code tables of the national catalogue (字典): what each code of an item's fields is called.

Not every table was seen in a published document; codes of fines, coercion, levies and inspection among the item
types, and the levels of exercise, are from memory of the standard. Compare with the local platform before use.
"""

from __future__ import annotations

from collections.abc import Mapping

DICTIONARIES: Mapping[str, Mapping[str, str]] = {
    "item_type": {
        "01": "行政许可",
        "02": "行政处罚",
        "03": "行政强制",
        "04": "行政征收",
        "05": "行政给付",
        "06": "行政检查",
        "07": "行政确认",
        "08": "行政奖励",
        "09": "行政裁决",
        "10": "其他行政权力",
        "20": "公共服务",
    },
    "use_level": {
        "1": "国家级",
        "2": "省级",
        "3": "市级",
        "4": "县级",
        "5": "镇(乡、街道)级",
        "6": "村(社区)级",
    },
    "project_type": {
        "1": "即办件",
        "2": "承诺件",
    },
    "time_unit": {
        "G": "工作日",
        "Z": "自然日",
    },
    "server_type": {
        "1": "自然人",
        "2": "企业法人",
        "3": "事业法人",
        "4": "社会组织法人",
        "5": "非法人企业",
        "6": "行政机关",
        "9": "其他组织",
    },
    "material_necessity": {
        "1": "必要",
        "2": "非必要",
        "3": "容缺后补",
    },
    "material_type": {
        "1": "证件证书证明",
        "2": "申请表格文书",
        "3": "其他",
    },
    "material_form": {
        "1": "纸质",
        "2": "电子化",
        "3": "纸质/电子化",
    },
    "material_source": {
        "10": "申请人自备",
        "20": "政府部门核发",
        "99": "其他",
    },
    "collect_mode": {
        "1": "纸质收取",
        "2": "附件上传",
        "3": "扫描",
        "4": "容缺后补",
        "5": "证照库",
    },
    "material_check": {
        "1": "收原件",
        "2": "验原件收复印件",
        "3": "收原件及复印件",
    },
    "online_depth": {
        "1": "I级 网上公开办事指南/表格下载",
        "2": "II级 网上预约/预审",
        "3": "III级 网上申请受理,到场一次核验领取",
        "4": "IV级 全程网办(到场0次)",
    },
    "finish_type": {
        "0": "出证办结",
        "1": "退回办结(退回或驳回申请)",
        "2": "作废办结(业务上无效)",
        "3": "删除办结(录入或操作错误)",
        "4": "转报办结",
        "5": "补交不来办结",
        "6": "办结(其他)",
    },
    "licence_trust": {
        "A": "政务实施机构产生,直接使用",
        "B": "窗口已核验,可重复使用",
        "C": "用户自行上传,须核验原件",
        "D": "用户自制,本人承诺真实性",
    },
    "rating": {
        "5": "非常满意",
        "4": "满意",
        "3": "基本满意",
        "2": "不满意",
        "1": "非常不满意",
    },
    "material_cut_mode": {
        "1": "没有法律法规依据直接取消",
        "2": "申请人书面承诺",
        "3": "信息共享或网络核验",
        "4": "部门调查核实",
        "5": "清单取消事项对应取消",
        "6": "材料整合",
        "7": "现有证照证明等其他",
    },
}
# What a helper can meet: the resident applies, the authority does not act of its own accord.
APPLIED_FOR = frozenset({"01", "05", "07", "08", "09", "10", "20"})
