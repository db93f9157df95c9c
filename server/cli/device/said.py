"""Owns what was said at a visit, as far as it went: what a program hands in, and what a draft keeps."""

from __future__ import annotations

from typing import Any

import msgspec

from server.domain.cases.consent import Means


class MaterialSaid(msgspec.Struct, kw_only=True):
    """What was said of one material. `photos` are files on this computer, read when the visit is captured."""

    state: str
    photos: list[str] = []
    due: str = ""
    note: str = ""


class ConsentSaid(msgspec.Struct, kw_only=True):
    """How the resident agreed. `sensitive` are the kinds ticked one by one."""

    means: str = Means.SIGNATURE.value
    read_aloud: bool = False
    witness: str = ""
    sensitive: list[str] = []
    lang: str = "zh"


class Visit(msgspec.Struct, kw_only=True):
    """A visit as far as it went. `resident` is a record's id, or the fields of a new one."""

    resident: str | dict[str, Any] = ""
    item: str = ""
    village: str = ""
    form: dict[str, str | int] = {}
    materials: dict[str, MaterialSaid] = {}
    consent: ConsentSaid | None = None
    promise_read: bool = False
    notes: list[str] = []
    phone: str = ""
    address: str = ""
    delivery: str = ""
    served: str = ""
    """Where: home, station or desk."""
