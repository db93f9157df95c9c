"""What the province is told as Tortoise models, column for column as server/storage/schema/outbound.py makes them.

For pages. Bodies are sealed: server/storage/outbound.py opens them, and it alone writes.
"""

from tortoise import Model, fields


class OutboundMessage(Model):
    message_key = fields.CharField(max_length=32, primary_key=True)
    position = fields.BigIntField()
    record = fields.CharField(max_length=32)
    event = fields.CharField(max_length=16)
    state = fields.CharField(max_length=8)  # waiting | sent | refused
    tries = fields.BigIntField()
    made_at = fields.BigIntField()
    sent_at = fields.BigIntField()
    reason = fields.CharField(max_length=200)
    body = fields.BinaryField()

    class Meta:
        table = "outbound"


class OutboundChannel(Model):
    id = fields.BigIntField(primary_key=True)
    taken = fields.BigIntField()
    tries = fields.BigIntField()
    next_at = fields.BigIntField()
    reason = fields.CharField(max_length=200)

    class Meta:
        table = "outbound_channel"
