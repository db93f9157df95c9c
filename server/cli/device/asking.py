"""Owns the conversation of a visit: asks a person step by step until a Visit is whole, keeping a draft after each.

Laws: the steps come in the order of a home visit: who, what for, the form, the materials, the consent read out, a last
look. A step whose answer is known is not asked again. A cancelled material is shown as not to be asked for and is
never a question.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.panel import Panel

from server.cli.device.failures import Stopped
from server.cli.device.filing import known_for
from server.cli.device.finding import (
    found_resident,
    found_service,
    open_cases_of,
    residents,
    see_fields,
    services,
)
from server.cli.device.office import Office
from server.cli.device.outcome_words import DATA_KINDS
from server.cli.device.said import ConsentSaid, MaterialSaid, Visit
from server.cli.device.screen import Screen
from server.cli.device.unfinished import Unfinished, keep_draft
from server.cli.device.visit import new_resident, sensitive_to_tick, shown_consent
from server.domain.calendar import NO_OVERRIDES
from server.domain.cases.consent import Means
from server.domain.cases.materials import (
    Material,
    MaterialState,
    Necessity,
    parse_materials,
    tolerance_latest,
)
from server.domain.catalogue.eligibility import Verdict, eligible
from server.domain.check_context import CheckContext
from server.domain.people.citizen_id import CitizenIdInvalid, parse_citizen_id
from server.domain.people.phones import parse_phone
from server.domain.people.residents import check_resident, resident_facts
from server.domain.problems import problem
from server.domain.record_fields import Fields, groups, parse_date, text

_LEFT_OUT = "-"
_CHOICES = "choices"


class Interview:
    """One visit's conversation. `finish` gives whether the resident agreed; the draft is kept either way."""

    def __init__(self, office: Office, screen: Screen, draft: Unfinished) -> None:
        self.office = office
        self.screen = screen
        self.draft = draft

    @property
    def visit(self) -> Visit:
        return self.draft.visit

    def run(self) -> bool:
        """Asks what is still open. Raises Stopped when stored data may not be shown and something needs it."""
        steps: list[tuple[bool, Callable[[], None]]] = [
            (not self.visit.resident, self.ask_resident),
            (not self.visit.item, self.ask_item),
            (True, self.tell_item),
            (True, self.ask_form),
            (True, self.ask_materials),
        ]
        for needed, step in steps:
            if needed:
                step()
                keep_draft(self.office, self.draft)
        agreed = self.ask_consent()
        keep_draft(self.office, self.draft)
        return agreed

    # Who

    def ask_resident(self) -> None:
        """Somebody stored, or somebody new. Without contact for a week only somebody new."""
        record = ""
        if self.office.needs_contact() is None:
            record = self.screen.search(
                self.screen.text("ask_resident"), self._residents, extra=self.screen.text("new_resident")
            )
        if record:
            self.visit.resident = record
            self.draft.title = text(see_fields(self.office, record), "name")
        else:
            self._register()

    def _residents(self, words: str) -> list[tuple[str, str]]:
        found = [found_resident(self.office, seen) for seen in residents(self.office, words)]
        return [
            (one.record, "　".join(filter(None, (one.name, self._age(one.age), one.citizen_id, one.address))))
            for one in found
        ]

    def _age(self, age: int | None) -> str:
        return self.screen.text("age_is", age=age) if age is not None else ""

    def _register(self) -> None:
        say = self.screen.text
        villages = self.office.villages()
        village = villages[0] if len(villages) == 1 else self.screen.ask(say("ask_village"))
        said: dict[str, str] = {"name": self.screen.ask(say("ask_name"))}
        said["citizen_id"] = self._ask_checked("ask_citizen_id", "citizen_id", village, said)
        if not said["citizen_id"]:
            said["birth"] = self._ask_checked("ask_birth", "birth", village, said)
        said["phone"] = self._optional(say("ask_phone"))
        said["address"] = self._optional(say("ask_address"))
        self.visit.resident = {name: value for name, value in said.items() if value} | {"village": village}
        self.draft.title = said["name"]

    def _ask_checked(self, label: str, name: str, village: str, said: dict[str, str]) -> str:
        """Asked until the resident's own rules have nothing against it."""
        while True:
            value = self._optional(self.screen.text(label))
            fields = new_resident({**said, name: value}, village, self.office.today)
            wrong = [
                one for one in check_resident(fields, CheckContext(on=self.office.today)) if one.field == name and value
            ]
            if not wrong:
                return value
            self.screen.line(self.screen.either(wrong[0].zh, wrong[0].en), "yellow")

    def _optional(self, label: str) -> str:
        said = self.screen.ask(label)
        return "" if said == _LEFT_OUT else said

    # What for

    def ask_item(self) -> None:
        self.visit.item = self.screen.search(self.screen.text("ask_service"), self._services)

    def _services(self, words: str) -> list[tuple[str, str]]:
        shown = []
        for seen in services(self.office, words):
            one = found_service(seen)
            status = "" if one.status == "active" else f"[{text(seen.fields, 'status_reason') or one.status}]"
            shown.append((one.record, "　".join(filter(None, (one.name, one.dept, status)))))
        return shown

    def tell_item(self) -> None:
        """What a helper should know before going on: doubts about eligibility, what a helper must not do, doubles."""
        known = known_for(self.office, self.visit)
        self.draft.title = f"{text(known.resident, 'name')}·{text(known.item, 'name')}"
        judged = eligible(known.item.get("rule"), resident_facts(known.resident, known.today), known.today)
        if judged.verdict is not Verdict.YES:
            code = "not_eligible" if judged.verdict is Verdict.NO else "eligibility_unknown"
            told = problem(code, why_zh=judged.zh, why_en=judged.en)
            self.screen.say("advice", "yellow", text=self.screen.either(told.zh, told.en))
        if cannot := text(known.item, "helper_cannot"):
            self.screen.say("helper_cannot", "yellow", text=cannot)
        if known.resident_record:
            self._warn_of_double(known.resident_record, known.item_record, text(known.resident, "name"))

    def _warn_of_double(self, resident: str, item: str, name: str) -> None:
        for seen in open_cases_of(self.office, resident):
            if text(seen.fields, "item") == item:
                title = text(see_fields(self.office, item), "name")
                number = text(seen.fields, "number") or text(seen.fields, "receipt")
                question = self.screen.text("already_open", name=name, item=title, receipt=number)
                if not self.screen.confirm(question, default=False):
                    raise Stopped("choice_missing", what=number)

    # The form

    def ask_form(self) -> None:
        known = known_for(self.office, self.visit)
        rows = [row for row in groups(known.item, "fields") if text(row, "name") not in self.visit.form]
        if rows:
            self.screen.say("form_title", "bold")
        for row in rows:
            preset = text(known.resident, "phone") if row.get("type") == "phone" else ""
            self.visit.form[text(row, "name")] = self._ask_field(row, preset)
            keep_draft(self.office, self.draft)

    def _ask_field(self, row: Fields, preset: str) -> str | int:
        label = text(row, "label") or text(row, "name")
        required = row.get("required") is True
        choices = row.get(_CHOICES)
        if isinstance(choices, list) and choices and required:
            return str(choices[self.screen.pick(label, [str(choice) for choice in choices])])
        while True:
            shown = label if required else self.screen.text("field_optional", label=label)
            said = self.screen.ask(shown, preset or None)
            if said == _LEFT_OUT and not required:
                return ""
            value = read_answer(text(row, "type"), said, self.office)
            if value is not None:
                return value
            self.screen.line(self.screen.either(f"“{label}”不对", f"not a value for “{label}”"), "yellow")

    # Materials

    def ask_materials(self) -> None:
        known = known_for(self.office, self.visit)
        materials = parse_materials(known.item)
        if materials:
            self.screen.say("materials_title", "bold")
        for material in materials:
            if material.never_asked:
                self._tell_cancelled(material)
            elif material.no not in self.visit.materials:
                self.visit.materials[material.no] = self._ask_material(material, known.item)
                keep_draft(self.office, self.draft)

    def _tell_cancelled(self, material: Material) -> None:
        instead = self.screen.text("material_instead", instead=material.instead) if material.instead else ""
        self.screen.line(f"  ✕ {material.name}　{self.screen.text('material_cancelled')}　{instead}", "dim")

    def _ask_material(self, material: Material, item: Fields) -> MaterialSaid:
        say = self.screen.text
        latest = tolerance_latest(item, self.office.today, NO_OVERRIDES).date.isoformat()
        ways: list[tuple[str, str]] = []
        if material.licences:
            ways.append((MaterialState.LICENCE, say("by_licence", licence="、".join(material.licences))))
        ways += [(MaterialState.ATTACHED, say("by_photo")), (MaterialState.PAPER, say("by_paper"))]
        if material.necessity is Necessity.TOLERABLE:
            ways.append((MaterialState.PROMISED, say("by_promise", latest=latest)))
        if material.necessity is Necessity.OPTIONAL:
            ways.insert(0, (MaterialState.NOT_NEEDED, say("material_optional")))
        else:
            ways.append((MaterialState.MISSING, say("by_nothing")))
        state = ways[self.screen.pick(say("ask_material", name=material.name), [shown for _, shown in ways], 0)][0]
        match state:
            case MaterialState.ATTACHED:
                paths = self.screen.ask(say("ask_photo")).replace("，", ",").split(",")
                return MaterialSaid(state=state, photos=[path.strip().strip("'\"") for path in paths if path.strip()])
            case MaterialState.PROMISED:
                self.visit.promise_read = self.screen.confirm(say("promise_read"))
                return MaterialSaid(state=state, due=self._ask_day(say("ask_due"), latest))
            case _:
                return MaterialSaid(state=state)

    def _ask_day(self, label: str, latest: str) -> str:
        while True:
            said = self.screen.ask(label, latest)
            day = parse_date(said)
            if day is not None and self.office.today <= day and said <= latest:
                return said

    # Consent

    def ask_consent(self) -> bool:
        """Shown, read out, sensitive kinds ticked one by one, then agreed to or not."""
        say = self.screen.text
        said = ConsentSaid(lang=self.screen.lang)
        self.visit.consent = said
        known = known_for(self.office, self.visit)
        self.screen.show(Panel(shown_consent(self.visit, known), title=say("consent_title")))
        said.read_aloud = self.screen.confirm(say("ask_read"))
        for kind in sensitive_to_tick(self.visit, known):
            shown = self.screen.either(*DATA_KINDS.get(kind, (kind, kind)))
            if not self.screen.confirm(say("ask_sensitive", kind=shown)):
                self.screen.say("sensitive_needed", "yellow", kind=shown)
                return False
            said.sensitive.append(kind)
        if not self.screen.confirm(say("ask_agree")):
            self.screen.say("not_agreed", "yellow")
            return False
        means = list(Means)
        said.means = means[self.screen.pick(say("ask_means"), [say(f"means_{one}") for one in means], 0)].value
        if Means(said.means).needs_witness:
            said.witness = self.screen.ask(say("ask_witness"))
        return True


def read_answer(kind: str, said: str, office: Office) -> str | int | None:
    """A form's answer as it is kept; None when it is none of that kind. A phone that looks wrong is kept: it never
    costs a visit.
    """
    match kind:
        case "number":
            return int(said) if said.isascii() and said.isdecimal() and len(said) < 15 else None
        case "date":
            return said if parse_date(said) else None
        case "citizen_id":
            try:
                return parse_citizen_id(said, office.today).number
            except CitizenIdInvalid:
                return None
        case "phone":
            phone = parse_phone(said)
            return phone.number if phone else said
        case _:
            return said
