"""Sessions and factors of staff as Tortoise models, column for column as server/storage/schema/staff.py makes them."""

from tortoise import Model, fields


class StaffSession(Model):
    id = fields.CharField(max_length=43, primary_key=True)
    account = fields.CharField(max_length=32)
    started_at = fields.BigIntField()
    seen_at = fields.BigIntField()
    factor_at = fields.BigIntField(null=True)
    ended_at = fields.BigIntField(null=True)
    ended_reason = fields.CharField(max_length=40, null=True)
    browser = fields.CharField(max_length=200)
    address = fields.CharField(max_length=64)

    class Meta:
        table = "staff_sessions"


class StaffFactor(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    account = fields.CharField(max_length=32)
    kind = fields.CharField(max_length=8)
    name = fields.CharField(max_length=80)
    secret = fields.BinaryField()
    credential = fields.CharField(max_length=400, null=True)
    counter = fields.BigIntField()
    created_at = fields.BigIntField()
    confirmed_at = fields.BigIntField(null=True)
    used_at = fields.BigIntField(null=True)

    class Meta:
        table = "staff_factors"
