"""Settings are read strictly, and each is documented."""

from dataclasses import fields
from pathlib import Path

import pytest

from server.settings import PREFIX, SettingInvalid, Settings, read_settings, settings_from

ROOT = Path(__file__).parents[2]


def test_the_outside_origin_is_scheme_host_and_port_alone() -> None:
    assert Settings(public_url="https://bangban.example.cn:8443/app/").origin == "https://bangban.example.cn:8443"
    assert Settings().origin == ""


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for setting in fields(Settings):
        assert f"| `{setting.name}` | `{PREFIX}{setting.name.upper()}` |" in page, setting.name


def test_nothing_documented_is_absent() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    assert named == {setting.name for setting in fields(Settings)}


def test_without_anything_the_defaults_hold() -> None:
    assert read_settings(None, {"PATH": "/bin"}) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "bangban.toml"
    file.write_text('port = 1\nworkers = 2\nallowed_origins = ["https://a"]\n')
    settings = read_settings(file, {"BANGBAN_PORT": "3", "BANGBAN_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2"})
    assert (settings.port, settings.workers) == (3, 2)
    assert settings.allowed_origins == ("https://a",)
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")
    assert settings_from({"BANGBAN_SETTINGS": str(file)}).workers == 2


@pytest.mark.parametrize(
    "environment",
    [
        {"BANGBAN_PROT": "1"},
        {"BANGBAN_PORT": "x"},
        {"BANGBAN_PORT": "70000"},
        {"BANGBAN_WORKERS": "0"},
        {"BANGBAN_CIPHER": "rot13"},
        {"BANGBAN_LOG_LEVEL": "loud"},
        {"BANGBAN_SETTINGS": "/nowhere/bangban.toml"},
    ],
)
def test_a_mistake_is_refused_with_its_name(environment: dict[str, str]) -> None:
    with pytest.raises(SettingInvalid) as refused:
        settings_from(environment)
    assert str(refused.value)


def test_a_file_with_a_mistake_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bangban.toml"
    for text in ("prot = 1", "port = 'x", "port = 1.5", "data_folder = 3"):
        file.write_text(text)
        with pytest.raises(SettingInvalid):
            read_settings(file, {})


def test_secrets_are_not_shown() -> None:
    assert "s3cret" not in repr(Settings(metrics_token="s3cret"))


def test_an_optional_path_may_be_empty() -> None:
    assert read_settings(None, {"BANGBAN_DATABASE_KEY_FILE": ""}).database_key_file is None
    assert read_settings(None, {"BANGBAN_DATABASE_KEY_FILE": "k"}).database_key_file == Path("k")
