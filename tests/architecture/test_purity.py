"""The pure modules read no clock, draw no randomness, make no ids and do no I/O: neither they nor what they build on.

Import contracts see modules; here calls are seen too, such as datetime.now(), which needs no import of its own.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source_tree import Module, contract, modules, within

PURE = tuple(contract("pure")["source_modules"])
CLOCKS = {"now", "utcnow", "today"}
CLOCK_OWNERS = {"datetime", "date", "dt"}
BANNED_MODULES = {name for name in contract("pure")["forbidden_modules"] if "." not in name}
BANNED_CALLS = {"open", "print", "input", "uuid1", "uuid4", "urandom", "token_bytes", "token_hex", "getrandbits"}
FILE_CALLS = {"read_text", "read_bytes", "write_text", "write_bytes"}


def imported(module: Module) -> set[str]:
    """The names this module imports, as modules or as members of modules."""
    names: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{each.name}" for each in node.names)
    return names


def pure_modules() -> tuple[Module, ...]:
    """What the contract calls pure, and everything of the project that this imports, however far down."""
    by_name = {module.name: module for module in modules()}
    waiting = [name for name in by_name if any(within(name, pure) for pure in PURE)]
    found: dict[str, Module] = {}
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in found:
            found[name] = by_name[name]
            waiting.extend(imported(by_name[name]))
    return tuple(found[name] for name in sorted(found))


def impurities(tree: ast.Module) -> Iterator[str]:
    """Everything in it that depends on more than its arguments, as "line: what"."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (f"{node.lineno}: {each.name}" for each in node.names if _root(each.name) in BANNED_MODULES)
            case ast.ImportFrom(module=str(source)) if _root(source) in BANNED_MODULES:
                yield f"{node.lineno}: {source}"
            case ast.AsyncFunctionDef() | ast.Await():
                yield f"{node.lineno}: waits for something"
            case ast.Call(func=ast.Name(id=name)) if name in BANNED_CALLS:
                yield f"{node.lineno}: {name}()"
            case ast.Call(func=ast.Attribute(attr=name)) if name in BANNED_CALLS | FILE_CALLS:
                yield f"{node.lineno}: {name}()"
            case ast.Call(func=ast.Attribute(attr=name, value=owner)) if (
                name in CLOCKS and _last(owner) in CLOCK_OWNERS
            ):
                yield f"{node.lineno}: {_last(owner)}.{name}()"


def _root(name: str) -> str:
    return name.partition(".")[0]


def _last(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@pytest.mark.parametrize("module", pure_modules(), ids=lambda module: module.name)
def test_a_pure_module_depends_on_its_arguments_alone(module: Module) -> None:
    assert not list(impurities(module.tree)), f"{module.path} is not pure"


@pytest.mark.parametrize("pure", PURE)
def test_every_pure_part_is_there(pure: str) -> None:
    assert any(within(module.name, pure) for module in modules()), f"{pure} is in the contract and not in the tree"


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "from random import choice",
        "import os.path",
        "at = datetime.now(UTC)",
        "at = datetime.datetime.utcnow()",
        "day = date.today()",
        "id = uuid.uuid4()",
        "key = os.urandom(16)",
        "text = open('x').read()",
        "text = folder.read_text()",
        "async def f(): ...",
    ],
)
def test_each_impurity_would_be_seen(line: str) -> None:
    assert list(impurities(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["now = known.now", "day = context.today", "at = datetime.fromtimestamp(ms / 1000, UTC)"]
)
def test_time_that_is_handed_in_is_not_an_impurity(line: str) -> None:
    assert not list(impurities(ast.parse(line)))
