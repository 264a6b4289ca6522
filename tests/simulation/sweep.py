"""The sweep: a small round in calm weather, and a death at every single moment of it, one in each run."""

from collections.abc import Sequence
from functools import cache

from tests.simulation.judge import judge
from tests.simulation.plot import Plot
from tests.simulation.run import Death, Outcome, Run
from tests.simulation.weather import CALM, Weather

SMALL, PEOPLE = 7, 2


@cache
def undisturbed() -> Outcome:
    """The small round when nobody dies."""
    return _run(Death())


@cache
def moments() -> Sequence[Death]:
    """Every moment at which its one process can die: each await, and around each commit, deed and acknowledgement."""
    (life,) = undisturbed().lives
    awaits = [Death(steps=number) for number in range(1, life.steps + 1)]
    marks = [Death(marks=number, only=what) for what, many in life.marks.items() for number in range(1, many + 1)]
    return (*awaits, *marks)


def complaints(number: int) -> list[str]:
    """What is wrong with the round in which a process died at that moment, and the next went on."""
    seen = _run(moments()[number])
    first, *others = seen.lives
    if not first.dead or len(others) != 1:
        return ["nobody died"]
    return judge(seen, undisturbed())


def _run(death: Death) -> Outcome:
    return Run(Plot(SMALL, PEOPLE), Weather(0, CALM), deaths=[death]).play()
