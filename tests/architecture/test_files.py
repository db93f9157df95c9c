"""What no file of the project holds: a machine's places, addresses of registries, unfinished work, evaded tests."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import Module, all_modules, pyproject, texts

# Written in pieces, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(
    "|".join(["/" + "root/", "/" + "work/", "/" + "home/[a-z]", "/" + "opt/pypi", "py" + "env/"])
)
REGISTRY_HOSTS = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in [
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs"),
            ("npmmirror", "com"),
            ("deb", "debian", "org"),
            ("mirrors", "aliyun"),
            ("pypi", "tuna"),
        ]
    )
)
UNFINISHED = re.compile(
    r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX"]) + r")\b|raise NotImplemented" + "Error"
)
EVASIONS = ("skip", "skipif", "xfail", "importorskip")


@pytest.mark.parametrize("path", texts(), ids=str)
def test_a_file_knows_no_machine_and_no_registry(path: Path) -> None:
    for number, line in enumerate(texts()[path].splitlines(), 1):
        assert not MACHINE_PATHS.search(line), f"{path}:{number} names a place of one machine"
        assert not REGISTRY_HOSTS.search(line), f"{path}:{number} names a registry"


@pytest.mark.parametrize("path", texts(), ids=str)
def test_a_file_is_finished(path: Path) -> None:
    for number, line in enumerate(texts()[path].splitlines(), 1):
        assert not UNFINISHED.search(line), f"{path}:{number} is unfinished: {line.strip()}"


@pytest.mark.parametrize(
    "module", [each for each in all_modules() if each.path.parts[0] == "tests"], ids=lambda module: str(module.path)
)
def test_no_test_is_evaded(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in EVASIONS:
            owner = ast.unparse(node.value)
            assert not owner.startswith("pytest"), f"{module.path}:{node.lineno} evades a test with {node.attr}"


def test_the_lock_files_name_no_registry_and_hash_everything() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (Path(__file__).parents[2] / name).read_text()
        blocks = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in block for block in blocks), f"{name} has a line without a hash"
        assert not REGISTRY_HOSTS.search(text)
        assert "://" not in text


def test_the_changelog_tells_of_this_version() -> None:
    version = pyproject()["project"]["version"]

    assert f"\n## [{version}]" in texts()[Path("CHANGELOG.md")]
