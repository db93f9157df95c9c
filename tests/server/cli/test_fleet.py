"""`bangban fleet --json`: the figures, and nothing else, on standard output."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from server.cli.main import app


def test_the_json_is_all_there_is_on_standard_output_and_the_code_says_whether_all_is_well() -> None:
    size = ["--devices", "5", "--colleagues", "2", "--filings", "3", "--claims", "2", "--photos", "0"]
    done = CliRunner().invoke(app, ["fleet", "--small", *size, "--json"])
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert (figures["devices"], figures["filings"], figures["consents"], figures["photos"]) == (5, 15, 15, 0)
    assert (figures["lost"], figures["duplicated"], figures["diverged"], figures["oracle_mismatches"]) == (0, 0, 0, 0)
    assert figures["seconds"] > 0
    assert figures["bytes_up"] > 0
