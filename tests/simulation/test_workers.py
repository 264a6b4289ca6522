"""Two workers on one PostgreSQL, held up past their leases: whoever wakes up too late writes nothing."""

import pytest

from tests.engine.conftest import clone
from tests.simulation.judge import judge
from tests.simulation.plot import Plot
from tests.simulation.run import Run
from tests.simulation.weather import CALM, Climate, Weather

CROWDED = Climate(act=0.2, look_up=0.1, twice=0.1, unheard=0.05, workers=2, holds=200)
PEOPLE = 2


@pytest.mark.parametrize("seed", range(3))
def test_workers_that_share_a_server_do_everything_once(postgresql_server: str, seed: int) -> None:
    calm = Run(Plot(seed, PEOPLE), Weather(seed, CALM)).play()
    seen = Run(Plot(seed, PEOPLE), Weather(seed, CROWDED), server=clone(postgresql_server)).play()
    assert judge(seen, calm) == []
    assert len(seen.lives) == CROWDED.workers
    assert min(life.steps for life in seen.lives) > 200
