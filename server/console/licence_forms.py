"""The forms of a resident's electronic licences at a desk: looked up and used, seen in the original, verified, void."""

from __future__ import annotations

from collections.abc import Mapping

from server.actions.show_case import CasePage
from server.console.step_forms import Ask, Input, Pair, StepForm, with_choices
from server.domain.catalogue.licence_kinds import LICENCE_KINDS

LICENCE_USE = StepForm(
    "licence.use",
    ("查用电子证照", "Look up and use a licence"),
    (
        Input("kind", ("证照", "Licence"), Ask.CHOICE, {}),
        Input(
            "purpose",
            ("用途（会留痕）", "Purpose (it is kept)"),
            hint=("如：高龄津贴申领", "such as: old-age allowance"),
        ),
    ),
)
LICENCE_KEEP = StepForm(
    "licence.keep",
    ("登记当场核验过的证照", "Register a licence whose original was seen here"),
    (
        Input("kind", ("证照", "Licence"), Ask.CHOICE, {}),
        Input("number", ("证照编号", "Number"), required=False),
        Input("issuer", ("颁发机构", "Issuer"), required=False),
        Input("valid_until", ("有效期至（长期的不填）", "Valid until (empty: no end)"), Ask.DAY, required=False),
    ),
    fixed=(("source", "desk"),),
)
LICENCE_VERIFY = StepForm(
    "licence.verify",
    ("已看原件，核验", "The original was seen: verify"),
    (
        Input("number", ("证照编号", "Number"), required=False),
        Input("valid_until", ("有效期至（长期的不填）", "Valid until (empty: no end)"), Ask.DAY, required=False),
    ),
)
LICENCE_VOID = StepForm("licence.void", ("作废", "Void"), (Input("void_reason", ("理由", "Reason")),), grave=True)
OF_ONE: Mapping[str, StepForm] = {form.step: form for form in (LICENCE_VERIFY, LICENCE_VOID)}


def kinds_for(case: CasePage) -> dict[str, Pair]:
    """What may be looked up or registered on the page of a case: what its item asks for, and what proves who one is."""
    named = {kind for material in case.materials for kind in material.licences}
    return {one.name: (one.name, one.name) for one in LICENCE_KINDS.values() if one.name in named or one.identifies}


def offering(form: StepForm, case: CasePage) -> StepForm:
    return with_choices(form, "kind", kinds_for(case))
