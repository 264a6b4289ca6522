"""`counterpart run`, `migrate` and `doctor`, what goes wrong with them, and what is logged."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
import typer

from bot import logs
from bot.cli.words import in_words
from tests.cli.stage import counterpart
from tests.source import ROOT

PLUGIN = '''
"""A platform in a package of its own: says one thing when it is reached, and then that it was let go."""
from datetime import datetime, UTC
from bot.language.adapter import Capabilities
from bot.language.events import Said
from bot.language.places import Actor

class Paper:
    name, capabilities = "paper", Capabilities()
    async def start(self, receive):
        actor = Actor("paper", "town", "ana")
        await receive([Said("e1", datetime.now(UTC), actor, actor.direct, "hello")])
        print("reached", flush=True)
    async def stop(self):
        print("let go", flush=True)
    async def perform(self, act): raise NotImplementedError
    async def find(self, act, since=None): return None

def build(clock):
    return Paper()
'''


def command(*words: str, **environment: str) -> subprocess.Popen[str]:
    """A process of the command line, started in the current folder."""
    paths = [str(Path.cwd()), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def plugin(folder: Path) -> None:
    """A further adapter, installed as a package of its own."""
    (folder / "paper_platform.py").write_text(PLUGIN, encoding="utf-8")
    info = folder / "paper_platform-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: paper-platform\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        "[counterpart.adapters]\npaper = paper_platform:build\nbroken = paper_platform_that_is_not_there:build\n",
        encoding="utf-8",
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_connects_works_and_stops_when_asked_to(plugin: None, number: signal.Signals) -> None:
    settings = {"COUNTERPART_ADAPTERS": "paper", "COUNTERPART_LOG_FORMAT": "json"}
    with command("run", **settings) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reached\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "let go\n"), err
    said = [json.loads(line)["event"] for line in err.splitlines()]
    assert (said[0], said[-1]) == ("connected", "disconnected")
    rows = sqlite3.connect("counterpart.db").execute("SELECT event_id FROM inbox_event").fetchall()
    assert rows == [("e1",)]


def test_an_adapter_that_lacks_a_library_is_named(plugin: None) -> None:
    with command("run", COUNTERPART_ADAPTERS="broken") as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "The adapter “broken” cannot be loaded (No module named 'paper_platform_that_is_not_there')" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("adapters", "sentence"),
    [
        ("local", "The playground opens with `counterpart demo`."),
        ("telegraph", "no such adapter is installed. Install the package that brings it"),
    ],
)
def test_run_says_what_it_cannot_connect(monkeypatch: pytest.MonkeyPatch, adapters: str, sentence: str) -> None:
    monkeypatch.setenv("COUNTERPART_ADAPTERS", adapters)
    result = counterpart("run")
    assert (result.exit_code, sentence in result.stderr) == (1, True), result.output
    assert not Path("counterpart.db").exists()


def test_migrate_makes_the_database_and_then_changes_nothing() -> None:
    assert "up to date now (" in counterpart("migrate").stdout
    assert "up to date already (" in counterpart("migrate").stdout


def test_the_doctor_says_what_to_do_until_all_is_well() -> None:
    first = counterpart("doctor")
    assert first.exit_code == 1
    assert "ok     kit: “Librarians Across Borders” can be used" in first.stdout
    assert "counterpart.db does not exist yet: run `counterpart migrate`" in first.stdout
    assert not Path("counterpart.db").exists()
    counterpart("migrate")
    second = counterpart("doctor")
    assert (second.exit_code, "TO DO" in second.stdout) == (0, False), second.output


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PORT", "many", "TO DO  settings: COUNTERPART_PORT is wrong"),
        ("KIT", "gardeners", "TO DO  kit: gardeners:1: there is no kit of this name"),
        ("ADAPTERS", "telegraph", "TO DO  adapter: COUNTERPART_ADAPTERS names “telegraph”"),
        (
            "DATABASE_URL",
            "postgresql+psycopg://bo:geheim@127.0.0.1:9/x",
            "TO DO  database: postgresql+psycopg://bo:***@",
        ),
        ("DATABASE_URL", "sqlite+aiosqlite:////proc/none/x.db", "does not exist yet"),
    ],
)
def test_the_doctor_finds_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"COUNTERPART_{variable}", value)
    result = counterpart("doctor")
    assert (result.exit_code, sentence in result.stdout) == (1, True), result.output
    assert "geheim" not in result.output


def test_a_database_that_cannot_be_used_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_DATABASE_URL", "postgresql+psycopg://bo:geheim@127.0.0.1:9/x")
    for words in (["migrate"], ["report"]):
        result = counterpart(*words)
        assert (result.exit_code, "Connection refused" in result.stderr) == (1, True), result.output
        assert "geheim" not in result.output
        assert "Traceback" not in result.output


def test_a_newer_database_is_left_alone() -> None:
    counterpart("migrate")
    with sqlite3.connect("counterpart.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("UPDATE schema_form SET compatible_from = '9999'")
    assert counterpart("migrate").stderr.startswith("Update Counterpart before you go on:")
    assert "TO DO  database" in counterpart("doctor").stdout


def test_a_playground_cannot_listen_on_a_port_that_does_not_exist() -> None:
    result = counterpart("demo", "--port", "70000", "--no-browser")
    assert (result.exit_code, result.stderr) == (1, "--port 70000: a port is a number from 0 to 65535.\n")


def test_a_fault_of_ours_is_logged_under_the_id_that_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    written = io.StringIO()
    logs.configure(form="json", stream=written)
    with pytest.raises(typer.Exit) as stop, in_words():
        raise ZeroDivisionError("a secret of the program")
    told = capsys.readouterr().err
    logged = json.loads(written.getvalue())
    assert stop.value.exit_code == 1
    assert (logged["event"], logged["fault"] in told) == ("fault", True)
    assert "ZeroDivisionError" in logged["exception"]
    assert "secret" not in told


@pytest.mark.parametrize("form", ["console", "json"])
def test_secrets_and_locals_are_not_logged(form: str) -> None:
    written = io.StringIO()
    logs.configure("info", "json" if form == "json" else "console", secrets=["geheim", ""], stream=written)
    hidden_local = "only in a variable"
    try:
        raise ConnectionError(f"no way to bo:geheim@db after {len(hidden_local)}")
    except ConnectionError:
        structlog.get_logger().exception("lost", url="bo:geheim@db")
    structlog.get_logger().debug("too_quiet")
    text = written.getvalue()
    assert "lost" in text and "ConnectionError" in text and logs.HIDDEN in text
    assert "geheim" not in text and "only in a variable" not in text and "too_quiet" not in text
