"""How fast Slack is asked: never faster than it allows, and nobody waits longer than needed."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.paces import POST, TIER_OF, Paces
from bot.language.adapter import Retry
from tests.adapters.slack_outward import Time
from tests.slackserver.bench import Clock
from tests.slackserver.limits import Limits
from tests.slackserver.spec import methods


def bench() -> tuple[Clock, Paces, Limits]:
    clock = Clock()
    return clock, Paces(Time(clock)), Limits(clock)


def wait(take: Callable[[], None]) -> float:
    """The seconds that are asked for, 0 if it may be done now."""
    try:
        take()
    except Retry as problem:
        assert problem.seconds > 0
        return problem.seconds
    return 0.0


def test_the_tiers_are_those_of_the_reference() -> None:
    assert {name: methods()[name].tier for name in TIER_OF} == TIER_OF


@pytest.mark.parametrize(("method", "most"), [("users.conversations", 20), ("chat.update", 50), ("views.publish", 100)])
def test_a_tier_is_kept(method: str, most: int) -> None:
    clock, paces, _ = bench()
    assert [wait(lambda: paces.take("T1", method)) for _ in range(most)] == [0.0] * most
    assert wait(lambda: paces.take("T1", method)) == 61.0
    assert wait(lambda: paces.take("T2", method)) == 0.0
    assert wait(lambda: paces.take("T1", "users.info")) == 0.0
    clock.turn(61)
    assert wait(lambda: paces.take("T1", method)) == 0.0


def test_what_waits_gets_a_turn_each() -> None:
    _, paces, _ = bench()
    waits = [wait(lambda: paces.take("T1", "conversations.create")) for _ in range(65)]
    assert waits == [0.0] * 20 + [61.0] * 20 + [122.0] * 20 + [183.0] * 5


def test_a_channel_takes_one_message_a_second() -> None:
    clock, paces, _ = bench()
    assert [wait(lambda: paces.take("T1", POST, "C1")) for _ in range(3)] == [0.0, 0.0, 1.0]
    assert wait(lambda: paces.take("T1", POST, "C2")) == 0.0
    clock.turn(0.4)
    assert wait(lambda: paces.take("T1", POST, "C1")) == pytest.approx(0.6)
    clock.turn(0.6)
    assert [wait(lambda: paces.take("T1", POST, "C1")) > 0 for _ in range(2)] == [False, True]


def test_a_workspace_takes_three_hundred_messages_a_minute() -> None:
    _, paces, _ = bench()
    waits = [wait(lambda number=number: paces.take("T1", POST, f"C{number}")) for number in range(301)]
    assert waits == [0.0] * 300 + [61.0]


def test_a_channel_that_rested_is_forgotten_and_like_new() -> None:
    clock, paces, _ = bench()
    for number in range(4_100):
        wait(lambda number=number: paces.take(f"T{number}", POST, "C1"))
        clock.turn(0.1)
    assert wait(lambda: paces.take("T4099", POST, "C1")) == 0.0
    assert wait(lambda: paces.take("T4099", POST, "C1")) > 0.0


def test_a_method_is_shut_for_as_long_as_slack_says() -> None:
    clock, paces, _ = bench()
    paces.take("T1", "chat.update")
    paces.shut("T1", "chat.update", 30)
    paces.shut("T1", "chat.update", 5)
    assert wait(lambda: paces.take("T1", "chat.update")) == 30.0
    assert wait(lambda: paces.take("T2", "chat.update")) == 0.0
    clock.turn(30)
    assert wait(lambda: paces.take("T1", "chat.update")) == 0.0


def test_a_look_takes_nothing() -> None:
    clock, paces, _ = bench()
    both = ("conversations.create", "conversations.invite")
    for _ in range(100):
        paces.check("T1", both)
    for _ in range(20):
        paces.take("T1", "conversations.create")
    assert wait(lambda: paces.check("T1", both)) == 61.0
    assert wait(lambda: paces.take("T1", "conversations.invite")) == 0.0
    clock.turn(61)
    paces.check("T1", both)


def test_three_hundred_rooms_take_a_quarter_of_an_hour() -> None:
    """Nobody asks in vain again and again, Slack never refuses, and twenty are opened in each minute."""
    clock, paces, limits = bench()
    begun = clock()
    queue: list[tuple[datetime, int]] = [(begun, number) for number in range(300)]
    asked = 0
    while queue:
        clock.time, number = heapq.heappop(queue)
        asked += 1
        seconds = wait(lambda: paces.take("T1", "conversations.create"))
        if seconds:
            heapq.heappush(queue, (clock() + timedelta(seconds=seconds), number))
        else:
            assert limits.wait(methods()["conversations.create"], "T1", "") == 0
    assert asked <= 600
    assert clock() - begun == timedelta(seconds=14 * 61)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["conversations.create", "chat.update", POST]), st.integers(0, 3), st.floats(0, 20)),
        max_size=400,
    )
)
def test_slack_never_needs_to_refuse(calls: list[tuple[str, int, float]]) -> None:
    clock, paces, limits = bench()
    for method, channel, seconds in calls:
        if not wait(lambda method=method, channel=channel: paces.take("T1", method, f"C{channel}")):
            assert limits.wait(methods()[method], "T1", f"C{channel}") == 0
        clock.turn(seconds)
