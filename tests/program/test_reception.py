"""The reception: every event reaches the right part, once, and one that fails harms no other."""

from dataclasses import replace
from datetime import timedelta

from adapters.local.crowd import Leave
from bot.app import build
from bot.language.events import Commanded, Event, Said
from bot.language.places import Actor
from storage.people import Account, Person
from storage.traffic import FlowRun, InboxEvent, OutboxAct
from tests.program.desk import BOSS, DAY, Desk, opened
from tests.program.folk import PEOPLE


def actor(user: str, community: str = "playground") -> Actor:
    return Actor("local", community, user, user.title(), f"{user}@example.org", "Europe/Lisbon")


async def receive(desk: Desk, *events: Event) -> None:
    await desk.house.engine.inbox.receive(events)
    await desk.settle()


def said(desk: Desk, user: str, text: str, number: int = 1) -> Said:
    return Said(f"said-{user}-{number}", desk.clock.now(), actor(user), desk.direct(user), text)


async def test_many_at_once_each_get_their_own_answer() -> None:
    async with opened() as desk:
        await receive(desk, *(said(desk, user, "apply") for user in PEOPLE))
        assert len(await desk.rows(FlowRun)) == len(PEOPLE)
        for user in PEOPLE:
            assert len(desk.heard(user)) == 1 and "In which country" in desk.last(user)
        await receive(desk, *(said(desk, user, country, 2) for user, (country, _) in PEOPLE.items()))
        assert {desk.step(user) for user in PEOPLE} == {"zone"}


async def test_the_same_event_twice_is_handled_once() -> None:
    async with opened() as desk:
        event = said(desk, "alex", "apply")
        await receive(desk, event, event)
        await receive(desk, event)
        assert len(desk.heard("alex")) == 1 and len(await desk.rows(FlowRun)) == 1


async def test_two_answers_of_one_person_in_one_batch() -> None:
    async with opened() as desk:
        await desk.says("alex", "apply")
        await receive(desk, said(desk, "alex", "Portugal", 2), said(desk, "alex", "Europe/Lisbon", 3))
        assert desk.step("alex") == "level"


async def test_a_community_without_a_program() -> None:
    async with opened() as desk:
        before = await desk.counts()
        event = Commanded("c1", desk.clock.now(), actor("alex", "elsewhere"), desk.direct("alex"), "apply")
        await receive(desk, event)
        after = await desk.counts()
        assert {name for name in before if before[name] != after[name]} == {"inbox_event"}
        assert (await desk.rows(InboxEvent))[-1].state == "done"


async def test_words_in_public_mean_nothing_to_the_bot() -> None:
    async with opened() as desk:
        await receive(desk, Said("hall1", desk.clock.now(), actor("alex"), desk.hall, "apply"))
        assert desk.heard("alex") == [] and await desk.rows(FlowRun) == []


async def test_who_changes_their_name_is_called_by_the_new_one() -> None:
    async with opened() as desk:
        await desk.says("alex", "hello")
        who = replace(actor("alex"), name="  Alexandra\u202e\n Lima ")
        await receive(desk, Said("n1", desk.clock.now(), who, desk.direct("alex"), "hello"))
        assert "Hello Alexandra Lima!" in desk.last("alex")
        assert (await desk.person("alex")).name == "Alexandra Lima"


async def test_accounts_without_an_address_are_different_people() -> None:
    async with opened() as desk:
        for user in ("alex", "bea"):
            nobody = replace(actor(user), email="", name="")
            await receive(desk, Said(f"x{user}", desk.clock.now(), nobody, desk.direct(user), "hi"))
        assert [person.email for person in await desk.rows(Person)] == ["boss@example.org", None, None]
        assert "Hello!" in desk.last("alex")


async def test_a_fault_is_told_once_and_harms_nobody_else() -> None:
    """A kit lacks a sentence: whoever should hear it gets a number instead, and the others their answers."""
    async with opened() as desk:
        kit = desk.house.kits[desk.slug].kit
        lacking = {key: text for key, text in kit.texts.items() if key != "help.hello"}
        desk.house = build(desk.database, desk.clock, [desk.adapter], {kit.slug: replace(kit, texts=lacking)})
        await receive(desk, said(desk, "alex", "apply"), said(desk, "bea", "hello"), said(desk, "cem", "apply"))
        assert "In which country" in desk.last("alex") and "In which country" in desk.last("cem")
        (told,) = desk.heard("bea")
        (failed,) = [row for row in await desk.rows(InboxEvent) if row.error]
        assert "Something went wrong on my side" in told and failed.error in told and failed.state == "new"
        await desk.until(desk.clock.now() + DAY)
        assert (await desk.rows(InboxEvent))[failed.id - 1].state == "parked"
        assert len(desk.heard("bea")) == 1, "not once an attempt"
        (case,) = desk.heard(desk.desk, key="case:")
        assert failed.error in case and "Bea sent or pressed something" in case and "Ask them what they wanted" in case


async def test_a_fault_that_is_mended_is_made_good() -> None:
    async with opened() as desk:
        kit = desk.house.kits[desk.slug].kit
        lacking = {key: text for key, text in kit.texts.items() if key != "help.hello"}
        desk.house = build(desk.database, desk.clock, [desk.adapter], {kit.slug: replace(kit, texts=lacking)})
        await receive(desk, said(desk, "bea", "hello"))
        await desk.restart()
        await desk.until(desk.clock.now() + timedelta(hours=1))
        assert "Hello Bea!" in desk.last("bea")


async def test_what_cannot_be_delivered_becomes_a_case() -> None:
    async with opened("capacity:1 cap:0") as desk:
        for user in ("alex", "bea"):
            await desk.applied(user)
        await desk.adapter.act(Leave("bea", desk.clock.now()))
        await desk.says("alex", "withdraw")
        await desk.says("alex", "yes")
        await desk.until(desk.clock.now() + DAY)
        (told,) = desk.heard(desk.desk, key="case:")
        assert "something could not be delivered" in told and "Bea" in told and "Tell them in another way" in told
        dead = [row.key for row in await desk.rows(OutboxAct) if row.state == "dead"]
        assert len(dead) == 1 and dead[0].startswith("place:")


async def test_a_button_nobody_knows() -> None:
    async with opened() as desk:
        for token in ("", ":", "unknown:1", "flow", "flow:", "case", "x" * 5_000):
            assert "question is over" in await desk.forge(BOSS, token, "a"), token[:20]


async def test_hello_says_what_to_do() -> None:
    async with opened() as desk:
        told = await desk.says("alex", "Hi!")
        assert "Hello Alex!" in told and "until Monday 18 January 2027" in told and "apply" in told
        assert "I did not understand" in await desk.says("alex", "what is this")
        await desk.until((await desk.round()).closes_at)
        assert "not open at the moment" in await desk.says("alex", "hello")
        assert len([row for row in await desk.rows(Account) if row.external_id == "alex"]) == 1


async def test_a_restart_in_the_middle_of_everything_doubles_nothing() -> None:
    async with opened() as desk:
        for user in ("alex", "bea", "cem", "dora"):
            await desk.says(user, "apply")
            await desk.restart()
            await desk.answers(user)
        await desk.command(BOSS, "round close")
        await desk.restart()
        await desk.until(desk.clock.now() + DAY)
        await desk.restart()
        keys = [seen.key for seen in desk.seen]
        assert len(keys) == len(set(keys))
        assert len(desk.heard(desk.desk, kind="proposal")) == 1


async def test_a_kit_that_asks_next_to_nothing() -> None:
    """No country, no zone, no wishes: a program of its own all the same."""
    async with opened() as desk:
        kit = desk.house.kits[desk.slug].kit
        one = tuple(question for question in kit.questions if question.name == "years")
        tiny = replace(kit, questions=one, wishes=(), surveys=(), variant_by="")
        desk.house = build(desk.database, desk.clock, [desk.adapter], {kit.slug: tiny})
        await desk.adapter.start(desk.house.engine.inbox.receive)
        for user in ("alex", "emil", "dora"):
            await desk.says(user, "apply")
            await desk.says(user, "4")
            assert "you have a place" in await desk.says(user, "submit")
        await desk.closed()
        assert "2 people in 1 partnership\n" in desk.last(desk.desk) and "Without a partner: 1" in desk.last(desk.desk)
        assert "approved" in await desk.command(BOSS, "match approve")
        await desk.until(desk.clock.now() + 120 * DAY)
        assert (await desk.round()).state == "ended"
        assert not [row.key for row in await desk.rows(OutboxAct) if row.state != "sent"]
