"""Dead letters and parked events become cases: one for each subject, with what to do."""

from datetime import timedelta

from bot.language.acts import Act, Post
from bot.language.adapter import Gone, Unknown
from bot.language.places import Address, Place
from storage.partnerships import Case
from tests.program.house import BEGIN, BOSS, COMMUNITY, PLATFORM, House, choices, opened, words

HALL = Address(PLATFORM, COMMUNITY, Place.HALL, "hall")


def at_desk(house: House) -> list[Post]:
    return house.paper.posts("case:", to="desk")


def refuse(house: House, *ids: str, problem: Exception | None = None) -> None:
    """Nothing can be put at these addresses."""

    def refused(act: Act) -> None:
        if act.address.id in ids:
            raise problem or Gone("nobody there")

    house.paper.refuse = refused


async def send(house: House, *addresses: Address) -> None:
    """A notice of no particular kind to each."""
    async with house.turn() as turn:
        for address in addresses:
            house.events += 1
            turn.post(address, "notice", f"news:{house.events}", "News")
    await house.engine.settle()


async def test_fifty_dead_letters_to_one_person_are_one_case() -> None:
    async with opened() as house:
        await house.person("ana")
        await house.person("ben")
        refuse(house, "ana")
        for _ in range(5):
            await send(house, *[house.direct("ana")] * 10, house.direct("ben"))
        (post,) = at_desk(house)
        assert "something could not be delivered" in words(post)
        assert "notice" in words(post) and "Ana" in words(post) and "nobody there" in words(post)
        assert [option.value for option in choices(post)[0].options] == ["done", "wait"]
        (case,) = await house.rows(Case)
        assert (case.kind, case.person_id, case.partnership_id, case.state) == ("undelivered", 2, None, "open")


async def test_each_person_room_and_hall_has_its_own() -> None:
    async with opened() as house:
        pair = await house.live("ana", "ben")
        room = await house.room(pair)
        refuse(house, "ana", "ben", room.id, "hall")
        for _ in range(2):
            await send(house, house.direct("ana"), house.direct("ben"), room, HALL)
        cases = [(case.kind, case.person_id, case.partnership_id) for case in await house.rows(Case)]
        assert cases == [
            ("undelivered", 2, None),
            ("undelivered", 3, None),
            ("undelivered", None, pair),
            ("undelivered", None, None),
        ]


async def test_a_case_that_is_done_comes_again_with_the_next_dead_letter() -> None:
    async with opened() as house:
        await house.person("ana")
        refuse(house, "ana")
        await send(house, house.direct("ana"))
        await house.press(BOSS, choices(at_desk(house)[0])[0].token, "done", desk=True)
        assert [case.state for case in await house.rows(Case)] == ["closed"]
        await send(house, house.direct("ana"))
        assert [case.state for case in await house.rows(Case)] == ["closed", "open"]


async def test_what_cannot_reach_the_desk_makes_no_case_about_the_desk() -> None:
    async with opened() as house:
        refuse(house, "desk")
        await send(house, Address(PLATFORM, COMMUNITY, Place.DESK, "desk"))
        assert await house.rows(Case) == []


async def test_what_is_unknown_is_no_case_yet() -> None:
    async with opened() as house:
        await house.person("ana")
        refuse(house, "ana", problem=Unknown("no answer"))
        await send(house, house.direct("ana"))
        await house.until(BEGIN + timedelta(hours=1))
        assert await house.rows(Case) == []
        assert len(house.paper.posts("unknown:", to="desk")) == 1
