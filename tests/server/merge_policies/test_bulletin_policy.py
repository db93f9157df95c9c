"""A bulletin at the centre: one a period and edition, frozen by an office and not by a name."""

from __future__ import annotations

from server.domain.supervision.bulletins import Figures, public_fields
from server.merge_policies.bulletin_policy import bulletin_id
from tests.sync.central.centre_in_memory import CentreInMemory, Phone

CITY = "341800000000"


def test_it_is_drafted_frozen_and_then_only_corrected() -> None:
    centre = CentreInMemory()
    supervisor = Phone(centre, "s1", role="city_supervisor", buckets=(f"desk:{CITY}",), computes=True)
    ident = bulletin_id(CITY, "2026-11", 1)
    fields = {"place": CITY, "span": "monthly", "period": "2026-11", "edition": 1}
    data = public_fields(Figures({}, {}, {}, {}), {})
    wrong = supervisor.change("bulletin", "bulletin.draft", "1" * 32, set={**fields, **data})
    assert supervisor.send(wrong)[0].reason == "wrong_id"
    supervisor.send(supervisor.change("bulletin", "bulletin.draft", ident, set={**fields, **data}))
    supervisor.send(supervisor.change("bulletin", "bulletin.freeze", ident, base=supervisor.seen("bulletin", ident)))
    held = centre.fields("bulletin", ident)
    assert (held["state"], held["frozen_by"]) == ("frozen", "city_supervisor")
    assert "s1" not in str(held)
    again = supervisor.change(
        "bulletin", "bulletin.draft", ident, base=supervisor.seen("bulletin", ident), set={"names": []}
    )
    assert supervisor.send(again)[0].reason == "state_step"
    helper = Phone(centre, "h1", buckets=(f"desk:{CITY}",))
    other = helper.change("bulletin", "bulletin.freeze", ident, base=helper.seen("bulletin", ident))
    assert helper.send(other)[0].reason == "not_yours"
