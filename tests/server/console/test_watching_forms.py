"""Every step of supervision that a person may take has a form, and a form writes what its step may write."""

from __future__ import annotations

from server.console.watching_forms import LIGHT_FORMS, REVIEW_FORMS
from server.domain.people.roles import MAY_CHANGE
from server.domain.supervision import lights, reviews


def test_every_step_that_a_person_may_take_has_a_form() -> None:
    anyone = {name for names in MAY_CHANGE.values() for name in names}
    assert set(LIGHT_FORMS) == {name for name in lights.STEPS if name in anyone}
    assert set(REVIEW_FORMS) == {name for name in reviews.STEPS if name in anyone}


def test_a_form_asks_for_what_its_step_needs_and_for_nothing_it_may_not_write() -> None:
    for forms, steps in ((LIGHT_FORMS, lights.STEPS), (REVIEW_FORMS, reviews.STEPS)):
        for form in forms.values():
            asked = {one.path for one in form.inputs}
            assert all(steps[form.step].may_write(path) for path in asked), form.step
            assert set(steps[form.step].needs) <= asked, form.step
