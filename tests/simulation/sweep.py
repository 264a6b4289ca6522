"""The sweep: a small round in calm weather, and a death at every single moment of it, one in each run."""

import asyncio
import json
import os
import warnings
from collections.abc import Collection, Mapping, Sequence
from functools import cache

from tests.simulation.judge import judge
from tests.simulation.loop import AN_AWAIT, Life
from tests.simulation.plot import Plot
from tests.simulation.run import Change, Death, Outcome, Run, leave_alone
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


def complaints(number: int, change: Change = leave_alone) -> list[str]:
    """What is wrong with the round in which a process died at that moment, and the next went on."""
    return _judged(_run(moments()[number], change))


def in_copies(numbers: Collection[int], change: Change = leave_alone) -> Mapping[int, list[str]]:
    """The same for many moments: one round is played, and at each of them a copy of this very process dies in it.

    What comes before a death need not be played anew, so that it takes half the time.
    """
    copies = _Copies({moments()[number]: number for number in numbers})
    try:
        found = _judged(_run(Death(asks=copies.dies_now), change))
    except BaseException as problem:  # the complaint of a copy, told through its pipe
        if not copies.pipe:
            raise
        found = [f"the run broke off: {problem!r}"]
    if copies.pipe:
        os.write(copies.pipe, json.dumps(found).encode())
        # At once: nothing of what the first process would do at its end is for its copies.
        os._exit(0)
    return copies.found


class _Copies:
    """Makes a copy of this process at each wanted moment, and hears what is wrong with its round."""

    def __init__(self, wanted: Mapping[Death, int]) -> None:
        self._wanted = wanted
        self.found: dict[int, list[str]] = {}
        self.pipe = 0
        """Where a copy says what it has found; 0 in the first process."""

    def dies_now(self, life: Life, what: str) -> bool:
        """Whether this process is the copy that dies at this moment."""
        moment = Death(steps=life.steps) if what == AN_AWAIT else Death(marks=life.marks[what], only=what)
        number = self._wanted.get(moment)
        if number is None or self.pipe:
            return False
        loop = asyncio.get_running_loop()
        here, there = os.pipe()
        with warnings.catch_warnings():
            # A copy has none of the threads of its process, and needs none.
            warnings.simplefilter("ignore", DeprecationWarning)
            copy = os.fork()
        if not copy:
            os.close(here)
            # asyncio takes a loop for running in the process alone that began it.
            asyncio._set_running_loop(loop)
            self.pipe = there
            return True
        os.close(there)
        with os.fdopen(here, "rb") as answer:
            said = answer.read()
        os.waitpid(copy, 0)
        self.found[number] = json.loads(said) if said else ["its process ended without a word"]
        return False


def _judged(seen: Outcome) -> list[str]:
    first, *others = seen.lives
    # Whoever dies at the very last await leaves nothing for a next one to do.
    if not first.dead or len(others) > 1:
        return ["nobody died"]
    return judge(seen, undisturbed())


def _run(death: Death, change: Change = leave_alone) -> Outcome:
    return Run(Plot(SMALL, PEOPLE), Weather(0, CALM), deaths=[death], change=change).play()
