"""Simulated people after the introduction: rooms, topics, asks, surveys, absences."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.local.people import Temper
from bot.flows.spec import Flow, Step, StepKind
from bot.language.events import Answered, Commanded, Event, Left, Said
from bot.language.messages import Choices, Option
from bot.language.places import Place
from tests.adapters.people_stage import START, Stage, ask, introduced, people, survey, topic


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
    ("temper", "earliest", "latest"), [(Temper.KEEN, 0, 1), (Temper.STEADY, 0, 3), (Temper.SLOW, 2, 5)]
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
    assert 12 * 8 <= len(said(stage)) <= 12 * (8 * 2 + 2)
    assert set(values(stage, "topic:")) == {"talked"}
    assert 15 < values(stage, "topic:").total() < 70


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


HOW = ("fine", "elsewhere", "busy", "partner_silent", "other_partner", "leave")
LABELS = ("All is well", "We talk elsewhere", "I am busy", "I wait for an answer", "Another partner", "I leave")


def checkin() -> Flow:
    options = tuple(map(Option, HOW, LABELS))
    how = Step("how", StepKind.CHOICE, "How is it going?", options=options)
    until = Step("until", StepKind.DATE, "Until when?", minimum=0, maximum=366, only_if=("how", ("busy",)))
    return Flow("checkin", "Check-in", (how, until), review=False)


@pytest.mark.parametrize(
    ("temper", "weeks", "expected"),
    [
        (Temper.KEEN, 3, {"fine"}),
        (Temper.SLOW, 3, {"fine"}),
        (Temper.ELSEWHERE, 3, {"elsewhere"}),
        (Temper.WANTS_ANOTHER, 4, {"fine", "other_partner"}),
        (Temper.NEVER_ARRIVES, 3, set()),
        (Temper.SILENT_WEEK_6, 8, {"busy"}),
    ],
)
def test_a_conversation_about_how_it_goes(temper: Temper, weeks: int, expected: set[str]) -> None:
    stage, rooms = introduced(people(temper, 40))
    stage.until(START + timedelta(weeks=weeks))
    for account in rooms:
        stage.start(account, checkin(), "nudge")
    stage.until(START + timedelta(weeks=weeks + 1))
    done = [talk.done for talk in stage.talks.values() if talk.done]
    assert {answers["how"] for answers in done} == expected
    assert all(("until" in answers) == (answers["how"] == "busy") for answers in done)
    assert all(talk.done or talk.state.revision == 1 for talk in stage.talks.values())


def test_who_will_be_away_says_until_when() -> None:
    stage, rooms = introduced(people(Temper.AWAY_FORTNIGHT, 12))
    told: dict[str, str] = {}
    while len(told) < len(rooms):
        stage.until(stage.clock.now() + timedelta(hours=1))
        for event in stage.events:
            if isinstance(event, Commanded) and event.actor.user not in told:
                told[event.actor.user] = event.text.split()[2]
                stage.start(event.actor.user, checkin(), "nudge")
    stage.until(START + timedelta(weeks=17))
    answers = {talk.account: talk.done for talk in stage.talks.values() if talk.done}
    assert len(answers) >= 8
    assert {account: (done["how"], done["until"]) for account, done in answers.items()} == {
        account: ("busy", told[account]) for account in answers
    }


def test_some_say_how_often_they_want_to_be_in_touch() -> None:
    profiles = people(Temper.STEADY, 40)
    stage = Stage(profiles, start=START)
    for profile in profiles:
        room = stage.room(profile.account)
        paces = Choices(f"pace:{profile.account}", (Option("weekly", "Every week"), Option("monthly", "Once a month")))
        stage.post(room, "introduction", "This is your room.", paces)
    stage.until(START + timedelta(weeks=1))
    assert set(values(stage, "pace:")) == {"weekly", "monthly"}
    assert 4 <= values(stage, "pace:").total() <= 20


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


def _mean(numbers: Iterable[int]) -> float:
    kept = list(numbers)
    return sum(kept) / len(kept)
