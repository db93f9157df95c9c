"""Every table as a Tortoise model, one module for each group of tables, gathered here for Tortoise to find."""

from server.storage.tables.files import Blob, File
from server.storage.tables.log import (
    Bucket,
    Centre,
    Chain,
    Epoch,
    Evidence,
    LoggedChange,
    NaturalKey,
    NumberSeries,
    PastBody,
    Wait,
)
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
from server.storage.tables.places import Place, Unit
from server.storage.tables.reads import LoggedRead, ReadLog
from server.storage.tables.records import (
    Campaign,
    Case,
    Claim,
    Conflict,
    Consent,
    Exit,
    Item,
    Notice,
    Outcome,
    Resident,
    ServiceLog,
)
from server.storage.tables.schema_version import SchemaVersion
from server.storage.tables.staff import StaffFactor, StaffSession

__all__ = [
    "Account",
    "AccountEvent",
    "ActivationCode",
    "Blob",
    "Bucket",
    "Campaign",
    "Case",
    "Centre",
    "Chain",
    "Claim",
    "Conflict",
    "Consent",
    "Device",
    "Epoch",
    "Evidence",
    "Exit",
    "File",
    "Grant",
    "Item",
    "LiveTicket",
    "LoggedChange",
    "LoggedRead",
    "NaturalKey",
    "Notice",
    "NumberSeries",
    "Outcome",
    "PastBody",
    "Place",
    "ReadLog",
    "Resident",
    "SchemaVersion",
    "ServiceLog",
    "Session",
    "SigningKey",
    "StaffFactor",
    "StaffSession",
    "Unit",
    "Wait",
]
