"""The read log as Tortoise models, column for column as server/storage/schema/reads.py makes them."""

from tortoise import Model, fields


class LoggedRead(Model):
    position = fields.BigIntField(primary_key=True, generated=False)
    at = fields.BigIntField()
    account = fields.CharField(max_length=32)
    kind = fields.CharField(max_length=32)
    record = fields.CharField(max_length=32)
    link = fields.BinaryField()
    reason = fields.BinaryField()

    class Meta:
        table = "reads"


class ReadLog(Model):
    id = fields.BigIntField(primary_key=True, generated=False)
    length = fields.BigIntField()
    link = fields.BinaryField()
    gone_upto = fields.BigIntField()
    gone_link = fields.BinaryField()
    seal = fields.CharField(max_length=32)

    class Meta:
        table = "read_log"
