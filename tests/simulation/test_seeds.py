"""Whatever the weather, and wherever processes die: nothing is lost, nothing is doubled, nobody is woken up."""

import hashlib
import os
import subprocess
import sys
from random import SystemRandom

import pytest

from tests.simulation.judge import by_address
from tests.simulation.plot import PLOTS
from tests.simulation.seeds import complaints, play, plot_of
from tests.simulation.weather import WEATHERS

FIXED = range(100)
FIRST_HALF = [seed for seed in FIXED if plot_of(seed) < PLOTS // 2]
"""Those of half of the plots: each of two cores need play only its own without disturbance."""
PARTS = 5
FRESH = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_the_first_half_of_the_fixed_hundred(part: int) -> None:
    assert {seed: found for seed in FIRST_HALF[part::PARTS] if (found := complaints(seed))} == {}


def test_a_fresh_handful() -> None:
    seeds = SystemRandom().sample(range(1_000, 1_000_000_000), FRESH)
    failed = {seed: found for seed in seeds if (found := complaints(seed))}
    assert failed == {}, "".join(f"\nscripts/simulate-faults --replay {seed}" for seed in failed)


def test_a_seed_is_the_same_run_wherever_it_is_played() -> None:
    """Otherwise a replay would be worth nothing: not even the order in which Python keeps sets may matter."""
    words = "from tests.simulation.test_seeds import told; print(told(5))"
    told_here = [told(5)] * 2
    environments = [{**os.environ, "PYTHONHASHSEED": number} for number in ("1", "2")]
    told_there = [
        subprocess.run([sys.executable, "-c", words], env=one, check=True, capture_output=True, text=True).stdout
        for one in environments
    ]
    assert [line.splitlines()[-1] for line in told_there] == told_here


def test_every_weather_does_its_worst() -> None:
    """A simulator in which nothing goes wrong would find nothing."""
    met = {number: play(number) for number in range(len(WEATHERS))}
    outcomes = {asked.outcome for seen in met.values() for asked in seen.town.asked}
    assert outcomes == {"done", "not done", "unknown", ""}
    deaths = {life.died_of for seen in met.values() for life in seen.lives if life.dead}
    assert "an await" in deaths and len(deaths) >= 3
    twice = [count for seen in met.values() for count in seen.town.acknowledged.values() if count > 1]
    assert len(twice) >= 5
    looked_up = sum(asked.what == "find" for seen in met.values() for asked in seen.town.asked)
    assert looked_up >= 30


def told(seed: int) -> str:
    """Everything that reached the platform under that seed, and when, in a few characters."""
    seen = play(seed)
    lines = [f"{entry.at} {entry.act.address} {entry.act.key}" for entry in seen.ledger]
    assert by_address(seen)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
