"""Tests of health: what is logged is kept away from the screen, where a traceback takes seconds to be drawn."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nothing is printed."""
    with capture_logs():
        yield
