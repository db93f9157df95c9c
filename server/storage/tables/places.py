"""The directory as Tortoise models, column for column as server/storage/schema/places.py makes it."""

from tortoise import Model, fields


class Place(Model):
    code = fields.CharField(max_length=12, primary_key=True)
    name = fields.CharField(max_length=60)  # how people call it
    formal_name = fields.CharField(max_length=80)
    level = fields.BigIntField()
    parent = fields.CharField(max_length=12, db_index=True)  # the province's code above the city
    kind = fields.CharField(max_length=20)

    class Meta:
        table = "places"


class Unit(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    uscc = fields.CharField(max_length=18, unique=True)
    name = fields.CharField(max_length=120)
    place = fields.CharField(max_length=12, db_index=True)
    department = fields.CharField(max_length=10)  # empty below the county
    synthetic = fields.BigIntField()

    class Meta:
        table = "units"
