"""The coordinators' desk for pairing: the proposal, hands on it, approval, and who waits."""

import re
from datetime import UTC, date, datetime

from storage.people import Apart, Person
from storage.rounds import Lock, Proposal
from tests.program.desk import BOSS, DAY, Desk, opened
from tests.program.proposal import number_of, pairs, partner_of, proposed, rooms

SIX = ("alex", "bea", "cem", "dora", "emil", "fatou")


async def test_the_proposal_on_the_desk() -> None:
    async with opened() as desk:
        await proposed(desk, *SIX)
        (text,) = desk.heard(desk.desk, kind="proposal")
        assert "Proposal 1: 6 people in 3 partnerships" in text and "In different countries: 3 of 3" in text
        assert "Without a partner: 0" in text and "Nothing is sent before you approve" in text
        for user in SIX:
            assert user.title() in text
        assert "Different countries." in text and "(Portugal)" in text
        assert await rooms(desk) == [] and await desk.at_night() == []


async def test_previewing_pages() -> None:
    async with opened("cap:0 odd:trio") as desk:
        await proposed(desk, *SIX, "gita", "hugo")
        told = await desk.command(BOSS, "match preview")
        assert "Proposal 1, page 1 of 1" in told and told.count("Different countries.") == 4
        assert "page 1 of 1" in await desk.command(BOSS, "match preview 1")
        for wrong in ("0", "2", "-1", "x", "9" * 5000, "²"):
            assert "give a number from 1 to 1" in await desk.command(BOSS, f"match preview {wrong}"), wrong


async def test_many_pairs_have_several_pages() -> None:
    async with opened() as desk:
        users = [f"p{n:02d}" for n in range(34)]
        for n, user in enumerate(users):
            await desk.applied(user, "PT" if n % 2 else "JP")
        await desk.closed()
        (text,) = desk.heard(desk.desk, kind="proposal")
        assert "first 15 of 17" in text
        second = await desk.command(BOSS, "match preview page:2")
        assert "page 2 of 2" in second and second.count("Different countries.") == 2


async def test_locking_and_running_again() -> None:
    async with opened() as desk:
        await proposed(desk, *SIX)
        other = await partner_of(desk, "alex")
        assert "is kept" in await desk.command(BOSS, f"match lock {await number_of(desk, 'alex')}")
        await desk.command(BOSS, f"match lock #{await number_of(desk, 'alex')}")
        assert len(await desk.rows(Lock)) == 1, "twice is once"
        for number in (2, 3, 4):
            assert f"Proposal {number} is on the desk" in await desk.command(BOSS, "match rerun")
            assert await partner_of(desk, "alex") == other
        assert "set by hand" in desk.last(desk.desk)
        assert [row.state for row in await desk.rows(Proposal)] == ["replaced"] * 3 + ["draft"]
        assert "free again" in await desk.command(BOSS, f"match unlock {await number_of(desk, 'alex')}")
        assert await desk.rows(Lock) == []
        for wrong in ("99", "0", "x", "9" * 5000):
            assert "There is no pair" in await desk.command(BOSS, f"match lock {wrong}")


async def test_who_is_parted_never_meets_again_in_that_round() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora")
        met: set[str] = set()
        for _ in range(2):
            other = await partner_of(desk, "alex")
            assert other not in met
            met.add(other)
            assert "will not be paired" in await desk.command(BOSS, f"match part {await number_of(desk, 'alex')}")
        assert await partner_of(desk, "alex") not in met
        for _ in range(3):
            await desk.command(BOSS, "match rerun")
            assert await partner_of(desk, "alex") not in met


async def test_parting_a_locked_pair_takes_the_lock_away() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora")
        other = await partner_of(desk, "alex")
        number = await number_of(desk, "alex")
        await desk.command(BOSS, f"match lock {number}")
        assert "will not be paired" in await desk.command(BOSS, f"match part {number}")
        assert await desk.rows(Lock) == [] and await partner_of(desk, "alex") != other


async def test_parting_three_parts_each_two_of_them() -> None:
    async with opened("cap:0 odd:trio") as desk:
        await proposed(desk, "alex", "bea", "cem")
        await desk.command(BOSS, "match pair alex@example.org bea@example.org cem@example.org")
        assert await pairs(desk) == {frozenset({"alex", "bea", "cem"})}
        assert "will not be paired" in await desk.command(BOSS, "match part 1")
        assert await pairs(desk) == set() and len(await desk.rows(Apart)) == 3
        assert "nobody in this proposal" in await desk.command(BOSS, "match preview")
        assert "Without a partner: 3" in desk.last(desk.desk)


async def test_setting_a_pair_by_hand() -> None:
    async with opened() as desk:
        await proposed(desk, *SIX)
        for first, second in (("alex", "bea"), ("alex", "cem"), ("alex", "dora")):
            told = await desk.command(BOSS, f'match pair {first}@Example.org "{second.title()}"')
            assert "They are together now" in told
            assert await partner_of(desk, first) == second
        assert len(await desk.rows(Lock)) == 1, "one lock a person"
        assert "together" in await desk.command(BOSS, "match pair alex@example.org bea@example.org cem@example.org")
        assert frozenset({"alex", "bea", "cem"}) in await pairs(desk)


async def test_hands_may_undo_a_parting() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora")
        other = await partner_of(desk, "alex")
        await desk.command(BOSS, f"match part {await number_of(desk, 'alex')}")
        assert "together now" in await desk.command(BOSS, f"match pair alex@example.org {other}@example.org")
        assert await partner_of(desk, "alex") == other
        assert "on the desk" in await desk.command(BOSS, "match rerun"), "and it can be run again"


async def test_people_who_cannot_be_named() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora")
        await desk.applied("emil")  # too late
        for line, said in (
            ("nobody@example.org bea@example.org", "I do not know “nobody@example.org”"),
            ('"No Body" Bea', "I do not know “No Body”"),
            ("emil@example.org bea@example.org", "I do not know"),
            ("alex@example.org Alex", "different people"),
            ("alex@example.org ALEX@EXAMPLE.ORG bea@example.org", "different people"),
            ("alex@example.org", "needs second"),
            ('alex@example.org "Bea', "quotation mark"),
        ):
            assert said in await desk.command(BOSS, f"match pair {line}"), line
        assert await desk.rows(Lock) == [] and len(await desk.rows(Proposal)) == 1


async def test_two_people_of_one_name() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea", "cem", "dora")
        namesakes = [(await desk.person(user)).id for user in ("cem", "dora")]
        async with desk.turn() as turn:
            for identity in namesakes:
                (await turn.get(Person, identity)).name = "Kim O'Neil"
        told = await desk.command(BOSS, "match pair alex@example.org “kim o'neil”")
        assert "Several people are called “kim o'neil”" in told
        assert "together now" in await desk.command(BOSS, "match pair alex@example.org cem@example.org")


async def test_buttons_are_for_coordinators() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea")
        token = desk.shown(desk.desk)[-1].questions[0].token
        before = await desk.counts()
        assert "Only coordinators" in await desk.forge("alex", token, "approve")
        for nonsense in ("match:99", "match:x", "match:", "match", "match:²", "match:" + "9" * 30):
            await desk.forge(BOSS, nonsense, "approve")
            assert "question is over" in desk.last(BOSS), nonsense
        await desk.forge(BOSS, token, "something")
        await desk.forge(BOSS, token)
        after = await desk.counts()
        for name in before.keys() - {"inbox_event", "outbox_act"}:
            assert before[name] == after[name], name


async def librarians(desk: Desk) -> None:
    """Past the opening of the librarians' applications."""
    await desk.until((await desk.round()).opens_at + DAY)


async def test_former_partners_and_people_to_avoid_by_address() -> None:
    async with opened("starts:2027-02-15", kit="librarians", now=datetime(2026, 12, 20, 10, tzinfo=UTC)) as desk:
        await librarians(desk)
        # Alex names people who have not applied yet, one of them in another spelling later on.
        await desk.applied("alex", former=("bea@example.org",), avoid=("cem@example.org",))
        for user in ("bea", "cem", "dora"):
            await desk.applied(user)
        # Dora names somebody who is there already.
        await desk.applied("dora", avoid=("bea@example.org",))
        await desk.closed()
        assert await pairs(desk) == {frozenset({"alex", "dora"}), frozenset({"bea", "cem"})}
        for one, other in (("bea", "alex"), ("alex", "cem"), ("bea", "dora"), ("dora", "bea")):
            told = await desk.command(BOSS, f"match pair {one}@example.org {other}@example.org")
            assert "cannot be partners" in told and other.title() in told and not re.search(r"\d", told)
        assert await desk.rows(Lock) == []
        assert "on the desk" in await desk.command(BOSS, "match rerun")


async def test_a_lock_of_people_who_must_not_meet_any_more() -> None:
    async with opened("starts:2027-02-15", kit="librarians", now=datetime(2026, 12, 20, 10, tzinfo=UTC)) as desk:
        await librarians(desk)
        await proposed(desk, "alex", "bea", "cem", "dora")
        await desk.command(BOSS, "match pair alex@example.org bea@example.org")
        await desk.says("bea", "change")
        await desk.says("bea", "change avoid")
        assert desk.step("bea") == "avoid", desk.last("bea")
        await desk.says("bea", "alex@example.org")
        assert "are changed" in await desk.says("bea", "submit")
        assert "on the desk" in await desk.command(BOSS, "match rerun")
        assert frozenset({"alex", "bea"}) not in await pairs(desk)


async def test_partners_of_an_earlier_round_never_meet_again() -> None:
    async with opened("starts:2027-02-01 weeks:4") as desk:
        await proposed(desk, "alex", "bea")
        await desk.command(BOSS, "match approve")
        await desk.until(datetime(2027, 3, 10, tzinfo=UTC))
        assert (await desk.round()).state == "ended"
        await desk.command(BOSS, "round open starts:2027-05-01 weeks:4 cap:0")
        await desk.until((await desk.round()).opens_at + DAY)
        await desk.applied("alex")
        await desk.applied("bea")
        await desk.closed()
        assert await pairs(desk) == set()
        assert "cannot be partners" in await desk.command(BOSS, "match pair alex@example.org bea@example.org")
        assert (await desk.round()).starts_on == date(2027, 5, 1)
