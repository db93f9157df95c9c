"""`bangban bulletin`: from a draft to files, and back to every number."""

from __future__ import annotations

from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import TOWN, load_small, small_world


def bulletin(folder: Path, *words: object, code: int = 0) -> str:
    return bangban("bulletin", *words, "--data", folder, code=code)


def test_a_month_is_built_frozen_verified_corrected_and_exported(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    bulletin(tmp_path, "export", "2026-10", "--to", tmp_path / "a.pdf", code=1)
    assert "草稿" in bulletin(tmp_path, "build", "2026-10")
    operator = next(one.login for one in small_world().accounts if one.role == "administrator")
    who = ("--operator", operator, "--reason", "受托冻结")
    bulletin(tmp_path, "freeze", "2026-10", code=2)
    assert "第1版:" in bulletin(tmp_path, "freeze", "2026-10", *who)
    assert "the cases give the same rows" in bulletin(tmp_path, "verify", "2026-10")
    bulletin(tmp_path, "build", "2026-10", code=1)
    objection = ("object", "2026-10", "--place", TOWN, "--text", "有5件退件不应计入", "--reason", "受托提出")
    lead = next(one.login for one in small_world().accounts if one.role == "town_lead" and TOWN in one.scope_places)
    bulletin(tmp_path, *objection, "--as", lead, code=2)
    assert "applied: task" in bulletin(tmp_path, *objection, "--as", lead, "--operator", operator)
    bulletin(tmp_path, *objection, "--as", "nobody", "--operator", operator, code=1)
    assert "第2版" in bulletin(tmp_path, "correct", "2026-10", "--why", "补录", "--operator", operator)
    for suffix in ("pdf", "html", "xlsx"):
        bulletin(tmp_path, "export", "2026-10", "--edition", "1", "--to", tmp_path / f"a.{suffix}")
        assert (tmp_path / f"a.{suffix}").stat().st_size > 1000
    bulletin(tmp_path, "export", "2026-10", "--place", TOWN, "--to", tmp_path / "town.html")
    bulletin(tmp_path, "export", "2026-10", "--to", tmp_path / "a.doc", code=1)
    assert "daily" in bulletin(tmp_path, "build", "2026-10-22")


def test_a_month_that_is_not_over_is_not_frozen(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    bulletin(tmp_path, "build", "2999-01")
    operator = next(one.login for one in small_world().accounts if one.role == "administrator")
    bulletin(tmp_path, "freeze", "2999-01", "--operator", operator, "--reason", "受托冻结", code=1)


def test_what_is_no_period_is_told(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    bulletin(tmp_path, "build", "soon", code=1)
    bulletin(tmp_path, "verify", "2026-10", code=1)
