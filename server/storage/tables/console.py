"""The console's own tables as Tortoise models, column for column as server/storage/migrations/m0003_console.py makes
them.
"""

from tortoise import Model, fields


class Opening(Model):
    record = fields.CharField(max_length=32, primary_key=True)
    account = fields.CharField(max_length=32)
    since = fields.BigIntField()
    seen_at = fields.BigIntField()

    class Meta:
        table = "openings"


class StaffChallenge(Model):
    challenge_hash = fields.BinaryField(primary_key=True)
    purpose = fields.CharField(max_length=43)
    expires_at = fields.BigIntField()

    class Meta:
        table = "staff_challenges"


class JobRun(Model):
    name = fields.CharField(max_length=80, primary_key=True)
    every_ms = fields.BigIntField()
    started_at = fields.BigIntField()
    took_ms = fields.BigIntField()
    failed = fields.CharField(max_length=80)
    failures = fields.BigIntField()
    next_at = fields.BigIntField()

    class Meta:
        table = "job_runs"
