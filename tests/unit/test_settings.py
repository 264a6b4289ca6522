"""Settings: where they come from, what is said about wrong ones, and that secrets are never shown."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, read_settings, secrets, variable

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults_need_nothing() -> None:
    settings = read_settings()
    assert settings.database() == "sqlite+aiosqlite:///counterpart.db"
    assert settings.adapters == ("local",)
    assert (settings.kit, settings.host, settings.port) == ("librarians", "127.0.0.1", 8765)
    assert (settings.log_level, settings.log_format) == ("info", "console")


def test_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("COUNTERPART_PORT=1000\nCOUNTERPART_KIT=teachers\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("COUNTERPART_PORT", "2000")
    settings = read_settings()
    assert (settings.port, settings.kit) == (2000, "teachers")


def test_the_example_is_read_as_the_defaults() -> None:
    assert read_settings(ROOT / ".env.example") == read_settings(None)


def test_platforms_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_ADAPTERS", " Slack, discord ,")
    assert read_settings().adapters == ("slack", "discord")


def test_sqlite_file_lies_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COUNTERPART_DATA_DIR", str(tmp_path))
    assert read_settings().database() == f"sqlite+aiosqlite:///{tmp_path}/counterpart.db"
    monkeypatch.setenv("COUNTERPART_DATABASE_URL", "sqlite+aiosqlite:////elsewhere/c.db")
    assert read_settings().database() == "sqlite+aiosqlite:////elsewhere/c.db"
    monkeypatch.setenv("COUNTERPART_DATABASE_URL", "postgresql+psycopg://me:se%2Fcret@db/counterpart")
    assert read_settings().database() == "postgresql+psycopg://me:se%2Fcret@db/counterpart"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("port", "http", "valid integer"),
        ("port", "70000", "less than or equal to 65535"),
        ("log_level", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("log_format", "xml", "'console' or 'json'"),
        ("adapters", " , ", "names no platform"),
        ("adapters", "slack,slack", "names a platform twice"),
        ("data_dir", "nowhere", "no such folder"),
        ("database_url", "mysql://me:secret@db/c", "must begin with sqlite+aiosqlite or postgresql+psycopg"),
        ("database_url", "secret", "not a database address"),
        ("database_url", "postgresql+psycopg://me:secret@db:port/c", "not a database address"),
    ],
)
def test_a_wrong_setting_is_named_and_advised_on(
    monkeypatch: pytest.MonkeyPatch, field: str, value: str, says: str
) -> None:
    monkeypatch.setenv(variable(field), value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    sentence = str(caught.value)
    assert sentence.startswith(f"{variable(field)} is wrong: ")
    assert says in sentence
    assert (Settings.model_fields[field].description or "?") in sentence
    assert "secret" not in sentence


def test_every_wrong_setting_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_PORT", "x")
    monkeypatch.setenv("COUNTERPART_LOG_FORMAT", "x")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_not_text_is_named() -> None:
    Path(".env").write_bytes(b"COUNTERPART_KIT=\xff\xfe")
    with pytest.raises(SettingsError, match=r"\.env is not a UTF-8 text file"):
        read_settings()


def test_secrets_are_not_in_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_DATABASE_URL", "postgresql+psycopg://me:secret@db/c")
    assert "secret" not in repr(read_settings())


def test_whatever_is_named_a_secret_is_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also those of adapters, which no setting of ours names."""
    env = tmp_path / ".env"
    lines = ("COUNTERPART_ZULIP_API_KEY=one,two", "COUNTERPART_KIT=librarians", "OTHER_TOKEN=theirs")
    env.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("COUNTERPART_ZULIP_TOKEN", "three")
    assert set(secrets(env)) == {"one", "two", "three"}
