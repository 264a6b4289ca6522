"""`my-data`: everything about the person, in private, readable, and nothing about others."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.language.events import Commanded
from bot.language.markup import plain
from bot.language.messages import Document, Text
from bot.language.places import Address, Place
from bot.program.mydata import in_parts
from tests.program.house import COMMUNITY, PLATFORM, House, choices, opened


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def parts(house: House, user: str) -> dict[str, Any]:
    """The data, put together from the messages it came in."""
    await house.command(user, "my-data")
    posts = house.paper.posts(to=user)
    begin = max(number for number, post in enumerate(posts) if post.key.endswith(":data"))
    texts = [post.message.elements[1] for post in posts[begin + 1 :]]
    return json.loads("\n".join(plain(text.markdown) for text in texts if isinstance(text, Text)))


async def test_it_comes_in_messages_where_there_are_no_files(house: House) -> None:
    await house.live("ana", "bo")
    await house.command("ana", "away 2026-09-10 2026-09-12")
    data = await parts(house, "ana")
    assert data["person"]["name"] == "Ana" and data["person"]["email"] == "ana@example.org"
    assert data["accounts"] == [
        {
            "platform": PLATFORM,
            "community": COMMUNITY,
            "id": "ana",
            "name": "Ana",
            "language": "",
            "program_you_chose": "",
            "gone_at": None,
        }
    ]
    (partnership,) = data["partnerships"]
    assert partnership["partners"] == ["Bo"] and partnership["your_messages"] == 1
    assert partnership["introduced_at"].startswith("2026-09-01T") and partnership["introduced_at"].endswith("+00:00")
    assert data["applications"][0]["answers"]["library_type"] == "public"
    assert data["absences"] == [{"round": "", "first": "2026-09-10", "last": "2026-09-12"}]
    assert data["messages_to_you"]


async def test_it_tells_of_others_only_what_the_person_knows(house: House) -> None:
    await house.live("ana", "bo")
    await house.command("bo", "another-partner")
    await house.until(house.clock.now())
    data = json.dumps(await parts(house, "ana"))
    assert "bo@example.org" not in data and "other_partner" not in data and "boss" not in data


async def test_the_time_to_meet_is_in_it_and_who_else_chose_it_is_not(house: House) -> None:
    await house.live("ana", "bo")
    await house.command("ana", "times")
    (offered,) = choices(house.paper.posts(to="ana")[-1])
    await house.press("ana", offered.token, offered.options[0].value)
    mine, theirs = [(await parts(house, user))["partnerships"][0]["meetings"] for user in ("ana", "bo")]
    assert mine["zone"] == "Europe/Paris" and mine["chosen_by_you"] is True
    assert theirs == {**mine, "chosen_by_you": False} and "by" not in mine


async def test_somebody_of_whom_nearly_nothing_is_kept_hears_that(house: House) -> None:
    data = await parts(house, "zoe")
    assert data["applications"] == data["partnerships"] == data["surveys"] == []
    assert [account["id"] for account in data["accounts"]] == ["zoe"]


async def test_it_comes_as_a_file_and_in_private_where_the_platform_can(house: House) -> None:
    house.kits._platforms[PLATFORM] = replace(house.paper.capabilities, documents=True, replies_in_place=True)
    await house.live("ana", "bo")
    hall = Address(PLATFORM, COMMUNITY, Place.HALL, "hall")
    await house.receive(Commanded("hall", house.clock.now(), house.actor("ana"), hall, "my-data"))
    post = next(post for post in house.paper.posts(to="ana") if post.key.endswith(":data"))
    (document,) = [element for element in post.message.elements if isinstance(element, Document)]
    assert (document.name, document.media_type) == ("my-data.json", "application/json")
    assert json.loads(document.text)["person"]["name"] == "Ana"
    assert not [post for post in house.paper.posts(to="hall") if "ana@example.org" in str(post.message)]


def test_parts_are_small_and_lose_nothing() -> None:
    data = {"words": ["*so*  `many` <@words>", "x" * 900] * 20, "empty": [], "deep": {"er": {"é": 1}}}
    found = in_parts(data)
    assert json.loads("\n".join(found)) == data
    assert len(found) > 5 and max(map(len, found)) < 1_500
