"""Owns `?place=`: a list of no more than one place's, which is how a number of the overview opens what it counts.

Law: a place out of reach is not there, like an absent one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from server.actions.refusals import NotFound
from server.actions.tell_names import names_of
from server.console.visit import Visit
from server.domain.people.reach import place_holder, place_in_scope
from server.domain.people.roles import Scope
from server.storage.people import AccountRow


@dataclass(frozen=True)
class Narrowing:
    """`account`: whose lists are shown, as if the place were all it had; `place`: "" for the whole scope; `query`: what
    an address of the same list carries on, beginning with & when there is anything. `unit`: where a list is of one
    unit's instead.
    """

    account: AccountRow
    place: str = ""
    name: str = ""
    query: str = ""
    unit: str = ""


async def narrowed(visit: Visit, **kept: str) -> Narrowing:
    """As the address or the form asks; `kept` are further words of it that its other pages keep. Raises NotFound."""
    place = (visit.form.get("place") or visit.request.query_params.get("place", ""))[:12]
    words = {name: value for name, value in {"place": place, **kept}.items() if value}
    query = f"&{urlencode(words)}" if words else ""
    if not place:
        return Narrowing(visit.account, query=query)
    if not place_in_scope(visit.account.scope, place, await visit.console.platform.directory()):
        raise NotFound(f"no place {place}")
    names = await names_of(visit.console.platform, [place_holder(place)])
    narrow = replace(visit.account, scope=Scope(places=frozenset({place})))
    return Narrowing(narrow, place, names[place_holder(place)], query)
