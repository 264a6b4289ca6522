"""Certificates: asked about, made once, with the name that people want, and for none who did not complete the round."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlmodel import select

from bot.app import build
from bot.language.acts import Post
from bot.language.events import Commanded
from bot.language.markup import plain
from bot.language.messages import Document
from bot.program.certificates import Verified, verify
from bot.program.certifying import AT_ONCE, KEPT
from bot.program.papers import undrawn
from storage.certificates import Certificate
from storage.files import StoredFile
from storage.people import Person
from tests.program import house as house_
from tests.program.house import ENDS, PLATFORM, House, choices, kit, opened

DAY = timedelta(days=1)
OVER = datetime.combine(ENDS + timedelta(days=2), time(12), tzinfo=UTC)


def words(post: Post) -> str:
    """A message as it is read."""
    return plain(house_.words(post))


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        house.kits._platforms[PLATFORM] = replace(house.paper.capabilities, documents=True)
        yield house


async def over(house: House, *pairs: tuple[str, str], names: dict[str, str] | None = None) -> None:
    """Pairs live, and the round comes to its end."""
    living = {pair: await house.live(*pair) for pair in pairs or (("ana", "bo"),)}
    async with house.turn() as turn:
        for row in await turn.session.exec(select(Person)):
            row.name = (names or {}).get(row.name.lower(), row.name)
    while house.clock.now() + 12 * DAY < OVER:
        await house.until(house.clock.now() + 12 * DAY)
        for pair, identity in living.items():
            for user in pair:
                await house.wrote(user, identity)
    await house.until(OVER)


def asked(house: House, user: str) -> Post:
    (post,) = [each for each in house.paper.posts("certificate:", to=user) if each.key.endswith(":ask")]
    return post


def papers(house: House, user: str) -> list[tuple[str, bytes]]:
    """The files that somebody was sent, with what was said."""
    posts = [each for each in house.paper.posts(to=user) if each.kind == "certificate"]
    return [
        (words(post), element.data)
        for post in posts
        for element in post.message.elements
        if isinstance(element, Document)
    ]


def sheet(content: bytes) -> str:
    return " ".join(PdfReader(BytesIO(content)).pages[0].extract_text().split())


async def confirmed(house: House, code: str) -> Verified | None:
    async with house.turn() as turn:
        return await verify(turn.session, code)


async def agree(house: House, user: str) -> None:
    (button,) = choices(asked(house, user))
    await house.press(user, button.token, "make")


async def test_whoever_completed_is_asked_and_gets_it_at_once(house: House) -> None:
    await over(house)
    assert "Ana" in words(asked(house, "ana")) and papers(house, "ana") == []
    first, _ = await house.rows(Certificate)
    assert await confirmed(house, first.code) is None, "it was not issued yet"
    await agree(house, "ana")
    ((said, content),) = papers(house, "ana")
    assert first.code in said
    for part in ("Ana", "Librarians", "Autumn 2026", "1 September 2026", "29 December 2026", first.code):
        assert part in sheet(content)
    found = await confirmed(house, first.code)
    assert found is not None and (found.name, found.round) == ("Ana", "Autumn 2026")
    (file,) = await house.rows(StoredFile)
    assert file.person_id == first.person_id and file.drop_after == house.clock.now() + KEPT
    assert papers(house, "bo") == []


async def test_whoever_says_nothing_gets_it_after_three_days_by_day(house: House) -> None:
    await over(house)
    await house.until(house.clock.now() + 5 * DAY)
    for user, name in (("ana", "Ana"), ("bo", "Bo")):
        ((_, content),) = papers(house, user)
        assert f"that {name} took part" in sheet(content)
    await house.until(house.clock.now() + 10 * DAY)
    assert len(papers(house, "ana")) == 1, "once"


async def test_the_button_a_second_time_and_by_somebody_else(house: House) -> None:
    await over(house)
    await agree(house, "ana")
    await agree(house, "ana")
    assert len(papers(house, "ana")) == 1
    assert "made already" in words(house.paper.posts(to="ana")[-1])
    (button,) = choices(asked(house, "bo"))
    await house.press("ana", button.token, "make")
    assert papers(house, "bo") == [] and len(papers(house, "ana")) == 1


@pytest.mark.parametrize("token", ["certificate:999", "certificate:x", "certificate:", "certificate", "certificate:-1"])
async def test_a_token_that_was_made_up(house: House, token: str) -> None:
    await over(house)
    await house.press("ana", token, "make")
    assert papers(house, "ana") == [] and "no certificate for you" in words(house.paper.posts(to="ana")[-1])


async def test_another_name_has_the_same_code(house: House) -> None:
    await over(house)
    await agree(house, "ana")
    code = (await house.rows(Certificate))[0].code
    await house.command("ana", "certificate name Ana María *Abreu* <b>")
    said, content = papers(house, "ana")[-1]
    assert code in said and "Ana María *Abreu* <b>" in sheet(content) and code in sheet(content)
    found = await confirmed(house, code)
    assert found is not None and found.name == "Ana María *Abreu* <b>"
    await house.command("ana", "certificate")
    assert papers(house, "ana")[-1][1] == content, "the same sheet again"
    assert len({row.code for row in await house.rows(Certificate)}) == 2


async def test_a_name_given_before_is_the_answer(house: House) -> None:
    await over(house)
    await house.command("ana", "certificate name:Ana Maria Abreu")
    assert len(papers(house, "ana")) == 1 and "Ana Maria Abreu" in sheet(papers(house, "ana")[0][1])
    await house.until(house.clock.now() + 5 * DAY)
    assert len(papers(house, "ana")) == 1


@pytest.mark.parametrize("name", ["name", "name   ", "name " + "x" * 81, "name \u200b\u200b"])
async def test_a_name_that_is_none_changes_nothing(house: House, name: str) -> None:
    await over(house)
    assert "certificate name Ana Abreu" in await house.command("ana", f"certificate {name}")
    assert [row.name for row in await house.rows(Certificate)] == ["Ana", "Bo"] and papers(house, "ana") == []


async def test_the_same_command_twice_is_one(house: House) -> None:
    await over(house)
    event = Commanded(**house.head("ana"), address=house.direct("ana"), text="certificate")
    await house.receive(event)
    await house.receive(event)
    assert len(papers(house, "ana")) == 1


async def test_who_did_not_complete_has_none(house: House) -> None:
    await house.live("cy", "dee")
    await house.left("dee")
    await over(house)
    completed = {row.person_id for row in await house.rows(Certificate)}
    names = {row.name for row in await house.rows(Person) if row.id in completed}
    assert names == {"Ana", "Bo"}
    assert "no certificate for you" in await house.command("cy", "certificate")
    assert "no certificate for you" in await house.command("zoe", "certificate name Zoe")


async def test_a_kit_that_sends_none() -> None:
    plan = {slug: replace(one, certificates=replace(one.certificates, send=False)) for slug, one in kit().items()}
    async with opened(plan) as house:
        await over(house)
        assert await house.rows(Certificate) == []


async def test_a_name_without_letters_is_told_in_words_and_can_be_given_anew(house: House) -> None:
    await over(house, names={"ana": "山田太郎"})
    await agree(house, "ana")
    (first, _) = await house.rows(Certificate)
    told = words(house.paper.posts(to="ana")[-1])
    assert papers(house, "ana") == [] and first.code in told and "no letters for it" in told
    assert (await confirmed(house, first.code)) is not None
    await house.command("ana", "certificate name Yamada Taro")
    assert "Yamada Taro" in sheet(papers(house, "ana")[0][1])


async def test_where_no_files_can_be_sent_it_comes_in_words(house: House) -> None:
    house.kits._platforms[PLATFORM] = replace(house.paper.capabilities, documents=False)
    await over(house)
    await agree(house, "ana")
    assert "no way to send you a file" in words(house.paper.posts(to="ana")[-1])


async def test_without_the_library_it_comes_in_words(house: House) -> None:
    bare = build(house.database, house.clock, [house.paper], kit(), draw=undrawn)
    house.kits, house.engine = bare.kits, bare.engine
    await over(house)
    await agree(house, "ana")
    told = words(house.paper.posts(to="ana")[-1])
    assert "cannot be made here" in told and "29 December 2026" in told and await house.rows(StoredFile) == []


async def test_who_has_left_the_place_is_not_written_to_and_may_ask_later(house: House) -> None:
    await over(house)
    await house.left("ana")
    await house.until(house.clock.now() + 5 * DAY)
    assert papers(house, "ana") == [] and len(papers(house, "bo")) == 1
    await house.command("ana", "certificate")
    assert len(papers(house, "ana")) == 1


async def test_many_are_made_some_at_a_time_each_once() -> None:
    async with opened() as house:
        drawing: list[int] = []

        def draw(paper: object) -> bytes:
            drawing.append(len(drawing))
            return b"%PDF-1.7 a sheet"

        quick = build(house.database, house.clock, [house.paper], kit(), draw=draw)  # pyright: ignore[reportArgumentType] - it never fails to draw
        house.kits, house.engine = quick.kits, quick.engine
        house.kits._platforms[PLATFORM] = replace(house.paper.capabilities, documents=True)
        pairs = [(f"a{number}", f"b{number}") for number in range(AT_ONCE + 2)]
        await over(house, *pairs)
        await house.until(house.clock.now() + 6 * DAY)
        counts = [len(papers(house, user)) for pair in pairs for user in pair]
        assert set(counts) == {1} and len(drawing) == len(counts)
