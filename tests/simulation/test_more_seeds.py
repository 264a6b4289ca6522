"""The other half of the fixed hundred, in a file of its own so that two cores share them."""

import pytest

from tests.simulation.seeds import complaints
from tests.simulation.test_seeds import FIRST_HALF, FIXED, PARTS

SECOND_HALF = [seed for seed in FIXED if seed not in FIRST_HALF]


@pytest.mark.parametrize("part", range(PARTS))
def test_the_second_half_of_the_fixed_hundred(part: int) -> None:
    assert len(SECOND_HALF) + len(FIRST_HALF) == len(FIXED)
    assert {seed: found for seed in SECOND_HALF[part::PARTS] if (found := complaints(seed))} == {}
