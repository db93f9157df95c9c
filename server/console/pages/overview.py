"""The first page: how the places in charge stand, and the way down to each."""

from __future__ import annotations

from starlette.responses import Response

from server.actions.overview import Overview, read_overview
from server.actions.refusals import NotFound
from server.console.render import page
from server.console.visit import Visit
from server.domain.cases.lifecycle import CaseState
from server.merge_policies.judging import china_day

# In the order of a case's life; what is over comes last and is told together.
_OPEN = (
    CaseState.RECEIVED,
    CaseState.PRECHECKED,
    CaseState.TO_CORRECT,
    CaseState.ACCEPTED,
    CaseState.REVIEWING,
    CaseState.SPECIAL_PROCEDURE,
    CaseState.SUSPENDED,
    CaseState.DECIDED,
)


async def show(visit: Visit) -> Response:
    """`?place=` is a place in the scope; without it, the scope's own."""
    tops = sorted(visit.account.scope.places)
    wanted = visit.request.query_params.get("place", "") or (tops[0] if tops else "")
    if not wanted:
        return page(visit, "overview_unit.html")
    overview = await read_overview(
        visit.console.platform, visit.account.scope, wanted, today=china_day(visit.console.now())
    )
    if overview is None:
        raise NotFound(f"no place {wanted}")
    most = max((one.tally.open for one in overview.places), default=0)
    return page(
        visit,
        "overview.html",
        overview=overview,
        tops=tops,
        states=_states(overview),
        steps={one.code: _step(one.tally.open, most) for one in overview.places},
    )


def _states(overview: Overview) -> list[tuple[str, int]]:
    return [(state.value, overview.whole.states.get(state.value, 0)) for state in _OPEN]


def _step(value: int, most: int) -> int:
    """How dark a tile is, 0 to 4: by its share of the fullest."""
    return 0 if not value or not most else min(4, 1 + 3 * value // most)
