"""How fast Discord is asked: never faster than it allows, and nobody waits longer than needed."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.paces import PACES, REFUSALS, Deed, Paces
from bot.language.adapter import Retry
from tests.adapters.discord_outward import Clock, Time

WAY = "POST /channels/{channel_id}/messages:1"


def bench() -> tuple[Clock, Paces]:
    clock = Clock()
    return clock, Paces(Time(clock))


def wait(take: Callable[[], None]) -> float:
    """The seconds that are asked for, 0 if it may be done now."""
    try:
        take()
    except Retry as problem:
        assert problem.seconds > 0
        return problem.seconds
    return 0.0


def test_a_channel_takes_one_message_a_second() -> None:
    clock, paces = bench()

    def say(channel: str = "1", deed: Deed = "message") -> float:
        return wait(lambda: paces.take(channel, deed=deed, where=channel))

    assert [say() for _ in range(3)] == [0, 0, 1]
    assert say("2") == 0 and say(deed="edit") == 0
    clock.forward(seconds=0.4)
    assert say() == pytest.approx(0.6)
    clock.forward(seconds=0.6)
    assert [say() > 0 for _ in range(2)] == [False, True]


@pytest.mark.parametrize("deed", list(PACES))
def test_what_is_made_waits_for_its_turn(deed: Deed) -> None:
    clock, paces = bench()
    most, length = PACES[deed]
    within = length.total_seconds()
    waits: list[float] = []
    for number in range(most * 2 + 1):
        waits.append(wait(lambda number=number: paces.take(str(number), deed=deed, where="g")))
        if (number + 1) % 40 == 0:
            clock.forward(seconds=1)
    assert waits[:most] == [0.0] * most
    assert all(within - 2 <= seconds <= within for seconds in waits[most : 2 * most])
    assert waits[2 * most] >= 2 * within - 3
    assert wait(lambda: paces.take("x", deed=deed, where="another")) == 0


def test_conversations_that_were_asked_for_do_not_wait_behind_others() -> None:
    _, paces = bench()
    for number in range(10):
        paces.take(str(number), deed="direct")
    assert wait(lambda: paces.take("x", deed="direct")) == 61
    assert wait(lambda: paces.take("x", deed="prompted direct")) == 0


def test_forty_a_second_over_all() -> None:
    clock, paces = bench()
    waits = [wait(lambda number=number: paces.take(str(number))) for number in range(85)]
    assert waits == [0.0] * 40 + [1.0] * 40 + [2.0] * 5
    assert wait(lambda: paces.take("webhook", exempt=True)) == 0, "answers to interactions are not counted"
    clock.forward(seconds=1)
    assert wait(lambda: paces.take("x")) == 0


def test_what_discord_says_is_left() -> None:
    clock, paces = bench()
    paces.learn(WAY, 2, 3.5)
    assert [wait(lambda: paces.take(WAY)) for _ in range(3)] == [0, 0, 3.5]
    assert wait(lambda: paces.take("another")) == 0
    clock.forward(seconds=3.5)
    assert wait(lambda: paces.take(WAY)) == 0


def test_a_refused_way_is_shut_for_as_long_as_discord_says() -> None:
    clock, paces = bench()
    paces.shut(WAY, 30)
    paces.shut(WAY, 5)
    assert wait(lambda: paces.take(WAY)) == 30
    paces.shut_all(60)
    assert wait(lambda: paces.take("another")) == 60
    assert wait(lambda: paces.take("webhook", exempt=True)) == 60
    clock.forward(seconds=60)
    assert wait(lambda: paces.take(WAY)) == 0


def test_a_look_takes_nothing() -> None:
    clock, paces = bench()
    for _ in range(100):
        paces.check("channel", "g")
    most, length = PACES["channel"]
    for number in range(most):
        paces.take(str(number), deed="channel", where="g")
    assert wait(lambda: paces.check("channel", "g")) == length.total_seconds()
    assert wait(lambda: paces.check("channel", "other")) == 0
    clock.forward(seconds=length.total_seconds())
    paces.check("channel", "g")


def test_refusals_are_counted() -> None:
    clock, paces = bench()
    for _ in range(REFUSALS - 1):
        assert paces.refused() == 0
    clock.forward(minutes=10)
    assert paces.refused() == 0, "they were long ago"
    for _ in range(REFUSALS - 2):
        assert paces.refused() == 0
    clock.forward(minutes=4)
    assert paces.refused() == 360
    assert wait(lambda: paces.take("x")) == 360


def test_six_hundred_rooms_take_half_an_hour() -> None:
    """Nobody asks in vain again and again."""
    clock, paces = bench()
    begun = clock()
    queue: list[tuple[datetime, int]] = [(begun, number) for number in range(600)]
    asked = 0
    while queue:
        clock.time, number = heapq.heappop(queue)
        asked += 1
        if seconds := wait(lambda number=number: paces.take(str(number), deed="channel", where="g")):
            heapq.heappush(queue, (clock() + timedelta(seconds=seconds), number))
    assert asked <= 1_200
    assert clock() - begun <= timedelta(minutes=31)


def test_what_rested_is_forgotten_and_like_new() -> None:
    clock, paces = bench()
    for number in range(4_100):
        paces.learn(f"w{number}", 5, 1)
        paces.take(f"w{number}", deed="message", where=str(number))
        clock.forward(seconds=0.1)
    waits = [wait(lambda: paces.take("x", deed="message", where="4099")) for _ in range(3)]
    assert waits[0] == 0 and waits[-1] > 0


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 3)), max_size=300))
def test_discord_never_needs_to_refuse(calls: list[tuple[int, float]]) -> None:
    """Five messages in five seconds to a channel, and fifty calls in a second: whoever is let through keeps both."""
    clock, paces = bench()
    sent: list[tuple[datetime, int]] = []
    for channel, seconds in calls:
        if not wait(lambda channel=channel: paces.take(str(channel), deed="message", where=str(channel))):
            sent.append((clock(), channel))
        clock.forward(seconds=seconds)
    for at, channel in sent:
        later = [(when, where) for when, where in sent if at <= when]
        # Two may be said at once, and one more with each second: seven in five seconds, of which Discord tells in time.
        assert sum(where == channel and when < at + timedelta(seconds=3) for when, where in later) <= 5
        assert sum(when < at + timedelta(seconds=1) for when, _ in later) <= 40
