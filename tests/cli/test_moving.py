"""`counterpart copy` on the command line: what it says."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.stage import counterpart


def test_copy_says_what_was_copied_and_what_to_do_next() -> None:
    counterpart("migrate")
    with closing(sqlite3.connect("counterpart.db", isolation_level=None)) as connection:
        connection.execute("INSERT INTO community VALUES (1, 'paper', 'town', 'Town', 'hall', 'desk', NULL)")
    done = counterpart("copy", "--from", "sqlite:counterpart.db", "--to", "sqlite:other.db")
    assert done.exit_code == 0, done.output
    assert "From sqlite+aiosqlite:///counterpart.db to sqlite+aiosqlite:///other.db" in done.stdout
    assert "rows in all" in done.stdout and "both databases hold the same" in done.stdout
    assert "set COUNTERPART_DATABASE_URL to sqlite+aiosqlite:///other.db" in done.stdout
    assert "still connected" not in done.stderr
    again = counterpart("copy", "--from", "sqlite:counterpart.db", "--to", "sqlite:other.db")
    assert (again.exit_code, "is not empty: there are rows in community" in again.stderr) == (1, True), again.output


def test_copy_warns_when_somebody_is_connected() -> None:
    counterpart("migrate")
    connection = sqlite3.connect("counterpart.db")
    connection.execute("SELECT * FROM person").fetchall()
    done = counterpart("copy", "--from", "sqlite:counterpart.db", "--to", "sqlite:other.db")
    connection.close()
    assert (done.exit_code, "stop Counterpart, and copy again" in done.stderr) == (0, True), done.output


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("sqlite:none.db", "sqlite:other.db", "There is no database none.db to copy from."),
        ("none.db", "sqlite:other.db", "“none.db” is no address of a database. Write sqlite:///FILE"),
        ("sqlite:none.db", "mysql://bo:geheim@h/x", "“mysql:…” is no address of a database."),
    ],
)
def test_copy_refuses_in_words(source: str, target: str, sentence: str) -> None:
    refused = counterpart("copy", "--from", source, "--to", target)
    assert (refused.exit_code, sentence in refused.stderr) == (1, True), refused.output
    assert "geheim" not in refused.output
    assert not Path("none.db").exists() and not Path("other.db").exists()
