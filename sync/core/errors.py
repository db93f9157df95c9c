"""Every way in which a message can be wrong, as one tree.

SyncError
├── Malformed        the bytes are not a message of this protocol
│   └── LimitExceeded    they are, but too many, too long or too deep
├── NotAuthentic     a signature or digest does not match what came with it
└── ProtocolMismatch the other end speaks a protocol this end does not know

Each carries a stable `code`, which the edges turn into words and status codes.
"""

from __future__ import annotations


class SyncError(Exception):
    """Base of the tree. `code` is stable and documented; `detail` is for a log, never for a person."""

    code = "sync_error"

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code


class Malformed(SyncError):
    code = "malformed"


class LimitExceeded(Malformed):
    code = "too_large"


class NotAuthentic(SyncError):
    code = "not_authentic"


class ProtocolMismatch(SyncError):
    code = "upgrade_required"
