"""The other half of the fixed hundred, in a file of its own so that two cores share them."""

import pytest

from tests.simulation.seeds import complaints
from tests.simulation.test_seeds import HALF


@pytest.mark.parametrize("first", range(HALF, 2 * HALF, 10))
def test_the_second_half_of_the_fixed_hundred(first: int) -> None:
    assert {seed: found for seed in range(first, first + 10) if (found := complaints(seed))} == {}
