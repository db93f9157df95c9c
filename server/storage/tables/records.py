"""Synced records and exits as Tortoise models, column for column as server/storage/schema/records.py makes them.

For looking things up by their derived columns. Bodies are sealed: server/storage/records.py opens them. Nothing is
ever written through these. Exit names its first column as the key, since Tortoise knows no key of two.
"""

from tortoise import Model, fields


class Resident(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    person = fields.TextField(null=True)
    name_index = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "residents"


class Consent(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    resident = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "consents"


class Case(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    state = fields.TextField(null=True)
    item = fields.TextField(null=True)
    resident = fields.TextField(null=True)
    number = fields.TextField(null=True)
    receipt = fields.TextField(null=True)
    received_at = fields.TextField(null=True)
    holder = fields.TextField(null=True)
    due = fields.TextField(null=True)
    helper = fields.TextField(null=True)
    bundle = fields.TextField(null=True)
    state_since = fields.TextField(null=True)
    finished_at = fields.TextField(null=True)
    parcel = fields.TextField(null=True)
    tally = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "cases"


class Bundle(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    state = fields.TextField(null=True)
    resident = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "bundles"


class Calendar(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "calendars"


class Claim(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    state = fields.TextField(null=True)
    unit = fields.TextField(null=True)
    campaign = fields.TextField(null=True)
    base_item = fields.TextField(null=True)
    claimed_by = fields.TextField(null=True)
    due = fields.TextField(null=True)
    returns = fields.TextField(null=True)
    state_since = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "claims"


class Baseline(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    campaign = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "baselines"


class Lease(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    unit = fields.TextField(null=True)
    account = fields.TextField(null=True)
    state = fields.TextField(null=True)
    until = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "leases"


class LookBack(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    campaign = fields.TextField(null=True)
    unit = fields.TextField(null=True)
    state = fields.TextField(null=True)
    deadline = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "look_backs"


class Bulletin(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    span = fields.TextField(null=True)
    period = fields.TextField(null=True)
    edition = fields.TextField(null=True)
    state = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "bulletins"


class Snapshot(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    campaign = fields.TextField(null=True)
    day = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "snapshots"


class BaseItem(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    code = fields.TextField(null=True)
    level = fields.TextField(null=True)
    name = fields.TextField(null=True)
    status = fields.TextField(null=True)
    next_on = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "base_items"


class Item(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    name = fields.TextField(null=True)
    status = fields.TextField(null=True)
    unit = fields.TextField(null=True)
    base_item = fields.TextField(null=True)
    catalogue = fields.TextField(null=True)
    next_on = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "items"


class LocalItem(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    unit = fields.TextField(null=True)
    item = fields.TextField(null=True)
    departs = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "local_items"


class Licence(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    resident = fields.TextField(null=True)
    kind = fields.TextField(null=True)
    trust = fields.TextField(null=True)
    state = fields.TextField(null=True)
    valid_until = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "licences"


class Campaign(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    state = fields.TextField(null=True)
    ends = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "campaigns"


class Conflict(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    state = fields.TextField(null=True)
    record = fields.TextField(null=True)
    change = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "conflicts"


class Notice(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "notices"


class ServiceLog(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "service_logs"


class Task(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    state = fields.TextField(null=True)
    holder = fields.TextField(null=True)
    due = fields.TextField(null=True)
    code = fields.TextField(null=True)
    about = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "tasks"


class Rating(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    state = fields.TextField(null=True)
    of_case = fields.TextField(null=True)
    unit = fields.TextField(null=True)
    grade = fields.TextField(null=True)
    rated_at = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "ratings"


class Ticket(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    state = fields.TextField(null=True)
    holder = fields.TextField(null=True)
    due = fields.TextField(null=True)
    number = fields.TextField(null=True)
    of_case = fields.TextField(null=True)
    resident = fields.TextField(null=True)
    opened_at = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "tickets"


class Light(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    state = fields.TextField(null=True)
    level = fields.TextField(null=True)
    code = fields.TextField(null=True)
    about = fields.TextField(null=True)
    holder = fields.TextField(null=True)
    stage = fields.TextField(null=True)
    level_since = fields.TextField(null=True)
    warned_at = fields.TextField(null=True)
    warned_holder = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "lights"


class Review(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    state = fields.TextField(null=True)
    code = fields.TextField(null=True)
    level = fields.TextField(null=True)
    account = fields.TextField(null=True)
    finding = fields.TextField(null=True)
    opened_at = fields.TextField(null=True)
    found_at = fields.TextField(null=True)
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "reviews"


class Outcome(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    bucket = fields.CharField(max_length=80)
    version = fields.BigIntField()
    rev = fields.BigIntField()
    natural_keys = fields.TextField()
    stamps = fields.BinaryField()
    body = fields.BinaryField()

    class Meta:
        table = "outcomes"


class Exit(Model):
    bucket = fields.CharField(max_length=80, primary_key=True)
    record = fields.CharField(max_length=32)
    version = fields.BigIntField()
    kind = fields.CharField(max_length=32)

    class Meta:
        table = "exits"
