"""What tests with real processes stand on."""

from collections.abc import AsyncIterator

import pytest

from tests.engine.conftest import postgresql_server, sqlite_template
from tests.processes.platform import Platform

__all__ = ["postgresql_server", "sqlite_template"]


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    """The platform's side, listening."""
    made = Platform()
    await made.open()
    yield made
    await made.close()
