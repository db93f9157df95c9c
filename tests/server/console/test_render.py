"""Templates escape what they are given and miss nothing quietly."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from server.console.render import environment


def test_what_people_typed_is_escaped() -> None:
    made = environment().from_string("<td>{{ value }}</td>").render(value='<script>"&')
    assert made == "<td>&lt;script&gt;&#34;&amp;</td>"


def test_a_name_that_nobody_gave_is_a_mistake() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ absent }}").render()


def test_every_template_can_be_read() -> None:
    for name in environment().list_templates():
        environment().get_template(name)
