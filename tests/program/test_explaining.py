"""What a coordinator can ask of a proposal: why these two, why somebody waits, what a wish costs. Asking is free."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from storage.people import Person
from storage.rounds import Proposal
from tests.program.desk import BOSS, DAY, Desk, opened
from tests.program.proposal import number_of, pairs, partner_of, proposed, rooms

BEGIN = datetime(2026, 12, 20, 10, tzinfo=UTC)
TYPES = ("public", "academic", "health")


@asynccontextmanager
async def librarians(odd: str = "waitlist") -> AsyncIterator[Desk]:
    """The librarians' desk, on the first day of applications."""
    async with opened(f"starts:2027-02-15 odd:{odd}", kit="librarians", now=BEGIN) as desk:
        await desk.until((await desk.round()).opens_at + DAY)
        yield desk


async def applied(desk: Desk, *users: str) -> None:
    """These people, of three kinds of libraries, each with a wish; their interests overlap in part."""
    for number, user in enumerate(users):
        await desk.applied(
            user,
            library_type=TYPES[number % 3],
            partner_type=TYPES[(2 * number + 1) % 3],
            interests=("metadata", "assessment") if number % 2 else ("metadata", "copyright", "advocacy"),
            similar="yes",
        )
    await desk.closed()


async def test_a_proposal_states_its_proof_and_keeps_it() -> None:
    async with librarians() as desk:
        await applied(desk, "alex", "bea", "cem", "dora", "emil", "fatou")
        assert "This is the best possible: checked." in desk.last(desk.desk)
        proof = (await desk.rows(Proposal))[-1].proof
        assert proof["proved"] and proof["reached"] == proof["best"] and proof["certificate"]["prices"]
        assert "by hand" not in desk.last(desk.desk)
        await desk.command(BOSS, "match pair alex@example.org cem@example.org")
        assert "no other pairing does better, with what you set by hand as it is." in desk.last(desk.desk)


async def test_proposals_from_before_there_were_proofs() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea")
        async with desk.turn() as turn:
            (await turn.get(Proposal, 1)).proof = {}
        await desk.press(BOSS, "Pair again", desk.desk)
        old, new = desk.heard(desk.desk)[-1], desk.heard(desk.desk)[-2]
        assert "Proposal 1" in old and "checked" not in old
        assert "Proposal 2" in new and "checked" in new


async def test_explaining_a_pair() -> None:
    async with librarians() as desk:
        await applied(desk, "alex", "bea", "cem", "dora", "emil", "fatou")
        before = await desk.counts()
        told = await desk.command(BOSS, f"match explain {await number_of(desk, 'alex')}")
        other = (await partner_of(desk, "alex")).title()
        assert f"Alex and {other}" in told or f"{other} and Alex" in told
        assert "Different countries." in told and "asked for a partner with" in told
        assert "Next for Alex, and what it changes over the whole round:" in told and f"Next for {other}" in told
        listed = re.findall(r"^- (\w+): (.*)$", told.partition("Next for")[2], re.MULTILINE)
        assert len(listed) == 6 and all(re.search(r"fewer|less|just as good", change) for _, change in listed)
        assert {name for name, _ in listed} <= {"Alex", "Bea", "Cem", "Dora", "Emil", "Fatou"}
        after = await desk.counts()
        assert {name for name in before if before[name] != after[name]} == {"inbox_event", "outbox_act"}


async def test_the_price_that_is_told_is_the_price_that_is_paid() -> None:
    async with librarians() as desk:
        await applied(desk, "alex", "bea", "cem", "dora", "emil", "fatou")
        told = await desk.command(BOSS, f"match explain {await number_of(desk, 'alex')}")
        name, change = re.findall(r"^- (\w+): (.*)$", told.partition("Next for Alex")[2], re.MULTILINE)[0]
        paid = await desk.command(BOSS, f"match pair alex@example.org {name.lower()}@example.org")
        assert f"Compared with proposal 1, over the whole round: {change}." in paid
        undone = await desk.command(BOSS, f"match explain {await number_of(desk, 'alex')}")
        assert "(set by hand)" in undone and "If you give this pair back to the pairing" in undone
        back = re.sub("fewer|less", "more", change.partition(" and ")[0])
        assert f"over the whole round: {back}" in undone, "what it costs now is what undoing it would bring"


async def test_somebody_who_waits() -> None:
    async with librarians() as desk:
        await applied(desk, "alex", "bea", "cem", "dora", "emil", "fatou", "gita")
        (waiting,) = set(await desk.statuses()) - {user for pair in await pairs(desk) for user in pair}
        told = await desk.command(BOSS, f"match why {waiting}@example.org")
        assert f"{waiting.title()} waits. The number of people is odd" in told
        assert "If they had a partner instead" in told and told.count("\n- with ") == 3
        assert await desk.command(BOSS, f'match why "{waiting.title()}"') == told
        paired = "alex" if waiting != "alex" else "bea"
        told = await desk.command(BOSS, f"match why {paired}@example.org")
        assert f"does not wait: see /mentoring match explain {await number_of(desk, paired)}" in told
        assert "I do not know" in await desk.command(BOSS, "match why nobody@example.org")


async def test_somebody_whom_nobody_may_meet() -> None:
    async with librarians() as desk:
        await desk.applied("alex", avoid=("bea@example.org", "cem@example.org"))
        await desk.applied("bea")
        await desk.applied("cem")
        await desk.closed()
        told = await desk.command(BOSS, "match why alex@example.org")
        assert "Alex waits. Everybody else is a former partner, or one of the two asked for somebody else." in told
        assert "If they had a partner instead" not in told


async def test_somebody_who_could_meet_only_who_is_locked() -> None:
    async with librarians() as desk:
        await desk.applied("alex", avoid=("cem@example.org",))
        for user in ("bea", "cem", "dora"):
            await desk.applied(user)
        await desk.closed()
        await desk.command(BOSS, "match pair bea@example.org dora@example.org")
        told = await desk.command(BOSS, "match why alex@example.org")
        assert "Everybody whom they could meet is in a pair that was set by hand" in told
        assert "Of 3 others, 1 must not be their partner" in told


async def test_what_a_wish_costs() -> None:
    async with librarians() as desk:
        await applied(desk, "alex", "bea", "cem", "dora", "emil", "fatou")
        told = await desk.command(BOSS, "match without interests")
        assert "Without “Similarity of interests” the round would come out like this:" in told
        assert "People with a partner: 6, as it is" in told and "no longer counted" in told
        assert re.search(r"Similarity of interests: [\d.]+ → [\d.]+ \(worse\), no longer counted", told)
        assert re.search(r"Working hours in common: [\d.]+ → [\d.]+ \(better\)", told)
        assert "Leaving it out would buy nothing." in await desk.command(BOSS, "match without country")
        assert "Wishes met: partner’s type of library" in await desk.command(BOSS, "match without Partner Type")
        told = await desk.command(BOSS, "match without astrology")
        assert "There is no wish “astrology”. The wishes are, in their order: country, partner_type" in told
        assert len(await desk.rows(Proposal)) == 1


async def test_a_proposal_that_would_come_out_otherwise_by_now() -> None:
    async with librarians() as desk:
        await applied(desk, "alex", "bea", "cem", "dora", "emil", "fatou")
        await desk.says("alex", "withdraw")
        await desk.press("alex", "yes")
        for line in ("match explain 1", "match why bea@example.org", "match without interests"):
            assert "Something has changed since this proposal was made" in await desk.command(BOSS, line), line
        await desk.command(BOSS, "match rerun")
        assert "Next for" in await desk.command(BOSS, "match explain 1")


async def test_hostile_names_do_nothing_in_answers() -> None:
    async with librarians() as desk:
        await applied(desk, "alex", "bea", "cem", "dora")
        alex = (await desk.person("alex")).id
        async with desk.turn() as turn:
            (await turn.get(Person, alex)).name = "**@everyone** {{ 7 * 7 }} <b>"
        told = await desk.command(BOSS, f"match explain {await number_of(desk, 'alex')}")
        assert "@everyone" not in told and "<b>" not in told
        assert "**@everyone** {{ 7 * 7 }} <b>" in told.replace("\u2060", ""), "as it was typed, and nothing else"


async def test_the_whole_desk_from_proposal_to_room() -> None:
    async with librarians() as desk:
        await applied(desk, "alex", "bea", "cem", "dora", "emil", "fatou", "gita")
        assert "checked" in desk.last(desk.desk)
        assert "Next for" in await desk.command(BOSS, "match explain 1")
        assert "is kept" in await desk.command(BOSS, "match lock 1")
        assert "Compared with proposal 1" in await desk.command(BOSS, "match part 2")
        assert "Compared with proposal 2" in await desk.command(BOSS, "match pair alex@example.org gita@example.org")
        assert frozenset({"alex", "gita"}) in await pairs(desk)
        told = await desk.command(BOSS, "match pair alex@example.org alex@example.org")
        assert "different people" in told
        await desk.command(BOSS, "match rerun")
        assert "is approved" in await desk.command(BOSS, "match approve")
        made = len(await rooms(desk))
        told = await desk.command(BOSS, "match rerun")
        assert "announced pairs stay as they are" in told and "One person waits" in told
        assert len(await rooms(desk)) == made == 3
        await desk.until(datetime(2027, 2, 16, 12, tzinfo=UTC))
        (introduction,) = [one.text for one in desk.seen if one.kind == "introduction" and "Gita" in one.text]
        assert "You live in different countries." in introduction and "You both care about Metadata" in introduction
        assert re.search(r"it is \d\d:\d\d for \w+ when it is \d\d:\d\d for \w+", introduction)
