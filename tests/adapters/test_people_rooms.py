"""Simulated people after the introduction: rooms, topics, asks, surveys, absences, and the coordinator's decisions."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from adapters.local.crowd import Seen
from adapters.local.people import DEFAULT_SHARES, Profile, Temper, cast, coordinator, tempers
from adapters.local.platform import Platform
from adapters.local.records import Record
from bot.language.events import Answered, Commanded, Event, Left, Said
from bot.language.messages import Choices, Option, say
from bot.language.places import Address, Place
from tests.adapters.people_stage import Hands, Stage, at, survey

START = at(9, 1, 9)
ZONES = ("Asia/Kolkata", "America/Chicago", "Pacific/Auckland", "Europe/Kyiv", "Africa/Lagos", "Asia/Kathmandu")
ASK = (
    Option("fine", "All is well", "primary"),
    Option("busy", "We are busy, but here"),
    Option("elsewhere", "We talk somewhere else"),
    Option("away", "I am away for a while"),
    Option("another", "I would like another partner"),
    Option("stop", "I want to stop"),
)
TOPIC = (Option("another", "Another topic"), Option("talked", "We talked about it"))


def people(temper: Temper, count: int = 12) -> list[Profile]:
    return [Profile(f"{temper}-{n}", "Somebody", zone=ZONES[n % len(ZONES)], temper=temper) for n in range(count)]


def introduced(profiles: Iterable[Profile], *, seed: int = 5) -> tuple[Stage, dict[str, Address]]:
    stage = Stage(list(profiles), seed=seed, start=START)
    rooms = {account: stage.room(account) for account in stage.crowd.accounts}
    for address in rooms.values():
        stage.post(address, "introduction", "This is your room.")
    return stage, rooms


def topic(stage: Stage, rooms: dict[str, Address], number: int) -> None:
    for account, address in rooms.items():
        stage.post(address, "topic", f"Topic {number}", Choices(f"topic:{account}:{number}", TOPIC))


def ask(stage: Stage, name: str = "1") -> None:
    for account in stage.crowd.accounts:
        stage.post(stage.direct(account), "nudge", "Are you there?", Choices(f"checkin:{account}:{name}", ASK))


def term(temper: Temper, count: int = 12) -> Stage:
    """Seventeen weeks with a topic in every second."""
    stage, rooms = introduced(people(temper, count))
    for number in range(1, 9):
        stage.until(START + timedelta(days=14 * number - 9))
        topic(stage, rooms, number)
    stage.until(START + timedelta(weeks=17))
    return stage


def said(stage: Stage) -> list[Event]:
    return [event for event in stage.events if isinstance(event, Said) and event.address.place is Place.ROOM]


def first_words(temper: Temper) -> list[timedelta]:
    stage, _ = introduced(people(temper))
    stage.until(START + timedelta(days=10))
    first: dict[str, datetime] = {}
    for event in said(stage):
        first.setdefault(event.actor.user, event.at)
    return [moment - START for moment in first.values()]


def values(stage: Stage, head: str) -> Counter[str]:
    pressed = [e for e in stage.events if isinstance(e, Answered) and e.token.startswith(head)]
    return Counter(e.values[0] for e in pressed)


@pytest.mark.parametrize(
    ("temper", "earliest", "latest"), [(Temper.KEEN, 0, 1), (Temper.STEADY, 1, 3), (Temper.SLOW, 2, 5)]
)
def test_first_words_come_in_the_manner_of_the_temper(temper: Temper, earliest: int, latest: int) -> None:
    waits = first_words(temper)
    assert len(waits) == 12
    assert timedelta(days=earliest) < min(waits) <= max(waits) < timedelta(days=latest)


def test_who_never_arrives_does_nothing_at_all() -> None:
    stage, rooms = introduced(people(Temper.NEVER_ARRIVES))
    topic(stage, rooms, 1)
    ask(stage)
    for account in rooms:
        stage.start(account, survey("middle"), "survey")
    stage.until(START + timedelta(weeks=17))
    assert stage.events == []


@pytest.mark.parametrize("temper", list(Temper))
def test_nobody_acts_in_their_night(temper: Temper) -> None:
    stage = term(temper)
    zones = {profile.account: profile.zone for profile in people(temper)}
    for event in stage.events:
        here = event.at.astimezone(ZoneInfo(zones[event.actor.user]))
        assert 8 <= here.hour < 20
        assert (event.at.minute, event.at.second) == (0, 0)


def test_topics_are_talked_about_in_the_following_days() -> None:
    stage = term(Temper.KEEN)
    assert 12 * 8 * 2 <= len(said(stage)) <= 12 * (8 * 3 + 2)
    assert set(values(stage, "topic:")) == {"talked"}
    assert 20 < values(stage, "topic:").total() < 90


def test_silence_falls_in_the_sixth_week() -> None:
    stage, rooms = introduced(people(Temper.SILENT_WEEK_6))
    for number in range(1, 9):
        stage.until(START + timedelta(days=14 * number - 9))
        topic(stage, rooms, number)
    last = {event.actor.user: event.at - START for event in said(stage)}
    assert len(last) == 12
    assert max(last.values()) < timedelta(weeks=6)
    ask(stage)
    stage.until(START + timedelta(weeks=17))
    assert values(stage, "checkin:").keys() <= {"busy"}
    assert max(event.at for event in said(stage)) - START < timedelta(weeks=6) or values(stage, "checkin:")


def test_leavers_leave_and_are_gone() -> None:
    stage = term(Temper.LEAVES)
    left = {event.actor.user: event.at for event in stage.events if isinstance(event, Left)}
    assert len(left) == 12
    assert all(event.at <= left[event.actor.user] for event in stage.events)
    assert all(timedelta(weeks=2) < moment - START < timedelta(weeks=10) for moment in left.values())


def test_the_absent_say_so_before_and_do_nothing_meanwhile() -> None:
    stage = term(Temper.AWAY_FORTNIGHT)
    zones = {profile.account: profile.zone for profile in people(Temper.AWAY_FORTNIGHT)}
    told = [event for event in stage.events if isinstance(event, Commanded)]
    assert len(told) == 12
    for command in told:
        word, first, last = command.text.split()
        assert word == "away"
        days = [
            event.at.astimezone(ZoneInfo(zones[event.actor.user])).date().isoformat()
            for event in stage.of(command.actor.user)
        ]
        assert command.at.date().isoformat() < first
        assert not [day for day in days if first <= day <= last]
        assert [day for day in days if day > last]


def test_another_partner_is_asked_for_by_command_or_when_asked() -> None:
    stage, _ = introduced(people(Temper.WANTS_ANOTHER, 20))
    stage.until(START + timedelta(weeks=4))
    told = {event.actor.user for event in stage.events if isinstance(event, Commanded)}
    assert {event.text for event in stage.events if isinstance(event, Commanded)} == {"another-partner"}
    ask(stage)
    stage.until(START + timedelta(weeks=5))
    answers = [e for e in stage.events if isinstance(e, Answered) and e.values == ("another",)]
    asked = {event.actor.user for event in answers}
    assert told
    assert asked
    assert not told & asked
    assert len(told | asked) >= 16


def test_who_talks_elsewhere_says_so() -> None:
    stage, rooms = introduced(people(Temper.ELSEWHERE))
    topic(stage, rooms, 1)
    stage.until(START + timedelta(weeks=3))
    assert Counter(event.actor.user for event in said(stage)) == dict.fromkeys(rooms, 1)
    ask(stage)
    stage.until(START + timedelta(weeks=5))
    assert set(values(stage, "checkin:")) == {"elsewhere"}
    assert len(said(stage)) == 12


def test_keen_people_answer_that_all_is_well_and_write() -> None:
    stage, _ = introduced(people(Temper.KEEN))
    stage.until(START + timedelta(weeks=3))
    before = len(said(stage))
    ask(stage)
    stage.until(START + timedelta(weeks=4))
    assert values(stage, "checkin:") == {"fine": 12}
    assert len(said(stage)) > before


def test_offers_in_other_messages_stay_unpressed() -> None:
    stage, rooms = introduced(people(Temper.KEEN))
    stage.until(START + timedelta(weeks=1))
    before = len(stage.events)
    for account in rooms:
        stage.post(stage.direct(account), "welcome", "Hello", Choices("withdraw:1", (Option("stop", "Withdraw"),)))
        stage.post(stage.direct(account), "reply", "Done.")
    stage.until(START + timedelta(weeks=2))
    assert len(stage.events) == before


@pytest.mark.parametrize("name", ["middle", "closing"])
def test_surveys_are_answered_to_their_end_by_most(name: str) -> None:
    stage, rooms = introduced(people(Temper.KEEN, 20) + people(Temper.SLOW, 40))
    stage.until(START + timedelta(weeks=8))
    runs = {account: stage.start(account, survey(name), "survey") for account in rooms}
    stage.until(START + timedelta(weeks=9))
    done = {account for account, run in runs.items() if stage.talks[run].done is not None}
    begun = {account for account, run in runs.items() if stage.talks[run].state.revision > 1}
    assert done == begun
    keen = {account for account in done if account.startswith("keen")}
    assert len(keen) >= 16
    assert 10 <= len(done - keen) <= 34
    question = "going" if name == "middle" else "program"
    marks = {account: int(str((stage.talks[runs[account]].done or {})[question])) for account in done}
    assert _mean(marks[account] for account in keen) > _mean(marks[account] for account in done - keen)
    for account, run in runs.items():
        if account not in done:
            stage.remind(run)
    stage.until(START + timedelta(weeks=10))
    assert len([run for run in runs.values() if stage.talks[run].done is not None]) > len(done)


def test_a_coordinator_approves_and_decides_at_a_sitting() -> None:
    stage = Stage([], start=at(9, 1, 22), coordinators=[coordinator("desk-1", "Europe/London")])
    desk = stage.platform.world.desk
    first = (Option("write", "Write to both"), Option("another", "Find another partner"), Option("end", "End it"))
    proposed = (Option("again", "Run again", "primary"), Option("approve", "Approve"))
    stage.post(desk, "proposal", "Pairs", Choices("match:3:1", proposed))
    for number in (1, 2):
        stage.post(desk, "case", "Somebody waits", Choices(f"case:{number}:1", first))
    stage.post(desk, "notice", "Somebody applied", Choices("other:1", (Option("ok", "Fine", "primary"),)))
    stage.until(at(9, 3))
    assert [_pressed(event) for event in stage.events] == [
        ("match:3:1", "approve"),
        ("case:1:1", "write"),
        ("case:2:1", "write"),
    ]
    assert len({event.at for event in stage.events}) == 1
    stage.post(desk, "case", "Still silent", Choices("case:1:2", first))
    stage.until(at(9, 5))
    stage.post(desk, "case", "Still silent", Choices("case:1:3", first))
    stage.until(at(9, 7))
    assert [_pressed(event) for event in stage.events[3:]] == [("case:1:2", "another"), ("case:1:3", "end")]


def test_an_edited_question_is_answered_as_it_reads_now() -> None:
    stage = Stage([], start=at(9, 1, 22), coordinators=[coordinator("desk-1")])
    desk = stage.platform.world.desk
    approve = Option("approve", "Approve")
    proposal = stage.post(desk, "proposal", "Pairs", Choices("match:3:1", (approve,)))
    case = stage.post(desk, "case", "Somebody waits", Choices("case:1:1", (Option("write", "Write"),)))
    stage.edit(desk, "proposal", proposal, "Other pairs", Choices("match:3:2", (approve,)))
    stage.edit(desk, "case", case, "They have written: closed.")
    stage.until(at(9, 4))
    assert [_pressed(event) for event in stage.events] == [("match:3:2", "approve")]
    assert stage.platform.next_due() is None


def test_the_same_calls_in_the_same_order_make_the_same_crowd() -> None:
    def story() -> list[Event]:
        stage, rooms = introduced(profile for temper in Temper for profile in people(temper, 3))
        topic(stage, rooms, 1)
        stage.until(START + timedelta(days=20))
        ask(stage)
        for account in rooms:
            stage.start(account, survey("middle"), "survey")
        stage.until(START + timedelta(weeks=12))
        return stage.events

    assert story() == story()


class Kept:
    """A journal in a list."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def append(self, record: Record) -> None:
        self.records.append(record)

    def close(self) -> None:
        pass


@pytest.mark.parametrize("days", [3, 33, 60])
def test_after_a_restart_the_crowd_is_where_it_was(days: int) -> None:
    profiles = [profile for temper in Temper for profile in people(temper, 2)]
    journal = Kept()
    stage = Stage(profiles, start=START, journal=journal)
    rooms = {profile.account: stage.room(profile.account) for profile in profiles}
    for address in rooms.values():
        stage.post(address, "introduction", "This is your room.")
    topic(stage, rooms, 1)
    ask(stage)
    stage.until(START + timedelta(days=days))
    topic(stage, rooms, 2)
    again = Platform(Hands(START), crowd=cast(7, profiles), keep_texts=False)
    again.replay(journal.records)
    known = set(again.waiting)
    while (due := again.next_due()) is not None:
        again.clock.set(due)
        again.let_people_act()
    stage.until(START + timedelta(weeks=17))
    later = [event for event in again.waiting.values() if event.event_id not in known]
    assert later
    assert later == [event for event in stage.events if event.at > START + timedelta(days=days)]


def test_tempers_follow_the_shares_and_only_the_account() -> None:
    ids = [f"p{n}" for n in range(4_000)]
    found = tempers(1, ids)
    counts = Counter(found.values())
    total = sum(DEFAULT_SHARES.values())
    assert {temper: counts[temper] / 4_000 for temper in Temper} == pytest.approx(
        {temper: share / total for temper, share in DEFAULT_SHARES.items()}, abs=0.03
    )
    assert tempers(1, ids[10:20]) == {identity: found[identity] for identity in ids[10:20]}
    assert set(tempers(1, ids, {Temper.SLOW: 2}).values()) == {Temper.SLOW}
    for shares in ({}, {Temper.SLOW: 0.0}, {Temper.SLOW: 2, Temper.KEEN: -1}):
        with pytest.raises(ValueError, match="shares"):
            tempers(1, ids, shares)


def test_a_post_that_needs_no_answer_costs_next_to_nothing() -> None:
    crowd = cast(1, [Profile(f"p{n}", "Somebody") for n in range(1_500)])
    hall = Address("local", "playground", Place.HALL, "hall")
    posts = [Seen(f"p{n}", hall, say("Something to read", "and more"), "notice", "k", START) for n in range(1_500)]
    began = process_time()
    for _ in range(10):
        for seen in posts:
            crowd.on_post(seen)
    # 20 microseconds for each, with room for a slow machine.
    assert process_time() - began < 15_000 * 20e-6 * 4
    assert crowd.next_due() is None


def _mean(numbers: Iterable[int]) -> float:
    kept = list(numbers)
    return sum(kept) / len(kept)


def _pressed(event: Event) -> tuple[str, str]:
    assert isinstance(event, Answered)
    return event.token, event.values[0]
