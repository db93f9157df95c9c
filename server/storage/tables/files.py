"""Files and blobs as Tortoise models, column for column as server/storage/schema/files.py makes them.

For pages and reports. Receiving goes past the ORM, through server/storage/file_rows.py.
"""

from tortoise import Model, fields


class File(Model):
    upload = fields.CharField(max_length=32, primary_key=True)
    id = fields.CharField(max_length=32, db_index=True)
    account = fields.CharField(max_length=32)
    device = fields.CharField(max_length=32)
    sha256 = fields.CharField(max_length=64)
    size = fields.BigIntField()
    type = fields.CharField(max_length=40)
    purpose = fields.CharField(max_length=40)
    state = fields.CharField(max_length=9)  # uploading | stored | refused
    created_at = fields.BigIntField()
    expires_at = fields.BigIntField()
    stored_at = fields.BigIntField()
    blob = fields.CharField(max_length=32, db_index=True)
    refused_reason = fields.CharField(max_length=40)

    class Meta:
        table = "files"


class Blob(Model):
    blob = fields.CharField(max_length=32, primary_key=True)
    scope = fields.CharField(max_length=32)  # the account whose files may share it
    sha256 = fields.CharField(max_length=64)
    size = fields.BigIntField()
    type = fields.CharField(max_length=40)
    object = fields.CharField(max_length=35, db_index=True)  # its key in the store
    refs = fields.BigIntField()
    rendition_state = fields.CharField(max_length=7)  # waiting | made | none
    rendition = fields.CharField(max_length=35, db_index=True)
    rendition_sha256 = fields.CharField(max_length=64)
    created_at = fields.BigIntField()
    damaged_at = fields.BigIntField()

    class Meta:
        table = "blobs"
