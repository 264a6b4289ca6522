"""The next meeting among a community's events: only where there are such, only when asked for, and never twice."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.language.acts import Act, DropEvent, PlanEvent
from bot.language.adapter import Refused
from tests.program.house import PLATFORM, House, choices, opened, words


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        house.kits._platforms[PLATFORM] = replace(house.paper.capabilities, events=True)
        await house.introduced("ana", "bo", zones=("Europe/Lisbon", "Africa/Nairobi"))
        await house.until(datetime(2026, 9, 3, 9, tzinfo=UTC))
        yield house


async def choose(house: House, place: int = 0) -> None:
    await house.command("ana", "times")
    (offered,) = choices(house.paper.posts(to="ana")[-1])
    await house.press("ana", offered.token, offered.options[place].value)


def done(house: House, kind: type[Act]) -> list[Act]:
    return [act for _, act in house.paper.done if isinstance(act, kind)]


def answer(house: House, user: str) -> str:
    return words(house.paper.posts(to=user)[-1])


async def test_nothing_is_shown_to_everybody_unless_a_partner_asks(house: House) -> None:
    await choose(house)
    assert done(house, PlanEvent) == []
    told = next(post for post in house.paper.posts(kind="notice") if ":meet:" in post.key)
    (buttons,) = choices(told)
    assert [option.value for option in buttons.options] == ["another", "drop", "event"]
    await house.press("bo", buttons.token, "event")
    (planned,) = done(house, PlanEvent)
    assert isinstance(planned, PlanEvent)
    assert (planned.begins, planned.minutes) == (datetime(2026, 9, 9, 8, tzinfo=UTC), 60)
    assert planned.address.id == "hall" and not any(name in f"{planned}" for name in ("Ana", "Bo", "Lisbon"))
    assert "Everybody in this community can see" in answer(house, "bo")
    await house.press("ana", buttons.token, "event")
    assert "already" in answer(house, "ana") and len(done(house, PlanEvent)) == 1


async def test_the_next_meeting_can_follow(house: House) -> None:
    await choose(house)
    await house.press("ana", "meet:1", "event")
    await house.until(datetime(2026, 9, 10, 9, tzinfo=UTC))
    await house.press("ana", "meet:1", "event")
    assert [act.begins.day for act in done(house, PlanEvent) if isinstance(act, PlanEvent)] == [9, 23]


@pytest.mark.parametrize("what", ["another time", "no time", "no partner"])
async def test_an_event_goes_when_the_time_does(house: House, what: str) -> None:
    await choose(house)
    await house.press("ana", "meet:1", "event")
    if what == "no time":
        await house.press("bo", "meet:1", "drop")
    elif what == "no partner":
        await house.command("bo", "leave")
        await house.press("bo", house.question("bo"), "yes")
    else:
        await choose(house, 1)
    (dropped,) = done(house, DropEvent)
    assert isinstance(dropped, DropEvent)
    number = next(n for n, (_, act) in enumerate(house.paper.done, start=1) if isinstance(act, PlanEvent))
    assert dropped.target == f"m{number}"


async def test_what_is_refused_is_told_in_the_room_and_can_be_asked_for_again(house: House) -> None:
    def refuse(act: Act) -> None:
        if isinstance(act, PlanEvent):
            raise Refused("Counterpart may not put anything into the server's events.")

    house.paper.refuse = refuse
    await choose(house)
    await house.press("ana", "meet:1", "event")
    told = house.paper.posts(kind="notice")[-1]
    assert "may not put anything into the server's events" in words(told) and "Ana and Bo" in words(told)
    assert told.address == await house.room(1) and not house.paper.posts(kind="case")
    house.paper.refuse = lambda act: None
    await house.press("ana", "meet:1", "event")
    assert len(done(house, PlanEvent)) == 1


async def test_without_a_meeting_or_events_nothing_is_planned(house: House) -> None:
    await house.press("ana", "meet:1", "event")
    assert "no meeting that I could put" in answer(house, "ana")
    await choose(house)
    house.kits._platforms[PLATFORM] = house.paper.capabilities
    await house.press("ana", "meet:1", "event")
    assert "no meeting that I could put" in answer(house, "ana")
    await house.until(house.clock.now() + timedelta(hours=1))
    assert done(house, PlanEvent) == []


async def test_of_three_who_chose_a_time_one_asks_to_be_forgotten() -> None:
    async with opened() as house:
        house.kits._platforms[PLATFORM] = replace(house.paper.capabilities, events=True)
        await house.introduced("ana", "bo", "cy", zones=("Europe/Lisbon", "Europe/Rome", "Africa/Nairobi"))
        await house.until(datetime(2026, 9, 3, 9, tzinfo=UTC))
        await choose(house)
        await house.press("bo", "meet:1", "event")
        await house.command("cy", "forget-me")
        await house.press("cy", house.question("cy"), "yes")
        assert len(done(house, DropEvent)) == 1, "nobody would ever take it out of the community's events"
        assert "The time that you had chosen to meet went with them" in answer(house, "ana")
        assert "went with them" in answer(house, "bo")
