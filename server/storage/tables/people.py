"""People and keys as Tortoise models, column for column as server/storage/schema/people.py makes them.

Tortoise knows no key of two columns: Grant and Session name their first as the key, so they are filtered and read,
never fetched by key or saved.
"""

from tortoise import Model, fields


class Account(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    login = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=40)
    role = fields.CharField(max_length=20)
    scope = fields.TextField()  # {"places": [...], "units": [...]}
    site = fields.CharField(max_length=12)
    status = fields.CharField(max_length=8)  # active | closed
    password_hash = fields.TextField(null=True)
    created_at = fields.BigIntField()

    class Meta:
        table = "accounts"


class Grant(Model):
    account = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80, db_index=True)
    generation = fields.BigIntField()
    since = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "grants"


class Device(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    ordinal = fields.BigIntField(unique=True)  # its receipts' mark is made from it
    account = fields.CharField(max_length=32, db_index=True)
    public_key = fields.BinaryField()
    name = fields.CharField(max_length=80)
    created_at = fields.BigIntField()
    revoked_at = fields.BigIntField(null=True)
    revoked_reason = fields.CharField(max_length=200, null=True)
    last_contact = fields.BigIntField(null=True)
    unsent = fields.BigIntField()  # as it said at its last contact
    unsent_since = fields.BigIntField(null=True)
    app_version = fields.CharField(max_length=40)
    forked_at = fields.BigIntField(null=True)
    wiped_at = fields.BigIntField(null=True)

    class Meta:
        table = "devices"


class ActivationCode(Model):
    code_hash = fields.BinaryField(primary_key=True)
    account = fields.CharField(max_length=32, db_index=True)
    created_at = fields.BigIntField()
    expires_at = fields.BigIntField()
    used_at = fields.BigIntField(null=True)
    used_by = fields.CharField(max_length=32, null=True)

    class Meta:
        table = "activation_codes"


class Session(Model):
    device = fields.CharField(max_length=32, primary_key=True)
    ordinal = fields.BigIntField()
    step = fields.BigIntField()  # the number of the newest refresh token that was given
    started_at = fields.BigIntField()
    rotated_at = fields.BigIntField()
    expires_at = fields.BigIntField()  # absolute: refreshing does not move it
    ended_at = fields.BigIntField(null=True)
    ended_reason = fields.CharField(max_length=20, null=True)

    class Meta:
        table = "sessions"


class SigningKey(Model):
    kid = fields.CharField(max_length=8, primary_key=True)
    public_key = fields.BinaryField()
    sealed_private_key = fields.BinaryField()
    created_at = fields.BigIntField()
    signs_from = fields.BigIntField()
    retired_at = fields.BigIntField(null=True)  # until then it verifies

    class Meta:
        table = "signing_keys"


class LiveTicket(Model):
    ticket_hash = fields.BinaryField(primary_key=True)
    device = fields.CharField(max_length=32)
    session = fields.BigIntField()
    expires_at = fields.BigIntField(db_index=True)

    class Meta:
        table = "live_tickets"


class LoggedAccount(Model):
    position = fields.BigIntField(primary_key=True, generated=False)
    account = fields.CharField(max_length=32)
    digest = fields.BinaryField()
    link = fields.BinaryField()

    class Meta:
        table = "account_log"


class AccountEvent(Model):
    """Who did what to whose access, for the auditor."""

    id = fields.CharField(max_length=32, primary_key=True)
    at = fields.BigIntField()
    actor = fields.CharField(max_length=40)
    verb = fields.CharField(max_length=24)
    account = fields.CharField(max_length=32, db_index=True)
    device = fields.CharField(max_length=32, null=True)
    detail = fields.TextField()

    class Meta:
        table = "account_events"
