"""After a whole round: every column of every table holds nothing of somebody who was forgotten."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from adapters.local.crowd import Say
from adapters.local.records import Account as Seat
from bot.language.messages import Document
from bot.language.places import Address
from storage.database import Database
from storage.partnerships import Case, Member, Partnership
from storage.people import Account
from storage.stories import Story
from tests.program.desk import BOSS, DAY, Desk

BEGIN = datetime(2026, 12, 20, 10, tzinfo=UTC)
WHO, NAME, EMAIL = "seat-quill-77", "Quillplanta Zorbeck", "quillplant@example.org"
ANSWERS = {
    "country": "Portugal",
    "zone": "Europe/Lisbon",
    "library_type": "Public",
    "partner_type": "skip",
    "interests": "Metadata, Reference",
    "similar": "yes",
    "about": "I am planted-about-9f3 and look after maps.",
    "internet": "yes",
    "english": "yes",
    "hour": "yes",
    "former": "planted.former@example.org",
    "avoid": "planted.avoid@example.org",
    "conduct": "yes",
}
SURVEY = {
    "text": "planted-survey-4c1 in my own words",
    "yes_no": "yes",
    "number": "5",
    "scale": "5",
    "matrix": "5",
}
PLANTED = (
    "quillplanta",
    "zorbeck",
    EMAIL,
    WHO,
    "planted-about-9f3",
    "planted-survey-4c1",
    "planted-thread-8d2",
    "planted-story-5e7",
    "planted.former@example.org",
    "planted.avoid@example.org",
)


class Anywhere(Desk):
    """A desk on a database of any kind, with one person more who writes down what cannot be mistaken."""

    def __init__(self, database: Database) -> None:
        super().__init__("librarians", BEGIN, [Seat(WHO, NAME, EMAIL, "Europe/Lisbon")])
        self.database = database
        self._wire()

    async def everything(self) -> dict[str, list[str]]:
        """The text of every row of every table, small."""
        found: dict[str, list[str]] = {}
        async with self.turn() as turn:
            connection = await turn.session.connection()
            for name, table in SQLModel.metadata.tables.items():
                rows = (await connection.execute(table.select())).all()
                texts = [json.dumps([_text(value) for value in row], ensure_ascii=False).lower() for row in rows]
                # In messages signs are guarded: without that, a word with a hyphen would never be found there.
                found[name] = [text.replace("\\", "") for text in texts]
        return found

    async def traces(self) -> dict[str, set[str]]:
        """Where each planted word still stands: tables by word."""
        everything = await self.everything()
        return {
            word: {name for name, rows in everything.items() if any(word in row for row in rows)} for word in PLANTED
        }

    async def survey(self) -> None:
        """Answer whatever survey waits for the one person, in words that cannot be mistaken."""
        kit = self.house.kits["librarians"].kit
        questions = {question.name: question for survey in kit.surveys for question in survey.questions}
        for _ in range(20):
            step = await self.waiting(WHO)
            if step is None:
                return
            if step.partition(".")[0] not in questions:
                # How it goes; and what the word is about that they asked a coordinator for.
                await self.says(WHO, {"how": "All is well", "about": "1"}.get(step, SURVEY["text"]))
                continue
            question = questions[step.partition(".")[0]]
            options = [option.label for option in question.options]
            await self.says(WHO, SURVEY.get(question.kind.value) or options[0])
        raise AssertionError("asked without end")

    async def data(self) -> dict[str, Any]:
        """What `my-data` gives, read from the file that came."""
        await self.command(WHO, "my-data")
        message = self.shown(self.direct(WHO))[-1].message
        assert message is not None
        document = next(element for element in message.elements if isinstance(element, Document))
        return json.loads(document.text)


def _text(value: object) -> Any:
    if isinstance(value, str | int | float | bool | list | dict) or value is None:
        return value
    return str(value)


@pytest.fixture
async def desk(empty: Database) -> AsyncIterator[Anywhere]:
    """A round in its middle: everybody is paired, has written, was asked and has answered."""
    yield await _played(Anywhere(empty))
    await empty.close()


async def _played(desk: Anywhere) -> Anywhere:
    await desk.open("starts:2027-02-15")
    await desk.applies(WHO, **ANSWERS)
    for user in ("bea", "emil", "gita"):
        await desk.applied(user)
    await desk.applied("dora", avoid=(EMAIL,))
    await desk.says("hugo", "apply")
    await desk.command(BOSS, "coordinator bea@example.org")
    await desk.closed()
    await desk.command(BOSS, f"match explain {EMAIL}")
    await desk.command(BOSS, "match approve")
    await desk.until(datetime(2027, 2, 17, tzinfo=UTC))
    room = await _room(desk)
    for user in await _partners(desk):
        await desk.adapter.act(Say(user, room, "Hello", desk.clock.now()))
    await desk.command(WHO, "away 2027-03-01 2027-03-05")
    await desk.command(WHO, "times")
    await desk.press(WHO, desk.options(WHO)[0].value)
    # Both write now and then: a partnership that has gone quiet for weeks would be over by then.
    for month, day in ((3, 10), (4, 1), (4, 20)):
        await desk.until(datetime(2027, month, day, tzinfo=UTC))
        for user in await _partners(desk):
            await desk.adapter.act(Say(user, room, "Hello again", desk.clock.now()))
    await desk.until(datetime(2027, 4, 30, tzinfo=UTC))
    await desk.survey()
    await _written_to(desk)
    await _stories(desk)
    await desk.command(WHO, "another-partner")
    await desk.until(desk.clock.now() + DAY)
    return desk


async def _written_to(desk: Anywhere) -> None:
    """A coordinator writes to the person through the bot, who answers."""
    await desk.command(BOSS, f"contact {EMAIL}")
    await desk.says(BOSS, "How are you?")
    await desk.says(BOSS, "1")
    await desk.says(BOSS, "submit")
    await desk.until(desk.clock.now() + DAY)
    await desk.press(WHO, "Answer")
    await desk.says(WHO, "planted-thread-8d2 as I told you")


async def _stories(desk: Anywhere) -> None:
    """The person wrote a story, their partner another one about them; all have agreed, and both are public."""
    (partner,) = [user for user in await _partners(desk) if user != WHO]
    for number, (user, other) in enumerate(((WHO, partner), (partner, WHO)), 1):
        mine = "planted-story-5e7 by myself" if user == WHO else "I met Zorbeck. Quillplanta, that is!"
        await desk.command(user, "story")
        for said in (f"Story {number}", mine, "skip", "skip", "skip", "1", "submit"):
            await desk.says(user, said)
        await desk.until(desk.clock.now() + DAY)
        await desk.press(other, "Yes")
        await desk.until(desk.clock.now() + DAY)
        await desk.forge(BOSS, f"storydesk:{number}:1", "approve")
    assert [row.state for row in await desk.rows(Story)] == ["published", "published"]


async def _partners(desk: Anywhere) -> list[str]:
    """The person and whoever they are paired with."""
    accounts = {account.id: account.external_id for account in await desk.rows(Account)}
    members = await desk.rows(Member)
    mine = next(member for member in members if accounts[member.account_id] == WHO)
    return [accounts[member.account_id] for member in members if member.partnership_id == mine.partnership_id]


async def _room(desk: Anywhere) -> Address:
    accounts = {account.external_id: account.id for account in await desk.rows(Account)}
    mine = next(member for member in await desk.rows(Member) if member.account_id == accounts[WHO])
    partnerships = {row.id: row for row in await desk.rows(Partnership)}
    return Address.parse(partnerships[mine.partnership_id].room)


async def test_nothing_is_left_in_the_middle_of_a_round(desk: Anywhere) -> None:
    before = await desk.traces()
    assert all(before.values()), f"what is not there cannot be forgotten: {before}"
    assert {
        "application",
        "submission",
        "flow_run",
        "outbox_act",
        "survey_answer",
        "apart",
        "coordinator_case",
        "story",
    } <= {table for tables in before.values() for table in tables}
    exported = json.dumps(await desk.data(), ensure_ascii=False).lower()
    assert [word for word in PLANTED if word not in exported] == []
    assert "bea@example.org" not in exported and "boss@example.org" not in exported
    assert exported.count("europe/lisbon") > 1, "the time that was chosen goes by their clock"
    assert any("zone" in row.meeting for row in await desk.rows(Partnership))
    await _forget(desk)
    assert not any("zone" in row.meeting for row in await desk.rows(Partnership))
    # An archived room cannot be changed any more; this one is open.
    for shown in desk.shown(await _a_room(desk)):
        said = str(shown.message).lower()
        assert [word for word in PLANTED if word in said] == [], f"the room still shows them: {said}"
    for shown in desk.shown(desk.hall):
        said = str(shown.message).lower()
        assert [word for word in PLANTED if word in said] == [], f"the hall still shows them: {said}"
    assert [row.state for row in await desk.rows(Story)] == ["withdrawn", "submitted"]
    assert {word: tables for word, tables in (await desk.traces()).items() if tables} == {}
    await desk.until(datetime(2027, 7, 1, tzinfo=UTC))
    assert {word: tables for word, tables in (await desk.traces()).items() if tables} == {}


async def test_nothing_is_left_after_a_round(desk: Anywhere) -> None:
    await desk.until(datetime(2027, 5, 31, tzinfo=UTC))
    await desk.survey()
    await desk.until(datetime(2027, 7, 1, tzinfo=UTC))
    cases = len(await desk.rows(Case))
    await _forget(desk)
    # What they answered without a name when they left their partner is nobody's: it cannot be found any more.
    left = {word: tables for word, tables in (await desk.traces()).items() if tables}
    assert left in ({}, {"planted-survey-4c1": {"anonymous_answer"}})
    assert not {"person_id", "account_id"} & set(SQLModel.metadata.tables["anonymous_answer"].columns.keys())
    assert len(await desk.rows(Case)) == cases, "what was counted still counts"


async def _forget(desk: Anywhere) -> None:
    said = await desk.command(WHO, "forget-me")
    assert "cannot be undone" in said
    await desk.press(WHO, "yes")
    assert "I have forgotten you" in desk.last(WHO)
    await desk.until(desk.clock.now() + timedelta(days=2))


async def _a_room(desk: Anywhere) -> Address:
    gone = next(account for account in await desk.rows(Account) if account.external_id.startswith("gone:"))
    mine = next(member for member in await desk.rows(Member) if member.account_id == gone.id)
    return Address.parse(next(row for row in await desk.rows(Partnership) if row.id == mine.partnership_id).room)
