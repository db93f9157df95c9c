"""Owns the electronic licence (电子证照): its kinds, how far it may be trusted, and what its use must say.

    A  made by the issuer, used as it is        C  sent in by a person: the original must be looked at
    B  verified at a desk, may be used again    D  made by the applicant, who answers for it

Laws: who kept it decides the class, never who sends it: a helper's photo is C until a desk has seen the original.
Only A and B stand for a paper. Every use names its purpose and its case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from server.domain.catalogue.licence_kinds import LICENCE_KINDS
from server.domain.check_context import CheckContext
from server.domain.people.roles import Role
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, groups, parse_date, text
from server.domain.steps import StepTable, step

USES_KEPT_MAX = 100
HELD_KEY = "licence:"
SLOTS = 2
"""So many usable ones of a kind are found for a resident; a renewed card beside the old one."""
CENTRE_ONLY = frozenset({"licence.fetch"})


class Trust(StrEnum):
    ISSUER = "A"
    VERIFIED = "B"
    UPLOADED = "C"
    SELF_MADE = "D"


class Source(StrEnum):
    REGISTER = "register"
    DESK = "desk"
    HELPER = "helper"
    APPLICANT = "applicant"


class LicenceState(StrEnum):
    HELD = "held"
    EXPIRED = "expired"
    VOID = "void"


TRUST_OF: Mapping[Source, Trust] = {
    Source.REGISTER: Trust.ISSUER,
    Source.DESK: Trust.VERIFIED,
    Source.HELPER: Trust.UPLOADED,
    Source.APPLICANT: Trust.SELF_MADE,
}
STANDS_FOR_PAPER = frozenset({Trust.ISSUER, Trust.VERIFIED})
TRUST_WORDS: Mapping[Trust, tuple[str, str]] = {
    Trust.ISSUER: ("签发机关产生，可直接使用", "from the issuer: used as it is"),
    Trust.VERIFIED: ("窗口已核验，可重复使用", "verified at a desk: may be used again"),
    Trust.UPLOADED: ("照片，待核验原件", "a photo: the original must be looked at"),
    Trust.SELF_MADE: ("本人自制并承诺", "made by the applicant, who answers for it"),
}
_SAID = frozenset({"number", "issuer", "issued_on", "valid_until", "file", "pages"})
_MADE = _SAID | {"resident", "village", "kind", "source"}
LICENCE_STEPS: StepTable = {
    # What a helper or the applicant brings; a desk's own is verified at once.
    "licence.keep": step(None, to=LicenceState.HELD, writes=_MADE, needs=("resident", "kind", "source")),
    # What the register answered: nobody types it.
    "licence.fetch": step(
        None, LicenceState.HELD, LicenceState.EXPIRED, to=LicenceState.HELD,
        writes=_MADE | {"register_ref"}, needs=("resident", "kind", "source"),
    ),
    "licence.verify": step(LicenceState.HELD, to=LicenceState.HELD, writes=_SAID),
    "licence.use": step(LicenceState.HELD, to=None, needs=("use_case", "use_purpose")),
    "licence.expire": step(LicenceState.HELD, to=LicenceState.EXPIRED),
    "licence.void": step(LicenceState.HELD, LicenceState.EXPIRED, to=LicenceState.VOID, needs=("void_reason",)),
}  # fmt: skip


def sources_open_to(role: str) -> frozenset[Source]:
    """What a person in this role may say a licence comes from: who visits never speaks for a desk or the register."""
    if role == Role.DESK_CLERK:
        return frozenset({Source.DESK, Source.HELPER, Source.APPLICANT})
    return frozenset({Source.HELPER, Source.APPLICANT})


def licence_fields(name: str, fields: Fields, *, account: str, at: str) -> Fields:
    """What the centre writes with a step: the class, who verified, and the use in the list of uses."""
    match name:
        case "licence.keep":
            source = Source(text(fields, "source"))
            return {"trust": TRUST_OF[source].value, **(_verified(account, at) if source is Source.DESK else {})}
        case "licence.fetch":
            # Found in this centre's own register, it is worth what the desk made it that had seen the original.
            return {"trust": TRUST_OF[Source(text(fields, "source"))].value}
        case "licence.verify":
            better = Trust.ISSUER if text(fields, "trust") == Trust.ISSUER else Trust.VERIFIED
            return {"trust": better.value, **_verified(account, at)}
        case "licence.use":
            use = {"at": at, "by": account, "case": text(fields, "use_case"), "purpose": text(fields, "use_purpose")}
            return {"uses": [*groups(fields, "uses")[-USES_KEPT_MAX + 1 :], use]}
        case _:
            return {}


def _verified(account: str, at: str) -> dict[str, object]:
    return {"verified_by": account, "verified_at": at}


def check_licence(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What makes a licence's record impossible."""
    found = check_shapes("licence", fields)
    if found:
        return found
    for name, label, known in (
        ("state", "状态", LicenceState),
        ("source", "来源", Source),
        ("kind", "证照种类", LICENCE_KINDS),
    ):
        value = text(fields, name)
        members: Iterable[str] = known if isinstance(known, Mapping) else known.__members__.values()
        if value not in members:
            found.append(problem("value_unknown", name, label=label, value=value))
    issued, until = parse_date(fields.get("issued_on")), parse_date(fields.get("valid_until"))
    if issued and until and until < issued:
        found.append(problem("validity_order", "valid_until"))
    return found


def licence_keys(resident: str, kind: str) -> tuple[str, ...]:
    """Under which the licences that may stand for a paper are found, by whose they are."""
    return tuple(f"{HELD_KEY}{resident}:{kind}:{slot}" for slot in range(1, SLOTS + 1))


def is_trusted(licence: Fields) -> bool:
    """Whether it stands for a paper as long as it is good."""
    return text(licence, "trust") in STANDS_FOR_PAPER and text(licence, "state") == LicenceState.HELD


def is_usable(licence: Fields, on: date) -> bool:
    """Whether it stands for a paper that day: class A or B, held, not out of date."""
    until = parse_date(licence.get("valid_until"))
    return is_trusted(licence) and (until is None or on <= until)


def usable_kinds(licences: Iterable[Fields], on: date) -> frozenset[str]:
    """The kinds that a resident need not bring."""
    return frozenset(text(one, "kind") for one in licences if is_usable(one, on))
