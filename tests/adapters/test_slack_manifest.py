"""The app's manifest: valid by Slack's own schema, and enough for everything that the adapter does."""

import json
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet
from jsonschema import Draft7Validator
from typer.testing import CliRunner

from adapters.slack.cli import command_line
from adapters.slack.manifest import EVENTS, SCOPES, manifest
from adapters.slack.settings import Way
from tests.adapters.slack_inward import COMMANDS
from tests.slackserver.spec import SCOPES_OF_EVENTS
from tests.slackserver.state import Json

SCHEMA = Path(__file__).parents[1] / "slackserver" / "specs" / "manifest.schema.json"
URL = "https://mentoring.example.org"


def faults(made: Json) -> list[str]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return [error.message for error in Draft7Validator(schema).iter_errors(made)]


@pytest.mark.parametrize("way", list(Way))
def test_it_is_valid(way: Way) -> None:
    made = manifest(COMMANDS, way, "" if way is Way.SOCKETS else URL)
    assert faults(made) == []
    assert made["settings"]["socket_mode_enabled"] is (way is Way.SOCKETS)
    assert made["settings"]["interactivity"]["is_enabled"]
    assert not made["settings"]["org_deploy_enabled"]
    assert made["features"]["bot_user"]["always_online"]
    assert made["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    (command,) = made["features"]["slash_commands"]
    # What only coordinators may do is not held out to everybody.
    assert (command["command"], command["usage_hint"]) == ("/mentoring", "help | note | pause")
    assert not faults(manifest((), way, URL))


def test_the_schema_finds_faults() -> None:
    made = manifest(COMMANDS, Way.SOCKETS)
    made["features"]["slash_commands"][0]["command"] = "mentoring"
    assert faults(made)


def test_addresses() -> None:
    assert "https://" not in json.dumps(manifest(COMMANDS, Way.SOCKETS))
    for way in (Way.HTTP, Way.OAUTH):
        made = manifest(COMMANDS, way, URL)
        events = f"{URL}/slack/events"
        assert made["settings"]["event_subscriptions"]["request_url"] == events
        assert made["settings"]["interactivity"]["request_url"] == events
        assert made["features"]["slash_commands"][0]["url"] == events
        redirects = made["oauth_config"].get("redirect_urls")
        assert redirects == ([f"{URL}/slack/oauth_redirect"] if way is Way.OAUTH else None)


def test_each_event_has_a_scope_and_no_public_channel_is_read() -> None:
    for event in EVENTS:
        needed = SCOPES_OF_EVENTS[event]
        assert not needed or needed & set(SCOPES), event
    assert not {"channels:history", "channels:read", "search:read"} & set(SCOPES)
    assert len(set(SCOPES)) == len(SCOPES)


def test_the_command_line() -> None:
    app, runner = command_line(COMMANDS), CliRunner()
    printed = runner.invoke(app, ["manifest"])
    assert json.loads(printed.stdout) == manifest(COMMANDS, Way.SOCKETS)
    http = runner.invoke(app, ["manifest", "--http", "--url", f"{URL}/", "--yaml"])
    assert yaml.safe_load(http.stdout) == manifest(COMMANDS, Way.HTTP, URL)
    many = runner.invoke(app, ["manifest", "--http", "--many", "--url", URL])
    assert json.loads(many.stdout) == manifest(COMMANDS, Way.OAUTH, URL)
    assert Fernet(runner.invoke(app, ["key"]).stdout.strip())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--http"], "--url"),
        (["--http", "--url", "http://m.example.org"], "https://"),
        (["--many"], "--http"),
        (["--url", URL], "--http"),
    ],
)
def test_what_does_not_go_together(given: list[str], words: str) -> None:
    told = CliRunner().invoke(command_line(COMMANDS), ["manifest", *given])
    assert told.exit_code == 2
    assert words in told.output
