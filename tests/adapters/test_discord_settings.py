"""The settings of the Discord adapter: what is taken, and what is said where they make no sense."""

from pathlib import Path

import pytest

from adapters.discord.settings import PREFIX, DiscordSettings, read_settings, variable
from bot.language.adapter import NotConnected
from bot.language.settings import shown

TOKEN = "MTA.a-secret.token"


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor a file of this machine has a say."""
    monkeypatch.chdir(tmp_path)
    for name in DiscordSettings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def read(monkeypatch: pytest.MonkeyPatch, **given: str) -> DiscordSettings:
    for name, value in given.items():
        monkeypatch.setenv(variable(name), value)
    return read_settings()


def test_what_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, token=f" Bot {TOKEN} ")
    assert shown(settings.token) == TOKEN
    assert (settings.rooms, settings.rooms_threshold, settings.shards) == ("auto", 400, "0")
    assert (settings.api_url, settings.gateway_url) == ("https://discord.com/api/v10", None)


def test_a_file_and_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = {
        "token": TOKEN,
        "api_url": "http://127.0.0.1:8080/api/v10/",
        "gateway_url": "ws://gateway:80/",
        "shards": "AUTO",
    }
    Path(".env").write_text("\n".join(f"{variable(name)}={value}" for name, value in lines.items()), encoding="utf-8")
    settings = read(monkeypatch, rooms=" Threads ")
    assert settings.api_url == "http://127.0.0.1:8080/api/v10"
    assert settings.gateway_url == "ws://gateway:80"
    assert (settings.shards, settings.rooms) == ("auto", "threads")
    Path(".env").write_bytes(b"\xff\xfe")
    with pytest.raises(NotConnected, match="UTF-8"):
        read_settings()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"token": ""}, ["Discord is not set up", f"{PREFIX}TOKEN", "Reset Token", "counterpart discord invite"]),
        ({"token": "  "}, ["Discord is not set up"]),
        ({"token": "a-secret token"}, ["TOKEN is wrong: it has a space", "Reset Token"]),
        ({"rooms": "caves"}, ["ROOMS is wrong", "threads"]),
        ({"rooms_threshold": "900"}, ["ROOMS_THRESHOLD is wrong"]),
        ({"shards": "many"}, ["SHARDS is wrong: it is neither a number"]),
        ({"shards": "-1"}, ["SHARDS is wrong"]),
        ({"api_url": "discord.com/api"}, ["API_URL is wrong: it does not begin with https://"]),
        ({"api_url": "http://proxy.example.org/api"}, ["API_URL is wrong", "unencrypted"]),
        ({"api_url": "https://[broken"}, ["API_URL is wrong"]),
        ({"gateway_url": "https://gateway.example.org"}, ["GATEWAY_URL is wrong: it does not begin with wss://"]),
        ({"gateway_url": "wss://gateway.example.org/?v=9"}, ["GATEWAY_URL is wrong"]),
        ({"gateway_url": "ws://8.8.8.8"}, ["GATEWAY_URL is wrong", "unencrypted"]),
    ],
)
def test_what_is_wrong_is_said(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: list[str]) -> None:
    with pytest.raises(NotConnected) as told:
        read(monkeypatch, **{"token": TOKEN, **given})
    for word in words:
        assert word in str(told.value)
    assert "a-secret" not in str(told.value), "no secret is shown"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TOKEN not in repr(read(monkeypatch, token=TOKEN))


def test_each_setting_is_described() -> None:
    assert [name for name, field in DiscordSettings.model_fields.items() if not field.description] == []
