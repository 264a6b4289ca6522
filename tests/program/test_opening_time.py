"""How long rooms take to open, where a platform lets only so many be opened in a minute."""

from datetime import timedelta

import pytest

from bot.language.markup import plain
from bot.program.proposals import opening_time
from bot.program.wording import Wording
from topics.kit import find_kit, load_kit


@pytest.mark.parametrize(
    ("rooms", "pace", "minutes"),
    [(300, 20.0, 15), (21, 20.0, 1.05), (20, 20.0, 0), (3, 20.0, 0), (300, 0.0, 0)],
)
def test_the_time_that_rooms_take(rooms: int, pace: float, minutes: float) -> None:
    assert opening_time(rooms, pace) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "ready", "end"),
    [
        (15, "14:20", "take about 15 minutes here: the last one can be open by 14:20 UTC."),
        (15, "", "take about 15 minutes here."),
        (0, "", "daytime for both partners."),
    ],
)
def test_coordinators_are_told(minutes: int, ready: str, end: str) -> None:
    say = Wording(load_kit(find_kit("teachers"))).say
    values = {"number": 1, "groups": 300, "by": "Bo", "starts": "Monday", "started": bool(ready)}
    assert plain(say("match.approved", minutes=minutes, ready=ready, **values)).endswith(end)
