"""Files: kept as rows, brought to whoever sends them, dropped in time, and never without a limit."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app import build
from bot.errors import Problem
from bot.language.acts import Post
from bot.language.adapter import Unknown
from bot.language.files import MOST_BYTES
from bot.language.messages import Document, Element, Picture, say
from bot.program.privacy import Privacy
from storage.files import StoredFile
from storage.people import Account, Program
from storage.traffic import OutboxAct
from tests.program.house import PLATFORM, House, kit, opened

DAY = timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n\xff\x00"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def keep(house: House, key: str = "report:1:map", content: bytes = PNG, **more: Any) -> None:
    """Keep a file in a transaction of its own."""
    async with house.turn() as turn:
        await turn.keep_file(await turn.get(Program, 1), key, f"{key}.png", "image/png", content, **more)


async def send(house: House, *parts: str | Element, key: str = "sent") -> Post:
    """Post these to Ana. Returns the message as the platform was given it."""
    async with house.turn() as turn:
        turn.send(Post(key, "notice", house.direct("ana"), say(*parts)))
    await house.until(house.clock.now() + timedelta(minutes=1))
    (found,) = house.paper.posts(key)
    return found


async def test_a_message_bears_what_is_in_its_files_and_its_row_does_not(house: House) -> None:
    async with house.turn() as turn:
        row = await turn.keep_file(await turn.get(Program, 1), "f1", "map.png", "image/png", PNG)
        parts = Picture(row.key, "A map", row.name), Document("a.pdf", "application/pdf", file=row.key)
        turn.send(Post("sent", "notice", house.direct("ana"), say("Look", *parts, Document("b", "text/plain", "é"))))
    await house.engine.settle()
    (post,) = house.paper.posts("sent")
    files = [each for each in post.message.elements if isinstance(each, Picture | Document)]
    contents = [each.content if isinstance(each, Picture) else each.data for each in files]
    assert contents == [PNG, PNG, "é".encode()]
    (act,) = [act for act in await house.rows(OutboxAct) if act.key == "sent"]
    assert "content" not in act.payload and json.loads(act.payload)["message"]["elements"][1]["file"] == "f1"


async def test_it_is_brought_again_to_whoever_looks_it_up(house: House) -> None:
    await keep(house)
    looked_up: list[bytes] = []
    find, refused = house.paper.find, [Unknown("the connection broke")]

    def refuse(act: object) -> None:
        if isinstance(act, Post) and refused:
            raise refused.pop()

    async def finding(act: Any, since: Any = None) -> Any:
        looked_up.append(act.message.elements[0].content)
        return await find(act, since)

    house.paper.refuse, house.paper.find = refuse, finding
    post = await send(house, Picture("report:1:map", "A map"))
    assert looked_up == [PNG] and [getattr(each, "content", b"") for each in post.message.elements] == [PNG]


async def test_a_file_that_is_not_there_is_empty_and_stops_nothing(house: House) -> None:
    post = await send(house, "Look", Picture("nowhere", "A map"), Document("a", "text/plain", file="nowhere"))
    _, picture, document = post.message.elements
    assert isinstance(picture, Picture) and picture.content == b""
    assert isinstance(document, Document) and document.data == b""


async def test_what_is_too_large_is_refused_and_nothing_is_kept(house: House) -> None:
    await keep(house, content=bytes(MOST_BYTES))
    with pytest.raises(Problem) as problem:
        await keep(house, "large", bytes(MOST_BYTES + 1))
    async with house.turn() as turn:
        told = turn.say(await turn.get(Program, 1), problem.value.key, **problem.value.values)
    assert "large" in told and "8.1 MB" in told and "up to 8.0 MB" in told
    assert [row.key for row in await house.rows(StoredFile)] == ["report:1:map"]


async def test_a_file_kept_again_takes_the_place_of_the_first(house: House) -> None:
    await keep(house)
    await keep(house, content=b"later")
    assert [row.content for row in await house.rows(StoredFile)] == [b"later"]


async def test_files_are_dropped_when_their_time_is_over(house: House) -> None:
    kept = build(house.database, house.clock, [house.paper], kit(), privacy=Privacy(keep=30 * DAY))
    house.engine, house.kits = kept.engine, kept.kits
    now = house.clock.now()
    await keep(house, "stays")
    await keep(house, "later", drop_after=now + 10 * DAY)
    await keep(house, "soon", drop_after=now + DAY)
    await house.until(now + 3 * DAY)
    assert [row.key for row in await house.rows(StoredFile)] == ["stays", "later"], "the newest row goes, too"
    await house.until(now + 12 * DAY)
    assert [row.key for row in await house.rows(StoredFile)] == ["stays"]


async def test_files_of_a_person_are_in_my_data_and_are_forgotten(house: House) -> None:
    house.kits._platforms[PLATFORM] = replace(house.paper.capabilities, documents=True)
    await house.live("ana", "bo")
    people = {row.external_id: row.person_id for row in await house.rows(Account)}
    await keep(house, "mine", person_id=people["ana"])
    await keep(house, "theirs", person_id=people["bo"])
    await keep(house, "nobody")
    await house.command("ana", "my-data")
    post = next(post for post in house.paper.posts(to="ana") if post.key.endswith(":data"))
    data, *files = [each for each in post.message.elements if isinstance(each, Document)]
    assert [(each["name"], each["bytes"]) for each in json.loads(data.text)["files"]] == [("mine.png", len(PNG))]
    assert [(each.name, each.data) for each in files] == [("1-mine.png", PNG)]
    await house.command("ana", "forget-me")
    await house.press("ana", house.question("ana"), "yes")
    await house.until(house.clock.now() + DAY)
    assert [row.key for row in await house.rows(StoredFile)] == ["theirs", "nobody"]
