"""What several journeys share."""

import asyncio
from pathlib import Path

import pytest

from tests.journeys.applicants import export
from tests.journeys.played import Played, play
from tests.journeys.small import Ledger, ledger, live


@pytest.fixture(scope="session")
def round_of_ninety(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A whole round, played once on a messy file of about a hundred rows. Copy it before changing anything."""
    return asyncio.run(play(tmp_path_factory.mktemp("ninety"), export(seed=11, people=90)))


@pytest.fixture
def tampered(round_of_ninety: Played, tmp_path: Path) -> Played:
    """A copy of that round, to be tampered with."""
    return round_of_ninety.copy(tmp_path / "copy")


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """What reaches people in the small round when nothing goes wrong."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert asyncio.run(live(folder))
    return ledger(folder)
