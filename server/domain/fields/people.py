"""The fields of residents and their consents."""

from __future__ import annotations

from server.domain.fields.shapes import Field, KindFields, Shape, kind_fields

PEOPLE_KINDS: tuple[KindFields, ...] = (
    kind_fields(
        "resident",
        Field("name", "姓名", "as on the id card", required=True),
        Field("citizen_id", "身份证号", "18 characters; may wait until the card is at hand"),
        Field("birth", "出生日期", "follows from the id when there is one", Shape.DATE),
        Field("sex", "性别", "M or F; follows from the id when there is one"),
        Field("phone", "电话", "where the resident can be reached"),
        Field("phone_relation", "电话归属", "whose phone it is: self, household, child, neighbour ..."),
        Field("address", "住址", "where the resident lives, in words"),
        Field("village", "村（社区）", "the village of service", Shape.PLACE, required=True),
        Field("hukou", "户籍地", "the place of registration, when it is not the village", Shape.PLACE),
        Field("flags", "情况", "circumstances that items ask for: low_income, disabled ...", Shape.LIST),
        Field("notes", "备注", "texts, one a remark", Shape.LIST),
        Field("died_on", "死亡日期", "set at a desk from the register", Shape.DATE, computed=True),
    ),
    kind_fields(
        "consent",
        Field("resident", "居民", "who consents", Shape.RECORD, required=True),
        Field("items", "事项", "the item records it names, one by one", Shape.LIST, required=True),
        Field("data_kinds", "信息种类", "the kinds of data that may be used", Shape.LIST, required=True),
        Field("sensitive", "敏感信息", "those of them ticked separately", Shape.LIST),
        Field("purpose", "目的", "what for", required=True),
        Field("recipients", "接收方", "who receives the data, a text or texts", Shape.ANY, required=True),
        Field("retention", "保存期限", "how long the data is kept"),
        Field("means", "方式", "signature, fingerprint or oral", required=True),
        Field("witness", "见证人", "the adult who was present"),
        Field("read_aloud", "已宣读", "whether the whole text was read out", Shape.BOOLEAN),
        Field("text_hash", "文本指纹", "SHA-256 of the text that was shown, 64 hex digits", required=True),
        Field("signed_at", "签署时间", "when, by the device", Shape.MOMENT, required=True),
        Field("valid_until", "有效期至", "last day of validity", Shape.DATE, required=True),
        Field("helper", "帮办员", "the account that took the consent", required=True),
        Field("village", "村（社区）", "where", Shape.PLACE, required=True),
        Field("signature_file", "签名文件", "the file of the signature, unless signed on paper"),
        Field("revoked_at", "撤回时间", "when the resident withdrew it", Shape.MOMENT),
        Field("revoke_channel", "撤回渠道", "helper, desk, hotline or page"),
        Field("revoke_reason", "撤回原因", "if the resident gave one"),
        Field("revoked_by", "撤回登记人", "the account that recorded it", computed=True),
    ),
)
