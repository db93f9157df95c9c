"""Owns which refused changes were taken up again, and by which change: nobody need look at those any more."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.cli.device.office import Office

_NAME = "taken_again"


class Retaken(msgspec.Struct, frozen=True):
    """Refused change → the change that took its place."""

    changes: dict[str, str] = {}


def retaken(office: Office) -> Mapping[str, str]:
    held = office.remembered(_NAME, Retaken)
    return held.changes if held is not None else {}


def remember_retaken(office: Office, changes: Mapping[str, str]) -> None:
    office.remember(_NAME, Retaken(dict(changes)))
