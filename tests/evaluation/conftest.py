"""Databases of both kinds for tests of evaluation."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from storage.database import Database
from storage.scratch import ScratchDatabase
from tests.engine.conftest import clone, postgresql_server

__all__ = ["empty", "postgresql_server", "quiet"]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> Database:
    """A database of each kind; whoever asks for it closes it."""
    # Not asynchronous: the server must not be started while an event loop runs.
    if request.param == "sqlite":
        return ScratchDatabase()
    return Database(clone(request.getfixturevalue("postgresql_server")))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nothing is printed."""
    with capture_logs():
        yield
