"""From one number to one run, and to what the judge says of it."""

from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.simulation.disk import AFTER_COMMIT, BEFORE_COMMIT
from tests.simulation.judge import judge
from tests.simulation.plot import PLOTS, Plot
from tests.simulation.run import Change, Death, Outcome, Run, leave_alone
from tests.simulation.weather import CALM, WEATHERS, Climate, Weather
from tests.simulation.wire import AFTER_DEED, BEFORE_ACKNOWLEDGED, BEFORE_DEED, BEFORE_STORED

ON_FILE = 9
"""One seed in so many is played on a file, the others in memory."""
MARKS = {
    BEFORE_COMMIT: 100,
    AFTER_COMMIT: 100,
    BEFORE_DEED: 25,
    AFTER_DEED: 25,
    BEFORE_STORED: 12,
    BEFORE_ACKNOWLEDGED: 12,
}
"""How many moments of its kind a process lives at most, where its death is drawn."""


@cache
def undisturbed(plot: int) -> Outcome:
    """What happens in that plot when nothing goes wrong."""
    return Run(Plot(plot), Weather(0, CALM)).play()


def play(seed: int, change: Change = leave_alone, climate: Climate | None = None) -> Outcome:
    """The run of a seed."""
    climate = climate or WEATHERS[seed % len(WEATHERS)]
    chance = Random(f"deaths/{seed}")
    deaths = [_death(chance, climate) for _ in range(climate.deaths)]
    with TemporaryDirectory() as folder:
        # Several workers would each need a connection of their own to a file.
        file = Path(folder, "round.db") if climate.workers == 1 and seed % ON_FILE == 0 else None
        run = Run(Plot(plot_of(seed)), Weather(seed, climate), deaths=deaths, change=change, file=file)
        return run.play()


def complaints(seed: int, change: Change = leave_alone, climate: Climate | None = None) -> list[str]:
    """What is wrong with the run of a seed."""
    try:
        seen = play(seed, change, climate)
    except Exception as problem:  # the complaint about this seed
        return [f"the run broke off: {problem!r}"]
    return judge(seen, undisturbed(plot_of(seed)))


def plot_of(seed: int) -> int:
    """The plot that is played under that seed."""
    return Random(f"plot of/{seed}").randrange(PLOTS)


def _death(chance: Random, climate: Climate) -> Death:
    if chance.random() < 0.5:
        return Death(steps=chance.randint(1, climate.life))
    only = chance.choice(tuple(MARKS))
    return Death(marks=chance.randint(1, MARKS[only]), only=only)
