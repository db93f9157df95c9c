"""Observations as Tortoise models, column for column as server/storage/schema/observations.py makes them."""

from tortoise import Model, fields


class Observation(Model):
    case_id = fields.CharField(max_length=32, primary_key=True)
    account = fields.CharField(max_length=32)
    device = fields.CharField(max_length=32)
    village = fields.CharField(max_length=12)
    item = fields.CharField(max_length=32)
    captured_at = fields.BigIntField()
    received_at = fields.BigIntField()
    day = fields.CharField(max_length=10)
    person = fields.CharField(max_length=32)
    phone = fields.CharField(max_length=32, null=True)
    phone_own = fields.BigIntField()
    payee = fields.CharField(max_length=32, null=True)
    seconds = fields.BigIntField(null=True)
    materials = fields.BigIntField()
    flags = fields.CharField(max_length=80)

    class Meta:
        table = "observations"


class ObservedImage(Model):
    case_id = fields.CharField(max_length=32, primary_key=True)
    file = fields.CharField(max_length=32)
    use = fields.CharField(max_length=9)

    class Meta:
        table = "observed_images"


class ReadUpto(Model):
    reader = fields.CharField(max_length=20, primary_key=True)
    position = fields.BigIntField()

    class Meta:
        table = "read_upto"
