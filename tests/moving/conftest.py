"""Tests of moving and keeping data: real databases of both kinds."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL
from structlog.testing import capture_logs

from bot.addresses import address
from tests.engine.conftest import postgresql_server

__all__ = ["new_file", "new_postgresql", "postgresql_server", "quiet"]

_numbers = itertools.count(1)

New = Callable[[], URL]
"""Makes an empty database and gives its address."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nothing is printed."""
    with capture_logs():
        yield


@pytest.fixture
def new_file(tmp_path: Path) -> New:
    """Addresses of files that do not exist yet."""
    return lambda: address(f"sqlite:{tmp_path}/made{next(_numbers)}.db")


@pytest.fixture
def new_postgresql(postgresql_server: str) -> New:
    """Databases of PostgreSQL without a table."""

    def make() -> URL:
        name = f"moved_{next(_numbers)}"
        admin = postgresql_server.format(name="postgres").replace("+psycopg", "")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return address(postgresql_server.format(name=name))

    return make
