"""The shape of every module: it says what it owns, is small, has a telling name and a test beside it."""

from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, Module, all_modules, has_code, modules

LINES_MAX = 450

# Names that say nothing about what is inside. "service_log" is a word of the field; "service" alone is not.
EMPTY_NAMES = ("util", "utils", "helpers", "manager", "managers", "service", "services", "common", "misc")

# What is tested from elsewhere (a module, or a folder): where, and why there.
TESTED_ELSEWHERE = {
    "fixtures/simulation/": ("tests/simulation", "a run is judged as a whole, and its oracles by planted bugs"),
    "server/write_steps.py": ("tests/server/test_write.py", "the steps of the write path, seen only through it"),
    "server/storage/migrations/": ("tests/server/storage/test_migrate.py", "migrations are run, not read"),
    "server/storage/schema/": ("tests/server/storage/test_migrate.py", "the SQL of the first migration"),
    "server/cli/device/": (
        "tests/server/cli/device/test_visit_commands.py",
        "a conversation is tested as a whole; what decides something has a test of its own beside it",
    ),
    "server/domain/fields/": ("tests/server/domain/test_record_fields.py", "tables of fields, seen as one"),
    "sync/device/steps.py": ("tests/sync/device/test_session.py", "what an answer does is seen through the session"),
}


def by_path(found: tuple[Module, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("module", found, ids=[str(module.path) for module in found])


@by_path(all_modules())
def test_a_module_opens_with_what_it_owns(module: Module) -> None:
    first = module.tree.body[0] if module.tree.body else None
    docstring = getattr(getattr(first, "value", None), "value", None)

    assert isinstance(docstring, str), f"{module.path} does not open with a docstring"
    assert len(docstring.split("\n\n")[0]) > len(module.path.stem), f"{module.path} says nothing in its first line"


@by_path(all_modules())
def test_a_module_can_be_read_in_one_sitting(module: Module) -> None:
    lines = module.text.count("\n")

    assert lines <= LINES_MAX, f"{module.path} has {lines} lines: split it by what its parts own"


@by_path(all_modules())
def test_a_name_says_what_is_inside(module: Module) -> None:
    for part in (*module.path.parts[:-1], module.path.stem):
        assert part not in EMPTY_NAMES, f"{module.path}: “{part}” could hold anything"
        assert not part.endswith(tuple(f"_{name}" for name in EMPTY_NAMES)), f"{module.path}: “{part}” says too little"


@by_path(tuple(module for module in modules() if has_code(module)))
def test_a_module_has_its_test_at_the_same_place(module: Module) -> None:
    exception = next((key for key in TESTED_ELSEWHERE if covers(key, module)), None)
    if exception is None:
        assert mirrored(module), f"{module.path} has no test: {places(module)[0]}"
    else:
        elsewhere, _ = TESTED_ELSEWHERE[exception]
        assert (ROOT / elsewhere).exists(), f"{module.path} is said to be tested in {elsewhere}, which is not there"


@pytest.mark.parametrize("key", TESTED_ELSEWHERE)
def test_every_exception_is_still_one(key: str) -> None:
    covered = [module for module in modules() if covers(key, module)]

    assert covered, f"{key} is gone; take it out of the table"
    assert not all(mirrored(module) for module in covered if has_code(module)), (
        f"{key} has a test of its own; take it out of the table"
    )


def covers(key: str, module: Module) -> bool:
    path = str(module.path)
    return path.startswith(key) if key.endswith("/") else path == key


def places(module: Module) -> tuple[Path, ...]:
    """Where a module's test may be: x.py in test_x.py, a package's own code in a test named after the package."""
    folder, stem = module.path.parent, module.path.stem
    if stem == "__init__":
        return (
            Path("tests") / folder / f"test_{folder.name}.py",
            Path("tests") / folder.parent / f"test_{folder.name}.py",
        )
    return (Path("tests") / folder / f"test_{stem}.py",)


def mirrored(module: Module) -> bool:
    """test_x.py, or several files test_x_<aspect>.py when one would be too long."""
    return any(
        (ROOT / place).is_file() or any((ROOT / place.parent).glob(f"{place.stem}_*.py")) for place in places(module)
    )
