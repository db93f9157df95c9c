"""What each process tells of itself as a Tortoise model, column for column as
server/storage/migrations/m0006_processes.py makes it.
"""

from tortoise import Model, fields


class ServerProcess(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    host = fields.CharField(max_length=80)
    pid = fields.BigIntField()
    started_at = fields.BigIntField()
    seen_at = fields.BigIntField()
    memory = fields.BigIntField()
    pages = fields.BigIntField()
    sockets = fields.BigIntField()
    slowed = fields.BigIntField()
    refused = fields.BigIntField()
    put_off = fields.BigIntField()

    class Meta:
        table = "processes"
