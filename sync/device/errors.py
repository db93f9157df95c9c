"""Every way in which a device's own storage or keys can fail, as one tree.

DeviceError
├── NotSaved          the disk would not take it; nothing was kept, what is on the screen still is
├── ReplicaInUse      another process has this replica open
├── ReplicaLocked     the PIN or the device's secret is wrong
├── ReplicaTooNew     written by a newer version of this program
└── ReplicaUnreadable not a replica, or damaged beyond salvage
"""

from __future__ import annotations


class DeviceError(Exception):
    """Base of the tree. `code` is stable and documented; `detail` is for a log."""

    code = "device_error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotSaved(DeviceError):
    code = "not_saved"


class ReplicaInUse(DeviceError):
    code = "replica_in_use"


class ReplicaLocked(DeviceError):
    code = "replica_locked"


class ReplicaTooNew(DeviceError):
    code = "replica_too_new"


class ReplicaUnreadable(DeviceError):
    code = "replica_unreadable"
