"""Codes of certificates: whoever types one as people do finds it, and nobody else finds anything."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.messages import Document
from bot.program.certificates import ALPHABET, GROUP, LENGTH, Verified, new_code, read_code, verify
from storage.certificates import Certificate
from tests.program.house import ENDS, STARTS, House, opened

CODE = "7K02-M9XT-41HD"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        person = await house.person("ana")
        async with house.turn() as turn:
            await turn.add(
                Certificate(
                    program_id=1, round_id=1, person_id=person, code=CODE, name="Ana Abreu", state="issued",
                    made_at=turn.now, issued_at=turn.now,
                )
            )  # fmt: skip
        yield house


async def confirmed(house: House, code: str) -> Verified | None:
    async with house.turn() as turn:
        return await verify(turn.session, code)


@pytest.mark.parametrize(
    "typed",
    [CODE, CODE.lower(), " 7k02 m9xt 41hd ", "7K02M9XT41HD", "7KO2-M9XT-4IHD", "7ko2–m9xt–4lhd", "７Ｋ０２-M9XT-41HD"],
)
async def test_a_code_is_found_however_it_was_typed(house: House, typed: str) -> None:
    found = await confirmed(house, typed)
    assert found == Verified("Ana Abreu", "Librarians", "Autumn 2026", STARTS, ENDS, house.clock.now().date())


@pytest.mark.parametrize(
    "typed",
    ["", " ", "7K02-M9XT-41H", "7K02-M9XT-41HDD", "7K02-M9XT-41HE", "UUUU-UUUU-UUUU", "%", "7K02%", "_" * 12,
     "' OR 1=1 --", "7K02-M9XT-41HD" * 20, "0" * 1_000_000, "\x00", "🦉" * 12, "٧K02-M9XT-41HD"],
)  # fmt: skip
async def test_nothing_else_finds_anything(house: House, typed: str) -> None:
    assert await confirmed(house, typed) is None


async def test_what_was_not_issued_yet_is_not_confirmed(house: House) -> None:
    async with house.turn() as turn:
        (await turn.get(Certificate, 1)).state = "asked"
    assert await confirmed(house, CODE) is None


def test_codes_are_of_their_form_and_differ() -> None:
    codes = {new_code() for _ in range(2_000)}
    assert len(codes) == 2_000
    for code in codes:
        groups = code.split("-")
        assert [len(group) for group in groups] == [GROUP] * (LENGTH // GROUP)
        assert set("".join(groups)) <= set(ALPHABET) and read_code(code) == code
    assert set("".join(codes)) == {*ALPHABET, "-"}, "every sign occurs"


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_or_empty(typed: str) -> None:
    code = read_code(typed)
    assert code == "" or (len(code) == 14 and read_code(code) == code)


async def test_whoever_is_forgotten_has_none_any_more(house: House) -> None:
    house.kits._platforms["paper"] = replace(house.paper.capabilities, documents=True)
    await house.command("ana", "my-data")
    post = next(post for post in house.paper.posts(to="ana") if post.key.endswith(":data"))
    assert any(isinstance(each, Document) and CODE in each.text for each in post.message.elements)
    await house.command("ana", "forget-me")
    await house.press("ana", house.question("ana"), "yes")
    await house.until(house.clock.now() + timedelta(days=1))
    assert await house.rows(Certificate) == [] and await confirmed(house, CODE) is None
