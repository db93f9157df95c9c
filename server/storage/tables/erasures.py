"""Erasures as a Tortoise model, column for column as server/storage/schema/erasures.py makes it."""

from tortoise import Model, fields


class Erasure(Model):
    record = fields.CharField(max_length=32, primary_key=True)
    kind = fields.CharField(max_length=32)
    resident = fields.CharField(max_length=32)
    at = fields.BigIntField()
    why = fields.CharField(max_length=200)

    class Meta:
        table = "erasures"
