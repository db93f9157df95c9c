"""Owns where an account's scope reaches: which buckets its pages may show and its steps may write.

    place:<12 digits>  unit:<unit>  catalogue:<level>:<6 digits>  person:<account>
    desk:<12 digits>, for desks alone

Laws: what lies where is told by parent links, never by a code's prefix. A desk's bucket is never granted to a device.
Out of reach and absent are the same to whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable

from server.domain.people.entitlement import Directory, NotListed
from server.domain.people.roles import Scope
from server.domain.record_fields import Fields, groups, text


def desk_bucket(place: str) -> str:
    """What only desks and supervisors see of a place: ratings, lights, reviews, tasks, tickets."""
    return f"desk:{place}"


def account_holder(account: str) -> str:
    """How a record's field `holder` names a person, such as the helper who must correct."""
    return f"account:{account}"


def unit_holder(unit: str) -> str:
    """How a record's field `holder` names a unit."""
    return f"unit:{unit}"


def place_holder(place: str) -> str:
    """How a record's field `holder` names the desk in charge of a place."""
    return f"place:{place}"


def places_below(scope: Scope, directory: Directory) -> list[str]:
    """Every place of the scope and below it, by parent links."""
    known = [place for place in scope.places if place in directory.places]
    return sorted({code for place in known for code in directory.subtree(place)})


def units_below(scope: Scope, places: Iterable[str], directory: Directory) -> list[str]:
    """The scope's own units and those that lie in these places."""
    return sorted(scope.units | {unit for place in places for unit in directory.units_at(place)})


def place_in_scope(scope: Scope, place: str, directory: Directory) -> bool:
    """Whether the place or one above it is in the scope."""
    try:
        while place not in scope.places:
            above = directory.place(place).parent
            if above == place:
                return False
            place = above
    except NotListed:
        return False
    return True


def unit_in_scope(scope: Scope, unit: str, directory: Directory) -> bool:
    """Whether the unit is named, or lies in a place of the scope."""
    if unit in scope.units:
        return True
    try:
        return place_in_scope(scope, directory.unit(unit).place, directory)
    except NotListed:
        return False


def holds(scope: Scope, holder: str, directory: Directory) -> bool:
    """Whether what is held by this unit, or by the desk of this place, is the scope's to act on."""
    family, _, name = holder.partition(":")
    if family == "unit":
        return unit_in_scope(scope, name, directory)
    return family == "place" and place_in_scope(scope, name, directory)


def speaks_for(scope: Scope, holder: str, directory: Directory) -> bool:
    """Whether what this unit says is the scope's to say: its own people's, or who is over the place it lies in. Another
    unit of the same place, which sees the same cases, is a neighbour.
    """
    family, _, name = holder.partition(":")
    if family != "unit" or name in scope.units or not scope.units:
        return holds(scope, holder, directory)
    try:
        place = directory.unit(name).place
    except NotListed:
        return False
    return place not in scope.places and place_in_scope(scope, place, directory)


def covers(scope: Scope, other: Scope, directory: Directory) -> bool:
    """Whether whoever has `other` reaches nothing that this scope does not: who gives access must have it."""
    return all(place_in_scope(scope, place, directory) for place in other.places) and all(
        unit_in_scope(scope, unit, directory) for unit in other.units
    )


def decides(scope: Scope, case: Fields, directory: Directory) -> bool:
    """Whether a unit's case is decided here: what the desk of a place holds, any desk over that place decides."""
    holder = text(case, "holder")
    return not holder.startswith("unit:") or speaks_for(scope, holder, directory)


def is_listed(holder: str, directory: Directory) -> bool:
    """Whether there is such a unit, or such a place."""
    family, _, name = holder.partition(":")
    return (family == "unit" and name in directory.units) or (family == "place" and name in directory.places)


def reaches(account: str, scope: Scope, bucket: str, fields: Fields, directory: Directory) -> bool:
    """Whether this account's pages and steps reach a record with these fields in this bucket."""
    family, _, rest = bucket.partition(":")
    holders = (text(fields, "holder"), *(text(part, "unit") for part in groups(fields, "parts")))
    if family in ("place", "desk") and any(holds(scope, holder, directory) for holder in holders):
        return True
    match family:
        case "place" | "desk":
            return place_in_scope(scope, rest, directory)
        case "unit":
            return unit_in_scope(scope, rest, directory)
        case "catalogue":
            kept_under = rest.rpartition(":")[2]
            return any(place[:6] == kept_under for place in scope.places)
        case "person":
            return rest == account
    return False
