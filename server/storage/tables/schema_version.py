"""The tables as Tortoise models. The migrations make them; a test compares the two column by column."""

from tortoise import Model, fields


class SchemaVersion(Model):
    """A migration that has been run. Written by the migration runner alone."""

    version = fields.BigIntField(primary_key=True, generated=False)
    name = fields.TextField()
    digest = fields.TextField()
    applied_at = fields.BigIntField()  # milliseconds since 1970

    class Meta:
        table = "schema_version"
