"""Cases and ambassadors: who gets one first, what they read of it, and how it goes on to others."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.language.acts import ShowHome
from bot.language.events import Opened
from storage.partnerships import Case
from storage.people import Absence, Role
from tests.program.house import PLATFORM, House, choices, opened, words

DAY = timedelta(days=1)
CASE_DAY = datetime(2026, 9, 5, 12, tzinfo=UTC)
"""Four days after the introduction: whoever has not written is a case by then."""


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def ambassador(house: House, user: str, *countries: str, applies: bool = False) -> int:
    person = await house.person(user, applies=applies)
    async with house.turn() as turn:
        role = Role(program_id=1, person_id=person, role="ambassador", since=turn.now, countries=sorted(countries))
        await turn.add(role)
    return person


async def silent(house: House, user: str, partner: str = "secretbo", country: str = "KE") -> None:
    """Two people who are introduced; the partner, from Japan, writes, and the other does not."""
    first, other = await house.person(user, country=country), await house.person(partner, country="JP")
    identity = await house.pair(first, other)
    await house.until(datetime(2026, 9, 1, 14, tzinfo=UTC))
    await house.wrote(partner, identity)


async def case(house: House, number: int = 1) -> Case:
    return await house.row(Case, number)


def told(house: House, user: str) -> list[str]:
    return [words(post) for post in house.paper.posts("keeper:", to=user)]


def on_desk(house: House) -> list[str]:
    return [words(post) for post in house.paper.posts("case:", to="desk")]


def news(house: House) -> list[str]:
    return [words(post) for post in house.paper.posts("cases:", to="desk")]


async def test_the_ambassador_of_the_silent_one_has_it_first(house: House) -> None:
    kim = await ambassador(house, "kim", "KE")
    await silent(house, "ana")
    await house.until(CASE_DAY)
    (text,) = told(house, "kim")
    assert "Case 1: somebody has not written yet" in text and "Ana" in text and "Kenya" in text
    assert "Secretbo" not in text and "Japan" not in text
    assert (await case(house)).holder_id == kim and on_desk(house) == []
    await house.press("kim", "keeper:1", "done", message="m1")
    assert (await case(house)).state == "closed" and (await case(house)).closed_by == "Kim"
    assert "settled" in words(house.paper.edits()[-1]) and not choices(house.paper.edits()[-1])
    await house.press("kim", "keeper:1", "done")
    assert "Case 1 is over" in words(house.paper.posts(to="kim")[-1])


async def test_an_ambassador_writes_to_them(house: House) -> None:
    await ambassador(house, "kim", "KE")
    await silent(house, "ana")
    await house.until(CASE_DAY)
    await house.press("kim", "keeper:1", "write")
    assert "What shall I write to" in words(house.paper.posts(to="kim")[-1])
    await house.type("kim", "Jambo, how are you?")
    await house.type("kim", "Kim")
    await house.type("kim", "submit")
    await house.until(CASE_DAY + DAY)
    assert any("Kim, ambassador of" in words(post) and "Jambo" in words(post) for post in house.paper.posts(to="ana"))


async def test_the_load_is_shared_and_who_is_away_has_none(house: House) -> None:
    kim, lee, away = [await ambassador(house, user, "KE") for user in ("kim", "lee", "max")]
    async with house.turn() as turn:
        turn.session.add(Absence(program_id=1, person_id=away, first=date(2026, 9, 1), last=date(2026, 9, 30)))
    for number in range(4):
        await silent(house, f"ana{number}", f"bo{number}")
    await house.until(CASE_DAY)
    holders = [row.holder_id for row in await house.rows(Case)]
    assert sorted(holders) == sorted([kim, kim, lee, lee]) and on_desk(house) == []


async def test_without_one_of_the_country_it_comes_to_the_coordinators(house: House) -> None:
    await ambassador(house, "kim", "JP")
    await silent(house, "ana")
    await house.until(CASE_DAY + 5 * DAY)
    assert (await case(house)).holder_id is None and any("Ana" in text for text in on_desk(house) + news(house))
    assert told(house, "kim") == [], "Japan is where the one who waits is from"


@pytest.mark.parametrize("why", ["away", "ended", "late", "back"])
async def test_it_goes_on_to_the_coordinators(house: House, why: str) -> None:
    kim = await ambassador(house, "kim", "KE")
    await silent(house, "ana")
    await house.until(CASE_DAY)
    if why == "away":
        await house.command("kim", "away 6 September to 20 September")
        await house.until(datetime(2026, 9, 5, 20, tzinfo=UTC))
        assert (await case(house)).holder_id == kim, "not before the first day"
    elif why == "ended":
        await house.command("boss", "ambassador kim@example.org none")
    elif why == "back":
        await house.press("kim", "keeper:1", "back")
    await house.until(CASE_DAY + 5 * DAY)
    assert (await case(house)).holder_id is None
    assert any("Ana" in text and "Secretbo" in text for text in on_desk(house)), "the desk reads all of it"
    assert len(told(house, "kim")) == 1
    assert [entry["act"] for entry in (await case(house)).history][-1] == ("back" if why == "back" else "handed")


async def test_it_is_over_when_they_write(house: House) -> None:
    await ambassador(house, "kim", "KE")
    await silent(house, "ana")
    await house.until(CASE_DAY)
    await house.wrote("ana", 1)
    assert (await case(house)).state == "closed"
    struck = house.paper.edits()[-1]
    assert struck.address == house.direct("kim") and "Case 1 is over" in words(struck) and not choices(struck)


async def test_who_goes_away_hands_over_to_the_next(house: House) -> None:
    kim, lee = await ambassador(house, "kim", "KE"), await ambassador(house, "lee", "KE", "UG")
    await silent(house, "ana")
    await house.until(CASE_DAY)
    assert (await case(house)).holder_id == kim
    await house.command("kim", "away 5 September to 20 September")
    await house.until(CASE_DAY + timedelta(hours=20))
    assert (await case(house)).holder_id == lee and len(told(house, "lee")) == 1 and on_desk(house) == []
    (struck,) = [edit for edit in house.paper.edits() if edit.address == house.direct("kim")]
    assert "went on to somebody else" in words(struck) and not choices(struck)


async def test_what_waits_comes_back_to_the_same(house: House) -> None:
    kim = await ambassador(house, "kim", "KE")
    await silent(house, "ana")
    await house.until(CASE_DAY)
    await house.press("kim", "keeper:1", "wait")
    assert (await case(house)).state == "snoozed"
    await house.until(CASE_DAY + 8 * DAY)
    assert (await case(house)).holder_id == kim and len(told(house, "kim")) == 2 and on_desk(house) == []


async def test_cases_of_others_are_not_there(house: House) -> None:
    await ambassador(house, "kim", "JP")
    await silent(house, "ana")
    await house.until(CASE_DAY + 2 * DAY)
    assert "no case of your people" in await house.command("kim", "cases")
    assert (await house.command("kim", "case 1")).replace("1", "7") == await house.command("kim", "case 7")
    for action in ("take", "write", "done", "back"):
        await house.press("kim", "keeper:1", action)
        assert "is over" in words(house.paper.posts(to="kim")[-1])
    assert (await case(house)).holder_id is None


async def test_nobody_looks_after_a_case_of_their_own(house: House) -> None:
    kim = await house.person("kim", country="KE")
    other = await house.person("bo", country="JP")
    async with house.turn() as turn:
        await turn.add(Role(program_id=1, person_id=kim, role="ambassador", since=turn.now, countries=["KE"]))
    identity = await house.pair(kim, other)
    await house.until(datetime(2026, 9, 1, 14, tzinfo=UTC))
    await house.wrote("bo", identity)
    await house.until(CASE_DAY)
    assert (await case(house)).holder_id is None and told(house, "kim") == []
    assert "no case of your people" in await house.command("kim", "cases")


async def test_coordinators_hand_one_to_an_ambassador(house: House) -> None:
    await silent(house, "ana")
    await house.until(CASE_DAY)
    await house.press("boss", "desk:1:0", "hand", desk=True)
    assert "No ambassador of the country is free" in words(house.paper.posts(to="boss")[-1])
    kim = await ambassador(house, "kim", "KE")
    await house.press("boss", "desk:1:0", "hand", desk=True)
    assert "Kim has case 1 now" in words(house.paper.posts(to="boss")[-1])
    await house.until(CASE_DAY + DAY)
    assert (await case(house)).holder_id == kim and len(told(house, "kim")) == 1
    assert "look after case 1 already" not in await house.command("kim", "case 1")
    await house.press("kim", "keeper:1", "take")
    assert "You look after case 1 already" in words(house.paper.posts(to="kim")[-1])


async def test_the_home_page_shows_the_cases_of_their_people(house: House) -> None:
    house.kits._platforms[PLATFORM] = replace(house.paper.capabilities, home=True)
    for user, country in (("kim", "KE"), ("lee", "JP")):
        await ambassador(house, user, country)
    await silent(house, "ana")
    await house.until(CASE_DAY)
    pages: dict[str, str] = {}
    for user in ("kim", "lee"):
        await house.receive(Opened(f"open:{user}", house.clock.now(), house.actor(user), house.direct(user)))
        page = next(act for _, act in reversed(house.paper.done) if isinstance(act, ShowHome))
        pages[user] = str(page.message)
    assert "Ana" in pages["kim"] and "keeper:1" in pages["kim"] and "Secretbo" not in pages["kim"]
    assert "Ana" not in pages["lee"] and "Secretbo" not in pages["lee"] and "keeper" not in pages["lee"]
