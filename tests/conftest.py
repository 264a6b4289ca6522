"""What tests of every kind may ask for."""

import logging
import os
import shutil
from collections.abc import Iterator

import pytest

LONG = ("simulation", "processes", "journeys", "forgetting", "moving")
"""Folders of tests that take long."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: else one worker would still be at it when the others have nothing left to do."""
    items.sort(key=lambda item: not set(LONG) & set(item.path.parts))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program of a Chromium or Chrome, for Playwright's `executable_path`. `scripts/test` installs one."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    assert found, "no Chromium was found: start the tests with scripts/test, or name one in CHROMIUM"
    return found


@pytest.fixture(autouse=True)
def log_level() -> Iterator[None]:
    """What a test makes of the level of all logs ends with it: at `debug`, all later ones would take far longer."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
