"""Those at the other end: a desk's clerk, a colleague with another phone, a supervisor who sends a notice."""

from __future__ import annotations

from typing import Any

from server.actions.desk_change import DeskEdit, desk_change
from server.actions.take_step import read_record, take_step
from server.centre import open_centre, open_writer, platform_of
from server.domain.people.entitlement import person_bucket
from sync.core.changes import Fields
from sync.core.ids import derived_id
from tests.command import finish
from tests.journeys.phone import ServedCentre
from tests.server.actions.test_list_followup import clerk_of, login_of
from tests.small_centre import HELPER, VILLAGE, SmallCentre


class Others:
    """The desk and a colleague, at the very centre that the phone speaks with."""

    def __init__(self, centre: ServedCentre) -> None:
        self._settings = centre.settings

    async def _small(self, work: Any) -> Any:
        async with open_centre(self._settings) as opened, open_writer(opened, lambda buckets: None) as writer:
            return await work(SmallCentre(opened, writer))

    def records(self, table: str) -> list[tuple[str, str]]:
        """The id and state of the village's records."""

        async def read(small: SmallCentre) -> Any:
            return await small.fetch(f"SELECT id, state FROM {table}")

        return list(finish(self._small(read)))

    def place_name(self, code: str) -> str:
        async def read(small: SmallCentre) -> Any:
            return await small.fetch("SELECT name FROM places WHERE code = ?", [code])

        [(name,)] = finish(self._small(read))
        return str(name)

    def return_case(self, case: str, *numbers: str) -> None:
        rows = [{"no": no, "why": "unreadable", "text": "盖章看不清"} for no in numbers]
        told = {"materials": rows, "text": "请补清楚的一份", "due": "2027-01-20"}
        self.take(case, "case.return", {"correction": told})

    def take(self, case: str, name: str, fields: dict[str, Any] | None = None) -> None:
        """The clerk's next step, who has the case before their eyes as it stands."""

        async def step(small: SmallCentre) -> None:
            platform = platform_of(small.centre, small.writer)
            standing = await read_record(platform, "case", case)
            assert standing is not None
            taken = await take_step(
                platform,
                await clerk_of(small),
                kind="case",
                record=case,
                name=name,
                fields=fields or {},
                seen=await small.seen("case", case),
            )
            assert taken.outcome.code.has_effect, taken.outcome

        finish(self._small(step))

    def fields(self, kind: str, record: str) -> Fields:
        """What the centre holds."""

        async def read(small: SmallCentre) -> Any:
            standing = await read_record(platform_of(small.centre, small.writer), kind, record)
            assert standing is not None
            return standing.fields

        return dict(finish(self._small(read)))

    def all(self, kind: str, table: str) -> list[tuple[str, Fields]]:
        """Every record with its fields, as the centre holds them, in the order they were made in."""

        async def read(small: SmallCentre) -> Any:
            platform = platform_of(small.centre, small.writer)
            found = []
            for (record,) in await small.fetch(f"SELECT id FROM {table} ORDER BY id"):
                standing = await read_record(platform, kind, record)
                assert standing is not None
                found.append((record, dict(standing.fields)))
            return found

        return list(finish(self._small(read)))

    def keep_licence(self, resident: str, kind: str) -> None:
        """A desk has seen the original."""

        async def keep(small: SmallCentre) -> None:
            platform = platform_of(small.centre, small.writer)
            taken = await take_step(
                platform,
                await clerk_of(small),
                kind="licence",
                record="d" * 32,
                name="licence.keep",
                fields={"resident": resident, "village": VILLAGE, "kind": kind, "source": "desk"},
                seen=None,
            )
            assert taken.outcome.code.has_effect, taken.outcome

        finish(self._small(keep))

    def title_of(self, claim: str) -> str:
        """What the item of a claim is called."""
        return str(self.fields("item", str(self.fields("claim", claim)["item"]))["name"])

    def return_claim(self, claim: str, reasons: list[str], note: str) -> None:
        """As a reviewer does who has the list before their eyes."""

        async def give_back(small: SmallCentre) -> None:
            platform = platform_of(small.centre, small.writer)
            taken = await take_step(
                platform,
                await small.account(login_of(small, "catalogue_reviewer", VILLAGE)),
                kind="claim",
                record=claim,
                name="claim.return",
                fields={"return_reasons": reasons, "return_note": note},
                seen=await small.seen("claim", claim),
            )
            assert taken.outcome.code.has_effect, taken.outcome

        finish(self._small(give_back))

    def fill_claim(self, claim: str, **values: str) -> None:
        """As a colleague with another phone does, who saw what everybody saw."""

        async def fill(small: SmallCentre) -> None:
            device = await small.enrol(HELPER, "colleague")
            fields = {"state": "filling", **{f"f.{name}": value for name, value in values.items()}}
            seen = await small.seen("claim", claim)
            written = await small.send(device, small.change("claim", "claim.fill", claim, fields, base=seen))
            assert [one.code.value for one in written.outcomes] == ["applied"], written.outcomes

        finish(self._small(fill))

    def claim_beside(self, claim: str, place: str) -> str:
        """The helper of another village claims the same item for their own unit. The claim."""

        async def take(small: SmallCentre) -> str:
            login = f"h{place}"
            helper, device = await small.account(login), await small.enrol(login, "neighbour")
            [unit] = [one.id for one in small.world.units if one.place == place]
            standing = await read_record(platform_of(small.centre, small.writer), "claim", claim)
            assert standing is not None
            same = {name: standing.fields[name] for name in ("campaign", "base_item", "item")}
            own = derived_id("claim", same["campaign"], unit, same["base_item"])
            fields = {**same, "unit": unit, "place": place, "state": "claimed", "claimed_by": helper.id}
            written = await small.send(device, small.change("claim", "claim.take", own, fields))
            assert [one.code.value for one in written.outcomes] == ["applied"], written.outcomes
            return own

        return str(finish(self._small(take)))

    def cancel_item(self, name: str, why: str) -> None:
        self.item_step(name, "item.cancel", why)

    def item_step(self, name: str, step: str, why: str) -> None:
        """With an item of the standard list of villages, as the catalogue's reviewer does."""

        async def take(small: SmallCentre) -> None:
            platform = platform_of(small.centre, small.writer)
            rows = await small.fetch("SELECT id FROM items")
            items = [(one, await read_record(platform, "item", one)) for (one,) in rows]
            fields = {one: standing.fields for one, standing in items if standing is not None}
            [item] = [
                one
                for one, said in fields.items()
                if said["name"] == name and str(said.get("catalogue")).startswith("village:")
            ]
            taken = await take_step(
                platform,
                await small.account(login_of(small, "catalogue_reviewer", VILLAGE)),
                kind="item",
                record=item,
                name=step,
                fields={"status_reason": why},
                seen=await small.seen("item", item),
            )
            assert taken.outcome.code.has_effect, taken.outcome

        finish(self._small(take))

    def notify(self, words: str) -> None:
        async def send(small: SmallCentre) -> None:
            account = await small.account(HELPER)
            lead = await small.account(login_of(small, "county_supervisor", VILLAGE))
            told = {"to": account.id, "text_zh": words, "text_en": words}
            written = await desk_change(
                small.centre.database,
                small.writer,
                lead,
                [DeskEdit(kind="notice", record="e" * 32, name="notice.send", fields=told)],
                buckets=[person_bucket(account.id)],
                now_ms=small.centre.clock.wall_ms(),
                randomness=small.centre.randomness,
            )
            assert [one.code.value for one in written.outcomes] == ["applied"], written.outcomes

        finish(self._small(send))
