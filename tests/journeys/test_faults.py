"""A platform that drops, loses, delays and limits: everything still arrives, once and in order."""

from pathlib import Path
from random import Random

import pytest

from adapters.local.faults import Faults, Trouble
from tests.journeys.small import Ledger, ledger, live, lives


async def test_trouble_of_every_kind_changes_nothing(tmp_path: Path, undisturbed: Ledger) -> None:
    assert await live(tmp_path, faults=Faults(probability=0.15, seed=1))
    _same(tmp_path, undisturbed)


@pytest.mark.parametrize("trouble", [Trouble.DROP, Trouble.LOST, Trouble.LATE, Trouble.LIMIT])
async def test_much_of_one_trouble_changes_nothing(tmp_path: Path, undisturbed: Ledger, trouble: Trouble) -> None:
    faults = Faults(probability=0.4, seed=5, troubles=(trouble,), seconds=40)
    assert await live(tmp_path, faults=faults)
    _same(tmp_path, undisturbed)


async def test_trouble_and_deaths_together_change_nothing(tmp_path: Path, undisturbed: Ledger) -> None:
    faults = Faults(probability=0.15, seed=3)
    assert await lives(tmp_path, Random(3), 150, faults=faults) >= 5
    _same(tmp_path, undisturbed)


def _same(folder: Path, expected: Ledger) -> None:
    found = ledger(folder)
    assert found.twice == []
    assert found.by_address == expected.by_address
