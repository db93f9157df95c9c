"""The log as Tortoise models, column for column as server/storage/schema/log.py makes them.

For looking things up; nothing is ever written through these. Wait and Chain name their first column as the key, since
Tortoise knows no key of two.
"""

from tortoise import Model, fields


class Centre(Model):
    id = fields.BigIntField(primary_key=True, generated=False)
    epoch = fields.CharField(max_length=32)
    epoch_block = fields.BigIntField()
    since = fields.BigIntField()

    class Meta:
        table = "centre"


class Epoch(Model):
    epoch = fields.CharField(max_length=32, primary_key=True)
    epoch_block = fields.BigIntField()
    since = fields.BigIntField()
    reason = fields.CharField(max_length=40)

    class Meta:
        table = "epochs"


class Bucket(Model):
    id = fields.CharField(max_length=80, primary_key=True)
    head = fields.BigIntField()
    sum = fields.BinaryField()
    row_count = fields.BigIntField()
    log_hash = fields.BinaryField()
    log_length = fields.BigIntField()
    restored_head = fields.BigIntField(default=0)

    class Meta:
        table = "buckets"


class LoggedChange(Model):
    position = fields.BigIntField(primary_key=True)
    id = fields.CharField(max_length=32)
    reused = fields.BigIntField()
    device = fields.CharField(max_length=32)
    chain_epoch = fields.BigIntField()
    seq = fields.BigIntField()
    hash = fields.BinaryField()
    kind = fields.CharField(max_length=32)
    name = fields.CharField(max_length=65)
    record = fields.CharField(max_length=32)
    account = fields.CharField(max_length=32)
    code = fields.CharField(max_length=10)
    reason = fields.CharField(max_length=60)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    base_rev = fields.BigIntField()
    rev = fields.BigIntField()
    conflict = fields.CharField(max_length=32)
    detail = fields.BinaryField(null=True)
    received_at = fields.BigIntField()
    captured_wall = fields.BigIntField()
    carrier = fields.CharField(max_length=32)
    log_bucket = fields.CharField(max_length=80)
    place = fields.BigIntField()
    link = fields.BinaryField()
    salt = fields.BinaryField(null=True)
    line = fields.BinaryField(null=True)

    class Meta:
        table = "changes"


class Wait(Model):
    what = fields.CharField(max_length=32, primary_key=True)
    change = fields.CharField(max_length=32)

    class Meta:
        table = "waits"


class PastBody(Model):
    at = fields.CharField(max_length=90, primary_key=True)
    hash = fields.BinaryField()
    body = fields.BinaryField(null=True)

    class Meta:
        table = "history"


class NaturalKey(Model):
    id = fields.CharField(max_length=200, primary_key=True)
    kind = fields.CharField(max_length=32)
    record = fields.CharField(max_length=32)

    class Meta:
        table = "natural_keys"


class Chain(Model):
    device = fields.CharField(max_length=32, primary_key=True)
    chain_epoch = fields.BigIntField()
    last_seq = fields.BigIntField()
    hash = fields.BinaryField()
    durable_upto = fields.BigIntField(default=0)

    class Meta:
        table = "chains"


class NumberSeries(Model):
    series = fields.CharField(max_length=80, primary_key=True)
    next_number = fields.BigIntField()

    class Meta:
        table = "number_series"


class Evidence(Model):
    id = fields.CharField(max_length=43, primary_key=True)
    epoch = fields.CharField(max_length=32)
    device = fields.CharField(max_length=32)
    kind = fields.CharField(max_length=32)
    record = fields.CharField(max_length=32)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    received_at = fields.BigIntField()
    body = fields.BinaryField()

    class Meta:
        table = "evidence"
