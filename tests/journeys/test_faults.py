"""A platform that drops, loses, delays and limits: everything still arrives, once and in order."""

from pathlib import Path
from random import Random

import pytest

from adapters.local.faults import Faults, Trouble
from tests.journeys.small import Ledger, ledger, live, lives


@pytest.mark.parametrize("seed", [1, 2])
async def test_trouble_of_every_kind_changes_nothing(tmp_path: Path, undisturbed: Ledger, seed: int) -> None:
    assert await live(tmp_path, faults=Faults(probability=0.15, seed=seed))
    assert ledger(tmp_path).by_address == undisturbed.by_address


@pytest.mark.parametrize("trouble", [Trouble.DROP, Trouble.LOST, Trouble.LATE, Trouble.LIMIT])
async def test_much_of_one_trouble_changes_nothing(tmp_path: Path, undisturbed: Ledger, trouble: Trouble) -> None:
    faults = Faults(probability=0.4, seed=5, troubles=(trouble,), seconds=40)
    assert await live(tmp_path, faults=faults)
    assert ledger(tmp_path).by_address == undisturbed.by_address


async def test_trouble_and_deaths_together_change_nothing(tmp_path: Path, undisturbed: Ledger) -> None:
    faults = Faults(probability=0.15, seed=3)
    assert await lives(tmp_path, Random(3), 150, faults=faults) >= 5
    assert ledger(tmp_path).by_address == undisturbed.by_address
