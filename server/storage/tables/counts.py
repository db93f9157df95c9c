"""Counts as Tortoise models, column for column as server/storage/schema/counts.py makes them.

Each names its first column as the key, since Tortoise knows no key of several.
"""

from tortoise import Model, fields


class CaseCount(Model):
    bucket = fields.CharField(max_length=80, primary_key=True)
    holder = fields.TextField()
    state = fields.TextField()
    number = fields.BigIntField()

    class Meta:
        table = "case_counts"


class ClaimCount(Model):
    campaign = fields.CharField(max_length=80, primary_key=True)
    unit = fields.TextField()
    state = fields.TextField()
    number = fields.BigIntField()
    returns = fields.BigIntField()

    class Meta:
        table = "claim_counts"


class ItemCount(Model):
    catalogue = fields.CharField(max_length=80, primary_key=True)
    unit = fields.TextField()
    status = fields.TextField()
    number = fields.BigIntField()

    class Meta:
        table = "item_counts"


class ResidentCount(Model):
    bucket = fields.CharField(max_length=80, primary_key=True)
    number = fields.BigIntField()

    class Meta:
        table = "resident_counts"


class ChangeCount(Model):
    device = fields.CharField(max_length=80, primary_key=True)
    code = fields.TextField()
    number = fields.BigIntField()

    class Meta:
        table = "change_counts"


class OutcomeCount(Model):
    bucket = fields.CharField(max_length=80, primary_key=True)
    finished_at = fields.TextField()
    number = fields.BigIntField()
    void = fields.BigIntField()
    on_time = fields.BigIntField()
    late = fields.BigIntField()
    returned = fields.BigIntField()
    returned_again = fields.BigIntField()
    tolerance_kept = fields.BigIntField()
    tolerance_failed = fields.BigIntField()
    elder_home = fields.BigIntField()
    elder_elsewhere = fields.BigIntField()
    licence = fields.BigIntField()
    duplicate = fields.BigIntField()
    delivered = fields.BigIntField()
    delivery_days = fields.BigIntField()

    class Meta:
        table = "outcome_counts"
