"""The judge notices when a part is broken: otherwise its silence about the whole ones would mean nothing."""

import pytest

from tests.simulation.broken import BROKEN
from tests.simulation.seeds import complaints

MOST = 200


@pytest.mark.parametrize("part", BROKEN)
def test_a_house_without_it_fails(part: str) -> None:
    broken = BROKEN[part]
    failing = next((seed for seed in range(MOST) if complaints(seed, broken.change, broken.climate)), None)
    assert failing is not None, f"nobody noticed that {part} is missing"
    assert complaints(failing, climate=broken.climate) == [], f"seed {failing} fails for another reason"
