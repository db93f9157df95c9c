"""What can go wrong in storage, as one tree. Callers choose by branch, never by a driver's class or text.

StorageError
├── TryAgain              nothing was written; the same work may be tried again (503)
│   ├── Busy                  a lock or a connection was not free in time
│   ├── SerializationRetry    the database chose this transaction as a victim (40001, 40P01)
│   └── Unreachable           the database server is gone; it was not committing
├── CommitUnknown         the connection broke during COMMIT: written or not, try again and let seq decide
├── StorageFull           no space left; reads go on (507)
├── Superseded            a later history was begun elsewhere: this centre is the older of two and writes no more (503)
├── DiskFailure           a write, a sync or a page failed: the process must end, never sync again
├── ConstraintViolation   a row the schema refuses
│   └── UniqueViolation       a row with this key exists; .constraint is "table(column, column)"
├── AddressInvalid        no address of a database
├── BadStatement          wrong SQL or parameters: a programmer's mistake
├── UnitOfWorkEnded       a statement after the unit of work ended or had failed
├── UnsafeStorage         refused at start: this database would lose acknowledged work
│   └── WrongKey              the key does not open the file, or the file is not a database
└── SchemaError           refused at start or by the migration runner
    ├── SchemaTooNew          written by a newer version: no downgrade
    ├── SchemaBehind          migrations are waiting
    │   └── DatabaseAbsent        all of them: there is no centre yet
    └── SchemaDiffers         not what the migrations would have made, or a check failed

They also are Tortoise's OperationalError or IntegrityError, so that its models' own handling works.
No message holds a row's values: they can be personal.
"""

from tortoise.exceptions import IntegrityError, OperationalError


class StorageError(OperationalError):
    """The root of the tree."""


class TryAgain(StorageError):
    """Nothing was written; the same work may be tried again."""


class Busy(TryAgain):
    """A lock or a connection was not free in time."""


class SerializationRetry(TryAgain):
    """The database ended this transaction so that another could go on."""


class Unreachable(TryAgain):
    """The database server is gone; this transaction had not begun to commit."""


class CommitUnknown(StorageError):
    """The connection broke while committing: the work may be there or not."""


class StorageFull(StorageError):
    """No space left for the database."""


class Superseded(StorageError):
    """Another centre with this one's secret has begun a later history. Nothing is written or answered here any more."""


class DiskFailure(StorageError):
    """The disk failed. What the page cache holds is not to be trusted: end the process."""


class ConstraintViolation(StorageError, IntegrityError):
    """A row that the schema refuses."""


class UniqueViolation(ConstraintViolation):
    """A row with this key exists already. `constraint` reads "table(column, column)" on both engines."""

    def __init__(self, constraint: str) -> None:
        super().__init__(f"a row with this key exists: {constraint}")
        self.constraint = constraint


class AddressInvalid(StorageError, ValueError):
    """Names neither a file nor a server."""


class BadStatement(StorageError):
    """SQL or parameters that the database cannot accept."""


class UnitOfWorkEnded(StorageError):
    """The unit of work has ended or has failed; nothing more can happen in it."""


class UnsafeStorage(StorageError):
    """This database, as configured, would lose acknowledged work."""


class WrongKey(UnsafeStorage):
    """The key does not open this file, or the file is not a database."""


class SchemaError(StorageError):
    """The schema is not the one this version works with."""


class SchemaTooNew(SchemaError):
    """A newer version of the program has written this database."""


class SchemaBehind(SchemaError):
    """Migrations are waiting to be run."""


class DatabaseAbsent(SchemaBehind):
    """No file, or a database in which no centre was ever begun. A command that only asks makes none."""


class SchemaDiffers(SchemaError):
    """The schema or its rows are not what the migrations should have left."""
