"""Every table as a Tortoise model, one module for each group of tables, gathered here for Tortoise to find."""

from server.storage.tables.people import (
    Account,
    AccountEvent,
    ActivationCode,
    Device,
    Grant,
    LiveTicket,
    Session,
    SigningKey,
)
from server.storage.tables.schema_version import SchemaVersion

__all__ = [
    "Account",
    "AccountEvent",
    "ActivationCode",
    "Device",
    "Grant",
    "LiveTicket",
    "SchemaVersion",
    "Session",
    "SigningKey",
]
