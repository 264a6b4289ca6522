"""`counterpart outbox` and `inbox`: dead letters are seen, tried again without being doubled, and dropped."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot import logs
from bot.engine.clock import VirtualClock
from bot.language.adapter import Gone, Unknown
from bot.language.events import Event
from storage.database import Database
from storage.migrate import migrate
from tests.cli.stage import URL, counterpart
from tests.engine.office import START, Lost, Office, Pigeons, post, run_out, said


@pytest.fixture
def pigeons() -> Pigeons:
    """The platform, which stays while the program comes and goes."""
    return Pigeons(VirtualClock(START))


def play(pigeons: Pigeons, work: Callable[[Office], Awaitable[None]]) -> Office:
    """Have a process work on the database for a while."""

    # The command that ran before has let go of the output that it logged to.
    logs.configure(stream=io.StringIO())

    async def played() -> Office:
        database = Database(URL)
        await migrate(database)
        office = Office(database, pigeons)
        try:
            await work(office)
        finally:
            await database.close()
        return office

    return asyncio.run(played())


def sent(pigeons: Pigeons) -> list[str]:
    """The keys of all that was done, in order, without what followed from it."""
    return [key for key in pigeons.keys if not key.startswith("then:")]


async def send(office: Office) -> None:
    await office.enqueue(post("lost", "ana"), post("fine", "ben"), then="welcomed")
    await office.enqueue(post("later", "cem"), after=timedelta(days=3))
    await office.engine.settle()


async def stumble(office: Office) -> None:
    def fall(event: Event) -> None:
        raise ZeroDivisionError("a fault of ours")

    office.stumble = fall
    await office.inbox.receive([said("e1", "ana")])
    await run_out(office, 1_000)


def test_a_dead_act_is_listed_shown_tried_again_and_sent_once(pigeons: Pigeons) -> None:
    pigeons.trouble["lost"] = [Gone("nobody there")]
    play(pigeons, send)
    listed = counterpart("outbox", "list")
    assert "gone: nobody there" in listed.stdout and "pigeons/loft/direct/ana" in listed.stdout
    assert "fine" not in listed.stdout and "`counterpart outbox retry ID` tries again" in listed.stderr
    shown = counterpart("outbox", "show", "1")
    assert "welcomed" in shown.stdout and "2026-09-01 09:00 UTC" in shown.stdout and "Hello" not in shown.stdout
    again = counterpart("outbox", "retry", "1")
    assert (again.exit_code, again.stdout.startswith("Act 1 was dead. It is looked up")) == (0, True), again.output
    play(pigeons, run_out)
    assert (sent(pigeons), pigeons.looked_up) == (["fine", "lost", "later"], ["lost"])
    assert "Act 1 was sent." in counterpart("outbox", "retry", "1").stderr
    assert counterpart("outbox", "list").stdout == "There is no act that is dead or unknown.\n"


def test_a_dead_act_that_was_done_after_all_is_not_done_again(pigeons: Pigeons) -> None:
    """The answer got lost, then its place seemed gone, and later it turns out to be there."""
    pigeons.trouble["lost"], pigeons.find_trouble["lost"] = [Lost()], [Gone("no such place")] * 9

    async def until_given_up(office: Office) -> None:
        await send(office)
        await office.pass_time(60)

    play(pigeons, until_given_up)
    assert "unknown" in counterpart("outbox", "list", "--state", "unknown").stdout
    pigeons.find_trouble.clear()
    assert counterpart("outbox", "retry", "1").stdout.startswith("Act 1 was unknown. It is looked up")
    play(pigeons, run_out)
    assert pigeons.keys.count("lost") == 1


def test_an_act_that_is_dropped_is_never_sent(pigeons: Pigeons) -> None:
    pigeons.trouble["lost"] = [Unknown("no answer")]
    play(pigeons, send)
    dropped = counterpart("outbox", "drop", "1")
    assert "Act 1 (notice to pigeons/loft/direct/ana) is dropped" in dropped.stdout
    assert "What was to follow from it (welcomed) does not happen" in dropped.stderr
    assert "Act 3" in counterpart("outbox", "drop", "3").stdout
    play(pigeons, run_out)
    assert sent(pigeons) == ["fine"]
    for deed in ("drop", "retry"):
        refused = counterpart("outbox", deed, "1")
        assert (refused.exit_code, "was called off or dropped" in refused.stderr) == (1, True), refused.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("retry", "3"), "Act 3 waits already, and goes out when it is due."),
        (("retry", "2"), "Act 2 was sent."),
        (("drop", "2"), "Act 2 was sent. There is nothing to drop."),
        (("show", "99"), "There is no act 99. `counterpart outbox list` shows those that need somebody."),
        (("retry", "9" * 30), "There is no act 999"),
        (("list", "--state", "lost"), "--state lost: write one of dead, unknown, waiting"),
    ],
)
def test_what_cannot_be_done_about_an_act_is_said(pigeons: Pigeons, words: tuple[str, ...], sentence: str) -> None:
    play(pigeons, send)
    refused = counterpart("outbox", *words)
    assert (refused.exit_code, sentence in refused.stderr) == (1, True), refused.output


def test_an_act_on_its_way_is_left_alone(pigeons: Pigeons) -> None:
    async def stop_halfway(office: Office) -> None:
        def look(act: object) -> None:
            raise KeyboardInterrupt

        pigeons.meanwhile = look
        await office.enqueue(post("1"))
        await office.engine.settle()

    with pytest.raises(KeyboardInterrupt):
        play(pigeons, stop_halfway)
    for deed in ("retry", "drop"):
        assert "Act 1 is being sent just now" in counterpart("outbox", deed, "1").stderr
    assert "claimed" in counterpart("outbox", "list", "--state", "claimed").stdout


def test_the_doctor_tells_of_dead_letters(pigeons: Pigeons) -> None:
    pigeons.trouble["lost"], pigeons.trouble["later"] = [Gone("nobody there")], [Unknown("no answer")]

    async def all_of_it(office: Office) -> None:
        await send(office)
        await stumble(office)
        await office.pass_time(timedelta(days=3).total_seconds())

    play(pigeons, all_of_it)
    told = counterpart("doctor").stdout
    assert "TO DO  outbox: 1 dead act: see `counterpart outbox list`, then retry or drop each" in told
    assert "ok     outbox: 1 act of unknown outcome, looked up further" in told
    assert "TO DO  inbox: 1 event given up: see `counterpart inbox list`" in told
    counterpart("outbox", "drop", "1")
    counterpart("inbox", "retry", "1")
    told = counterpart("doctor").stdout
    assert "ok     outbox: no dead act" in told and "ok     inbox: no event given up" in told


def test_many_are_counted_and_not_all_shown(pigeons: Pigeons) -> None:
    async def many(office: Office) -> None:
        await office.enqueue(*(post(f"{n}", f"p{n}") for n in range(60)), after=timedelta(days=1))

    play(pigeons, many)
    listed = counterpart("outbox", "list", "--state", "waiting")
    assert "… and 10 more." in listed.stdout and listed.stdout.count("waiting") == 50


def test_a_parked_event_is_listed_and_handled_again(pigeons: Pigeons) -> None:
    office = play(pigeons, stumble)
    fault = office.sorry[0][1]
    listed = counterpart("inbox", "list")
    assert "parked" in listed.stdout and fault in listed.stdout and "pigeons/loft/ana" in listed.stdout
    assert "hello" not in listed.stdout, "what somebody said is not shown"
    assert counterpart("inbox", "retry", "1").stdout.startswith("Event 1 is handled again.")
    assert "Event 1 waits already" in counterpart("inbox", "retry", "1").stderr
    assert play(pigeons, run_out).handled == ["e1"]
    assert pigeons.keys == [f"fault:{fault}", "answer:e1"], "its author is told once, and answered in the end"
    assert counterpart("inbox", "list").stdout == "There is no event that failed.\n"
    assert "Event 1 was handled or dropped." in counterpart("inbox", "drop", "1").stderr


def test_what_was_cleared_away_can_only_be_dropped(pigeons: Pigeons) -> None:
    pigeons.trouble["lost"] = [Gone("nobody there")]

    async def cleared(office: Office) -> None:
        await send(office)
        await stumble(office)
        async with office.database.connection() as connection:
            await connection.execute(text("UPDATE outbox_act SET payload = ''"))
            await connection.execute(text("UPDATE inbox_event SET payload = ''"))

    play(pigeons, cleared)
    for where in ("outbox", "inbox"):
        refused = counterpart(where, "retry", "1")
        assert (refused.exit_code, "It can only be dropped." in refused.stderr) == (1, True), refused.output
        assert counterpart(where, "list").exit_code == 0
        assert counterpart(where, "drop", "1").exit_code == 0


def test_a_parked_event_that_is_dropped_is_never_handled(pigeons: Pigeons) -> None:
    play(pigeons, stumble)
    assert "Event 1 is dropped" in counterpart("inbox", "drop", "1").stdout
    assert play(pigeons, run_out).handled == []
    for deed in ("drop", "retry"):
        assert "Event 1 was handled or dropped." in counterpart("inbox", deed, "1").stderr
    assert "There is no event 7." in counterpart("inbox", "drop", "7").stderr


@pytest.mark.parametrize("words", [("outbox", "list"), ("inbox", "list"), ("outbox", "retry", "1")])
def test_without_a_database_it_says_so(words: tuple[str, ...]) -> None:
    refused = counterpart(*words)
    assert (refused.exit_code, "There is no database yet." in refused.stderr) == (1, True), refused.output
