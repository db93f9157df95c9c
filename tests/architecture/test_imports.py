"""The import contracts of pyproject.toml leave nothing of the platform out."""

import re

from tests.architecture.source_tree import contract, modules


def test_every_part_of_the_platform_has_its_layer() -> None:
    layers = {name.strip(" ()") for layer in contract("layers")["layers"] for name in re.split(r"[|:]", layer)}
    parts = {".".join(module.name.split(".")[:2]) for module in modules() if module.name.startswith("server.")}

    assert parts <= layers, f"no layer of the import contract names {sorted(parts - layers)}"


def test_only_commands_may_use_fixtures() -> None:
    assert all(name.startswith("server.cli.") for name in contract("fixtures")["allowed_importers"])
