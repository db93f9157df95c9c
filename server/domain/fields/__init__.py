"""Every kind's fields, by area. server/domain/record_fields.py has them as one table."""
