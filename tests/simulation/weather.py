"""What goes wrong, and when: everything is drawn from one seed."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Trouble(StrEnum):
    """What meets a request."""

    NONE = "none"
    REFUSED = "connection refused"
    """Not done (Retry)."""
    LIMIT = "429"
    """Not done: come back later (Retry)."""
    ERROR = "5xx"
    """Not done, but nobody is told so (Unknown)."""
    LOST = "answer lost"
    """Done, but the answer gets lost (Unknown)."""
    LATE = "late"
    """Unknown now, done after a while."""
    SILENT = "silence"
    """No answer at all; done or not."""
    FAULT = "fault"
    """The adapter itself stumbles, before anything is sent."""


@dataclass(frozen=True, slots=True)
class Climate:
    """How bad it gets. All are chances from 0 to 1, `most` troubles for one act or event, `deaths` for a seed."""

    act: float = 0.0
    look_up: float = 0.0
    forgotten: float = 0.0
    twice: float = 0.0
    unheard: float = 0.0
    """The chance that an acknowledgement does not arrive."""
    slow: float = 0.0
    """The chance that an event is on its way for minutes, so that others overtake it."""
    most: int = 3
    deaths: int = 0
    workers: int = 1
    """Processes that share the database."""
    holds: int = 0
    """Where not 0, each is held up past its leases again and again, after at most so many awaits."""
    life: int = 1_500
    """Awaits that a process lives for at most, where its death is drawn."""


CALM = Climate()
STORMY = Climate(0.12, 0.15, 0.06, 0.08, 0.06, 0.06, deaths=5)
WEATHERS = (
    STORMY,
    Climate(act=0.35, look_up=0.3, most=3),
    Climate(forgotten=0.2, twice=0.3, unheard=0.2, slow=0.25),
    Climate(deaths=14, life=600),
    Climate(act=0.06, look_up=0.08, twice=0.05, slow=0.04, deaths=9, life=1_000),
    Climate(act=0.15, look_up=0.1, twice=0.05, unheard=0.05, workers=2, holds=300),
    Climate(act=0.05, slow=0.05, deaths=6, life=800, workers=3, holds=600),
)
"""One of these for each seed, in turn."""


class Weather:
    """The troubles of one run, in the order in which they are asked for."""

    def __init__(self, seed: int, climate: Climate) -> None:
        self.climate = climate
        self.chance = Random(f"weather/{seed}")
        self._met: Counter[str] = Counter()

    def for_act(self, key: str) -> Trouble:
        """What meets an act now."""
        return self._draw(key, self.climate.act, tuple(Trouble)[1:])

    def for_look_up(self, key: str) -> Trouble:
        """What meets a look-up now."""
        return self._draw(f"find:{key}", self.climate.look_up, (Trouble.REFUSED, Trouble.ERROR, Trouble.SILENT))

    def meets(self, what: str, chance: float) -> bool:
        """Whether this happens to it now; not for ever."""
        if self._met[what] >= self.climate.most or not self.happens(chance):
            return False
        self._met[what] += 1
        return True

    def happens(self, chance: float) -> bool:
        """Whether something of that likelihood happens."""
        return chance > 0 and self.chance.random() < chance

    def latency(self) -> float:
        """Seconds that a message needs over the wire."""
        return self.chance.uniform(0.02, 0.4) if self.climate is not CALM else 0.1

    def seconds(self, low: float, high: float) -> float:
        """Some time."""
        return round(self.chance.uniform(low, high), 3)

    def _draw(self, what: str, chance: float, troubles: tuple[Trouble, ...]) -> Trouble:
        return self.chance.choice(troubles) if self.meets(what, chance) else Trouble.NONE
