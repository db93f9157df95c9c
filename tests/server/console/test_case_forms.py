"""Every step a desk may take has a form, and a form writes what its step may write."""

from __future__ import annotations

from server.console.case_forms import CASE_FORMS
from server.console.step_forms import Ask
from server.domain.cases.lifecycle import CENTRE_ONLY, HELPER_STEPS, STEPS, CaseState
from server.domain.people.roles import MAY_CHANGE, Role

AT_DESKS = {name for name in MAY_CHANGE[Role.DESK_CLERK] if name.startswith("case.")}


def test_every_step_of_a_desk_has_a_form() -> None:
    meant = AT_DESKS - HELPER_STEPS - CENTRE_ONLY - {"case.hand_over"} | {"case.withdraw"}
    meant |= {"case.credit_clear"}  # a supervisor's, on the same page
    assert set(CASE_FORMS) == meant


def test_a_form_asks_for_nothing_that_its_step_may_not_write() -> None:
    for form in CASE_FORMS.values():
        paths = [*(one.path for one in form.inputs), *(path for path, _ in form.fixed)]
        for path in paths:
            assert STEPS[form.step].may_write("material.1" if path == "material" else path.partition(".")[0]), (
                form.step,
                path,
            )


def test_a_form_gives_what_its_step_needs() -> None:
    for form in CASE_FORMS.values():
        given = {one.path.partition(".")[0] for one in form.inputs} | {path.partition(".")[0] for path, _ in form.fixed}
        assert set(STEPS[form.step].needs) <= given, form.step


def test_choices_have_words_in_both_languages() -> None:
    for form in CASE_FORMS.values():
        for one in form.inputs:
            assert (one.choices is not None) == (one.ask in (Ask.CHOICE, Ask.HOLDER, Ask.HOLDERS))
            for zh, en in (one.choices or {}).values():
                assert zh != en


def test_a_step_without_a_way_back_says_so_before_it_is_taken() -> None:
    """No step leads from an accepted case to one that is not accepted yet."""
    not_yet = (CaseState.RECEIVED, CaseState.PRECHECKED)
    assert [name for name, step in STEPS.items() if CaseState.ACCEPTED in step.before and step.after in not_yet] == []
    zh, en = CASE_FORMS["case.accept"].warning
    assert ("不能收回" in zh, "not taken back" in en) == (True, True)
