"""The project's files as the architecture tests see them: tracked or about to be, parsed once."""

import ast
import re
import subprocess
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("server", "sync", "agent_api", "fixtures")


@dataclass(frozen=True)
class Module:
    """One Python file. `path` is relative to the project, `name` as one would import it."""

    path: Path
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)

    @property
    def name(self) -> str:
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def files() -> tuple[Path, ...]:
    """Every file that is in the repository or would be with the next commit, relative to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return tuple(sorted({Path(name) for name in listed if name and (ROOT / name).is_file()}))


@cache
def texts() -> dict[Path, str]:
    """The files that are text, without the lock files and the licence, which others wrote."""
    found = {}
    for path in files():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content and path.suffix != ".lock" and path.name != "LICENSE":
            found[path] = content.decode()
    return found


@cache
def all_modules() -> tuple[Module, ...]:
    """Every Python file, tests included."""
    return tuple(
        Module(path, text, ast.parse(text, str(path))) for path, text in texts().items() if path.suffix == ".py"
    )


@cache
def modules() -> tuple[Module, ...]:
    """The Python files of the product."""
    return tuple(module for module in all_modules() if module.path.parts[0] in PACKAGES)


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def contract(identity: str) -> dict[str, Any]:
    """An import contract of pyproject.toml."""
    contracts: list[dict[str, Any]] = pyproject()["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if each["id"] == identity)


@cache
def make_targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def has_code(module: Module) -> bool:
    """Whether something happens in it: a function with a body. Types, constants, protocols and trees of errors, which
    only keep what they are given, do nothing."""
    functions = (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(each.name not in ("__init__", "__str__") and not _is_empty(each.body) for each in functions)


def _is_empty(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for line in body
    )


def defined_in(module: Module) -> frozenset[str]:
    """Top-level names, and the members of top-level classes as Class.member."""
    names: set[str] = set()
    for node in module.tree.body:
        for name in _names(node):
            names.add(name)
            if isinstance(node, ast.ClassDef):
                names.update(f"{name}.{member}" for line in node.body for member in _names(line))
    return frozenset(names)


def _names(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign():
            return [target.id for target in node.targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Import() | ast.ImportFrom():
            return [each.asname or each.name for each in node.names]
        case _:
            return []
