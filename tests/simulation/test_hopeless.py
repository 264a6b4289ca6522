"""Weather in which nearly everything goes wrong for hours: slower than people's plans allow, but nothing may break."""

import pytest

from tests.simulation.judge import RULES
from tests.simulation.seeds import play
from tests.simulation.weather import Climate

HOPELESS = Climate(act=0.7, look_up=0.85, forgotten=0.3, twice=0.3, unheard=0.3, most=60, deaths=10, life=4_000)


@pytest.mark.parametrize("seed", [24])
def test_nothing_is_doubled_and_nobody_is_woken_up_although_nothing_works(seed: int) -> None:
    """What it comes to is not what it would have been; what a run owes by itself, it keeps."""
    seen = play(seed, climate=HOPELESS)
    assert [f"{rule.__name__}: {complaint}" for rule in RULES for complaint in rule(seen)] == []
    assert len(seen.town.asked) > 4 * len(seen.ledger)
