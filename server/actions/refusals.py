"""Why an action on accounts, devices and sessions was refused, as one tree.

ActionRefused
├── CredentialRefused   a code, proof, challenge or token that does not fit; never says which account it was near
├── CodeSpent           a right code, used before or out of time
├── SessionOver         the session ended: only a new activation code helps
├── AccountClosed
├── DeviceRevoked
├── DeviceOfAnother     this key is enrolled for somebody else
├── NotFound            no such account or device
├── ScopeUnknown        a place or unit that the directory does not list
└── ReasonMissing       a look at a person's data for which the law wants a reason

Each has a stable `code`, which agent_api/problems.py turns into words and a status.
"""

from __future__ import annotations


class ActionRefused(Exception):
    """Base of the tree. `detail` is for a log; it names no person."""

    code = "refused"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.code)
        self.detail = detail


class CredentialRefused(ActionRefused):
    code = "credential_invalid"


class CodeSpent(ActionRefused):
    code = "code_spent"


class SessionOver(ActionRefused):
    code = "session_ended"


class AccountClosed(ActionRefused):
    code = "account_closed"


class DeviceRevoked(ActionRefused):
    code = "device_revoked"


class DeviceOfAnother(ActionRefused):
    code = "device_of_another"


class NotFound(ActionRefused):
    code = "not_found"


class ScopeUnknown(ActionRefused):
    code = "scope_unknown"


class ReasonMissing(ActionRefused):
    code = "reason_missing"
