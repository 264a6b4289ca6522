"""The settings of the Slack adapter: which way in follows from them, and what is said where they make no sense."""

from pathlib import Path

import pytest

from adapters.slack.settings import PREFIX, SlackSettings, Way, read_settings, variable
from adapters.slack.wiring import build
from bot.language.adapter import Ground, NotConnected
from tests.adapters.slack_inward import Now, new_key
from tests.slackserver.bench import Clock

KEY = new_key()
ONE = {"bot_token": "xoxb-1", "app_token": "xapp-1"}
HTTP = {"bot_token": "xoxb-1", "signing_secret": "s"}
MANY = {
    "client_id": "1.2", "client_secret": "c", "encryption_key": KEY, "signing_secret": "s",
    "public_url": "https://m.example.org/",
}  # fmt: skip


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor a file of this machine has a say."""
    monkeypatch.chdir(tmp_path)
    for name in SlackSettings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)


def read(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> SlackSettings:
    for name, value in given.items():
        monkeypatch.setenv(variable(name), value)
    return read_settings()


def refused(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> str:
    with pytest.raises(NotConnected) as told:
        read(monkeypatch, given)
    return str(told.value)


@pytest.mark.parametrize(("given", "way"), [(ONE, Way.SOCKETS), (HTTP, Way.HTTP), (MANY, Way.OAUTH)])
def test_the_way_in(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], way: Way) -> None:
    settings = read(monkeypatch, given)
    assert settings.way is way
    assert settings.api_url == "https://slack.com/api/"
    assert settings.authorize_url == "https://slack.com/oauth/v2/authorize"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)


def test_a_file_and_another_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{variable(name)}={value}" for name, value in {**ONE, "api_url": "https://slack-gov.com/api"}.items()]
    Path(".env").write_text("\n".join(lines), encoding="utf-8")
    settings = read_settings()
    assert settings.way is Way.SOCKETS
    assert settings.api_url == "https://slack-gov.com/api/"
    assert settings.authorize_url == "https://slack-gov.com/oauth/v2/authorize"
    monkeypatch.setenv(variable("bot_token"), "xoxb-of-the-environment")
    found = read_settings().bot_token
    assert found is not None
    assert found.get_secret_value() == "xoxb-of-the-environment"
    Path(".env").write_bytes(b"\xff\xfe")
    with pytest.raises(NotConnected, match="UTF-8"):
        read_settings()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ["Slack is not set up", "BOT_TOKEN and COUNTERPART_SLACK_APP_TOKEN", "counterpart slack manifest"]),
        ({"bot_token": "xoxb-1"}, ["Slack is not set up", "SIGNING_SECRET in the place"]),
        ({"app_token": "xapp-1"}, ["BOT_TOKEN: The “Bot User OAuth Token”"]),
        ({"signing_secret": "s"}, ["BOT_TOKEN: The “Bot User OAuth Token”"]),
        ({**ONE, "signing_secret": "s"}, ["APP_TOKEN is for Socket Mode", "SIGNING_SECRET for HTTP", "keep the one"]),
        ({**MANY, "bot_token": "xoxb-1"}, ["BOT_TOKEN is for one workspace", "CLIENT_ID", "for many"]),
        ({**MANY, "client_secret": "", "public_url": ""}, ["CLIENT_SECRET: For many", "PUBLIC_URL: For many"]),
        ({"client_id": "1.2"}, ["ENCRYPTION_KEY", "counterpart slack key", "SIGNING_SECRET"]),
        ({**ONE, "bot_token": "xapp-1"}, ["BOT_TOKEN is wrong: it does not begin with xoxb-", "Install App"]),
        ({**ONE, "app_token": "xoxb-1"}, ["APP_TOKEN is wrong: it does not begin with xapp-"]),
        ({**MANY, "encryption_key": f"{KEY},short"}, ["ENCRYPTION_KEY is wrong: it is no key"]),
        ({**MANY, "public_url": "m.example.org"}, ["PUBLIC_URL is wrong: it does not begin with https://"]),
        ({**HTTP, "port": "70000"}, ["PORT is wrong"]),
    ],
)
def test_what_is_wrong_is_said(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: list[str]) -> None:
    text = refused(monkeypatch, given)
    for word in words:
        assert word in text
    assert not [value for value in ("xapp-1", "xoxb-1", KEY) if value in text], "no secret is shown"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = repr(read(monkeypatch, MANY))
    assert KEY not in shown
    assert "client_secret=SecretStr('**********')" in shown


def test_each_setting_is_described() -> None:
    assert [name for name, field in SlackSettings.model_fields.items() if not field.description] == []
    assert variable("bot_token") == f"{PREFIX}BOT_TOKEN"


def test_several_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    other = new_key()
    assert read(monkeypatch, {**MANY, "encryption_key": f" {KEY} , {other},"}).keys == (KEY, other)


def test_building(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = Ground(Now(Clock()))
    with pytest.raises(NotConnected, match="Slack is not set up"):
        build(ground)
    for name, value in ONE.items():
        monkeypatch.setenv(variable(name), value)
    adapter = build(ground)
    assert adapter.name == "slack"
    assert adapter.capabilities.home
