"""Every step after a filing that a desk may take has a form, and a form writes what its step may write."""

from __future__ import annotations

from server.console.followup_forms import (
    CONSENT_REVOKE,
    RATING_CALL,
    RATING_FORMS,
    TASK_FORMS,
    TICKET_FORMS,
    TICKET_OPEN,
)
from server.console.step_forms import StepForm
from server.domain.cases import ratings, tickets
from server.domain.cases.consent import REVOKE_WRITES
from server.domain.people.roles import MAY_CHANGE, Role
from server.domain.steps import StepTable
from server.domain.supervision import tasks

AT_DESKS = MAY_CHANGE[Role.DESK_CLERK] | MAY_CHANGE[Role.COUNTY_SUPERVISOR]
# What else a step needs is known to the page: the place, and what it is about.
KNOWN = {"place", "case", "source", "channel"}


def paths(form: StepForm) -> set[str]:
    return {one.path for one in form.inputs} | {path for path, _ in form.fixed}


def test_every_step_of_a_desk_with_what_stands_has_a_form() -> None:
    made = {"task.open", "ticket.open", "rating.give", "ticket.appeal"}
    for forms, steps in ((TASK_FORMS, tasks.STEPS), (TICKET_FORMS, tickets.STEPS), (RATING_FORMS, ratings.STEPS)):
        assert set(forms) == {name for name in steps if name in AT_DESKS} - made


def test_a_form_asks_for_what_its_step_needs_and_for_nothing_it_may_not_write() -> None:
    every: list[tuple[StepForm, StepTable]] = [
        *((form, tasks.STEPS) for form in TASK_FORMS.values()),
        *((form, tickets.STEPS) for form in (*TICKET_FORMS.values(), TICKET_OPEN)),
        *((form, ratings.STEPS) for form in (*RATING_FORMS.values(), RATING_CALL)),
    ]
    for form, steps in every:
        assert all(steps[form.step].may_write(path) for path in paths(form)), form.step
        assert set(steps[form.step].needs) <= paths(form) | KNOWN, form.step


def test_withdrawing_writes_nothing_else_of_the_consent() -> None:
    assert paths(CONSENT_REVOKE) <= REVOKE_WRITES
