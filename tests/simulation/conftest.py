"""What all tests of the simulation need: quiet, and no search for garbage in the middle of a run."""

import gc
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from tests.engine.conftest import postgresql_server

__all__ = ["postgresql_server", "undistracted"]


@pytest.fixture(autouse=True)
def undistracted() -> Iterator[None]:
    """Troubles are logged nowhere: they are made on purpose. Garbage is collected after each test."""
    gc.disable()
    with capture_logs():
        yield
    gc.enable()
    gc.collect()
