"""Documentation is part of the build: what it names exists, and what exists is named.

In any page, in `code`: a path must be there; path.py:name and path.py::name must be defined in that file; a command
or target must be one. In docs/architecture.md every other single word in `code` must be a name of the code as well.
"""

import ast
import re
from functools import cache
from keyword import kwlist
from pathlib import Path

import pytest

from agent_api.problems import ALL_PROBLEMS
from server.cli.main import COMMANDS, load
from server.settings import DEVICE_VARIABLES
from tests.architecture.source_tree import ROOT, all_modules, defined_in, make_targets, modules, pyproject, texts

PAGES = [path for path in texts() if path.suffix == ".md"]
TOP = {"server", "sync", "agent_api", "fixtures", "tests", "docs", ".ci"}
PATH = re.compile(r"^(?P<path>[\w.-]+(?:/[\w.-]+)*/?)(?::{1,2}(?P<symbol>[\w.]+))?$")


def code_spans(page: Path) -> list[str]:
    """Everything in backticks outside of fenced blocks."""
    text = re.sub(r"^```.*?^```", "", texts()[page], flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


def fenced_lines(page: Path) -> list[str]:
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", texts()[page], flags=re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


@cache
def names_of_code() -> frozenset[str]:
    """Every word that the code gives a meaning: modules, definitions, members, arguments, record fields."""
    names: set[str] = set()
    for module in all_modules():
        names.update(module.name.split("."))
        for node in ast.walk(module.tree):
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    names.add(name)
                case ast.arg(arg=name) | ast.Attribute(attr=name) | ast.Name(id=name):
                    names.add(name)
    return frozenset(names)


def is_path(span: str) -> bool:
    return bool(PATH.match(span)) and (
        (span.split("/", maxsplit=1)[0] in TOP and "/" in span) or span.endswith((".py", ".md", ".toml", ".lock"))
    )


def resolve(page: Path, written: str) -> Path:
    """Where a path leads: from the project, or from the page's own folder."""
    beside = (ROOT / page).parent / written
    return beside if beside.exists() else ROOT / written


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_path_and_symbol_a_page_names_is_there(page: Path) -> None:
    by_path = {ROOT / module.path: module for module in all_modules()}
    for span in filter(is_path, code_spans(page)):
        found = PATH.match(span)
        assert found
        target = resolve(page, found["path"])
        assert target.exists(), f"{page} names {span}, which is not there"
        if found["symbol"]:
            assert found["symbol"] in defined_in(by_path[target]), f"{page} names {span}, which is not defined there"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", texts()[page]):
        assert "://" in link or resolve(page, link).exists(), f"{page} links to {link}, which is not there"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_a_page_shows_is_one(page: Path) -> None:
    for line in [*code_spans(page), *fenced_lines(page)]:
        shown = re.match(r"(?:\$ )?(?:\.venv/bin/)?(make|bangban) ([a-z][a-z-]*)(?: ([a-z][a-z-]*)\b)?", line)
        program, name, below = shown.groups() if shown else ("", "", None)
        if program == "make":
            assert name in make_targets(), f"{page} shows “{line}”, and there is no such target"
        elif program == "bangban":
            assert name in COMMANDS, f"{page} shows “{line}”, and there is no such command"
            group = getattr(load(name), "commands", None)
            assert group is None or below is None or below in group, f"{page} shows “{line}”, and {name} has no {below}"


def test_the_architecture_page_names_only_what_the_code_knows() -> None:
    page = Path("docs/architecture.md")
    words = {
        word for span in code_spans(page) if not is_path(span) for word in re.findall(r"^[A-Za-z_]\w*(?:\.\w+)*$", span)
    }

    assert words, f"{page} names nothing of the code"
    for word in words:
        unknown = set(word.split(".")) - names_of_code() - COMMANDS.keys() - {pyproject()["project"]["name"], *kwlist}
        assert not unknown, f"{page} names {word}, which the code does not know"


def test_every_part_of_the_code_is_on_the_map() -> None:
    page = texts()[Path("docs/architecture.md")]
    parts = {"/".join(module.path.parts[:2]) for module in modules() if len(module.path.parts) > 2}

    for part in sorted(parts):
        assert f"`{part}/`" in page, f"docs/architecture.md does not say what {part}/ is"


def settings() -> list[str]:
    """The fields of the classes of server/settings.py."""
    tree = ast.parse(texts().get(Path("server/settings.py"), ""))
    return [
        line.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for line in node.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    ]


def test_there_are_settings() -> None:
    assert settings()


@pytest.mark.parametrize("name", settings())
def test_every_setting_is_documented(name: str) -> None:
    spans = code_spans(Path("docs/settings.md"))

    assert name in spans or f"BANGBAN_{name.upper()}" in spans, f"docs/settings.md does not explain {name}"


def variables_read() -> list[str]:
    """What tests and measurements ask the environment for."""
    return sorted(
        {
            str(node.args[0].value)
            for module in all_modules()
            if module.path.parts[0] in ("tests", "fixtures")
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.environ.get", "os.getenv")
            if isinstance(node.args[0], ast.Constant)
        }
    )


@pytest.mark.parametrize("variable", variables_read())
def test_a_variable_of_the_tests_is_not_named_like_a_setting(variable: str) -> None:
    """Every server that they start inherits it, and refuses a setting that it does not know."""
    name = variable.removeprefix("BANGBAN_")
    assert name == variable or name.lower() in settings() or name in DEVICE_VARIABLES


@pytest.mark.parametrize("code", ALL_PROBLEMS)
def test_every_problem_code_is_documented(code: str) -> None:
    assert code in code_spans(Path("docs/problems.md")), f"docs/problems.md does not explain {code}"


def commands() -> list[str]:
    """Every command as one types it, those of groups one by one."""
    found = []
    for name in COMMANDS:
        below = getattr(load(name), "commands", {})
        found += [f"bangban {name} {each}" for each in below] or [f"bangban {name}"]
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    where = Path("docs/device.md") if name == "device" else Path("docs/operations.md")
    page = texts()[where]

    for command in (each for each in commands() if each.split()[1] == name):
        assert command in page, f"{where} does not explain “{command}”"
