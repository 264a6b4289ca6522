"""What is cleared up, what is kept, and that nobody waits for it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.app import build
from bot.engine.calendar import Calendar
from bot.language.acts import Post
from bot.language.events import Commanded
from bot.language.messages import say
from bot.program.privacy import Privacy
from bot.program.retention import BREATH, KEYS, STANDING, RetentionWatch
from storage.communications import Announcement
from storage.people import Account
from storage.rounds import Round
from storage.traffic import FlowRun, InboxEvent, Occurrence, OutboxAct
from tests.program.house import House, kit, opened

DAY = timedelta(days=1)
KEEP = timedelta(days=30)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        kept = build(house.database, house.clock, [house.paper], kit(), privacy=Privacy(keep=KEEP))
        house.engine, house.kits = kept.engine, kept.kits
        yield house


async def later(house: House, time: timedelta) -> None:
    """So much later, and everything done that was due: nothing of interest comes day by day."""
    house.clock.set(house.clock.now() + time)
    await house.until(house.clock.now() + DAY)


async def ended(house: House) -> None:
    async with house.turn() as turn:
        (await turn.get(Round, 1)).state = "ended"


async def test_words_go_after_a_month_and_keys_stay(house: House) -> None:
    await house.live("ana", "bo")
    await ended(house)
    began = len(await house.rows(OutboxAct))
    await later(house, KEEP - 2 * DAY)
    assert all(act.payload for act in await house.rows(OutboxAct) if act.state == "sent")
    await house.until(house.clock.now() + 3 * DAY)
    acts = await house.rows(OutboxAct)
    assert len(acts) >= began, "no key is gone"
    old = house.clock.now() - KEEP - DAY
    over = [act for act in acts if act.state in ("sent", "cancelled") and act.due_at < old]
    assert {act.lane.split("/")[2] for act in over if act.payload} <= {"room", "desk"}
    await later(house, STANDING)
    acts = await house.rows(OutboxAct)
    assert not any(act.payload for act in acts if act.kind == "introduction")


async def test_an_event_is_deduplicated_for_as_long_as_its_id_is_kept(house: House) -> None:
    await ended(house)
    for name in ("first", "second"):
        await house.receive(Commanded(name, house.clock.now(), house.actor("ana"), house.direct("ana"), "help"))
    await house.until(house.clock.now() + KEEP - DAY)
    done = len(house.paper.done)
    await house.receive(Commanded("first", house.clock.now(), house.actor("ana"), house.direct("ana"), "help"))
    assert len(house.paper.done) == done
    await house.until(house.clock.now() + 3 * DAY)
    assert [event.event_id for event in await house.rows(InboxEvent)] == ["second"], "the newest stays for its id"


async def test_what_waits_or_failed_is_not_lost(house: House) -> None:
    await ended(house)
    async with house.turn() as turn:
        turn.send(Post("later", "notice", house.direct("ana"), say("Hello")), due_at=turn.now + 2 * KEEP)
        for number, state in enumerate(("new", "parked", "done", "done")):
            row = InboxEvent(
                platform="paper",
                community="gone",
                event_id=f"e{number}",
                payload="{}",
                received_at=turn.now - 2 * KEEP,
                state=state,
                retry_at=turn.now + 9 * KEEP,
            )
            turn.session.add(row)
    await house.until(house.clock.now() + 2 * DAY)
    assert [(row.state, row.payload) for row in await house.rows(InboxEvent)] == [
        ("new", "{}"),
        ("parked", ""),
        ("done", "{}"),
    ]
    assert [act.state for act in await house.rows(OutboxAct)] == ["waiting"]
    await house.until(house.clock.now() + 2 * KEEP)
    assert len(house.paper.posts("later")) == 1


async def test_keys_and_moments_go_when_no_round_can_need_them(house: House) -> None:
    await house.introduced("ana", "bo")
    await ended(house)
    await later(house, KEYS + 3 * DAY)
    acts = await house.rows(OutboxAct)
    sent = [act.lane for act in acts if act.state == "sent"]
    assert len(sent) == len(set(sent)), "of each conversation the last message stays, for the platform to find it by"
    assert len(await house.rows(Occurrence)) == 1, "the newest stays for its id"


async def test_moments_of_a_round_that_runs_stay_however_old(house: House) -> None:
    before = len(await house.rows(Occurrence))
    async with house.turn() as turn:
        for row in await turn.session.exec(select(Occurrence)):
            row.handled_at = turn.now - 2 * KEYS
    await house.until(house.clock.now() + 2 * DAY)
    assert len(await house.rows(Occurrence)) >= before


async def test_answers_of_conversations_that_are_over_go_and_open_ones_stay(house: House) -> None:
    await house.person("ana", applies=False)
    await ended(house)
    async with house.turn() as turn:
        account = (await turn.session.exec(select(Account).where(Account.external_id == "ana"))).one()
        for status in ("done", "open", "over", "done"):
            turn.session.add(
                FlowRun(
                    program_id=1,
                    person_id=account.person_id,
                    account_id=account.id or 0,
                    flow="registration",
                    status=status,
                    state='{"step":"x","revision":1,"since":1,"answers":{}}',
                    started_at=turn.now,
                    changed_at=turn.now - KEEP - DAY,
                )
            )
    await house.until(house.clock.now() + 2 * DAY)
    assert [bool(run.state) for run in await house.rows(FlowRun)] == [False, True, False, True]


async def test_the_words_of_announcements_go_and_that_they_were_made_stays(house: House) -> None:
    await house.live("ana", "bo")
    await ended(house)
    async with house.turn() as turn:
        for state in ("dropped", "sent"):
            row = Announcement(program_id=1, round_id=1, person_id=1, audience="everybody", text="Hello", state=state)
            row.made_at = house.clock.now()
            turn.session.add(row)
    await later(house, KEEP - 2 * DAY)
    assert [row.text for row in await house.rows(Announcement)] == ["Hello", "Hello"]
    await later(house, 3 * DAY)
    assert [row.text for row in await house.rows(Announcement)] == ["", "Hello"]
    await later(house, STANDING)
    assert [(row.text, row.state) for row in await house.rows(Announcement)] == [("", "dropped"), ("", "sent")]


async def test_each_window_is_a_transaction_of_its_own_and_a_stop_goes_on(house: House) -> None:
    await ended(house)
    async with house.turn() as turn:
        for number in range(23):
            turn.post(house.direct("ana"), "notice", f"n{number}", "Hello")
    await house.until(house.clock.now() + timedelta(minutes=1))
    house.clock.set(house.clock.now() + KEEP + DAY)
    for gone in (5, 10, 15, 20):
        # Each time another process: nothing is remembered but the row.
        calendar = Calendar(house.database, house.clock, [RetentionWatch(KEEP, window=5)])
        assert await calendar.ring() == 1
        left = [act for act in await house.rows(OutboxAct) if act.payload]
        assert len(left) == 23 - gone, "the others wait for the next window"
        assert await calendar.ring() == 0, "others have the database first"
        house.clock.set(house.clock.now() + BREATH)
    await Calendar(house.database, house.clock, [RetentionWatch(KEEP, window=5)]).ring()
    assert [act.key for act in await house.rows(OutboxAct) if act.payload] == ["n22"]


async def test_it_comes_once_a_day(house: House) -> None:
    await house.until(house.clock.now() + DAY)
    watch = RetentionWatch(KEEP)
    async with house.database.transaction() as session:
        due = await watch.next(session, house.clock.now())
    assert due is not None and due.hour == 3 and house.clock.now() < due <= house.clock.now() + DAY
