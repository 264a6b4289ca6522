"""A round's topics stay what they were when the kit's change after it."""

from dataclasses import replace

from bot.program.histories import history
from bot.program.roundtopics import RoundTopic, topics_of
from storage.partnerships import Partnership
from storage.people import Program
from storage.rounds import Round
from tests.program.desk import BOSS, opened
from tests.program.proposal import proposed
from topics.model import Kit


def turned_over(kit: Kit) -> Kit:
    """The kit with its second topic gone and the others in their places, as a coordinator would have it next year."""
    first, _, *others = kit.topics
    return replace(kit, topics=tuple(replace(t, number=n) for n, t in enumerate((first, *others), start=1)))


async def test_what_was_talked_about_keeps_its_name_when_the_kit_changes() -> None:
    async with opened() as desk:
        await proposed(desk, "alex", "bea")
        assert (await desk.round()).topics == []
        await desk.command(BOSS, "match approve")
        async with desk.turn() as turn:
            program = await turn.get(Program, 1)
            kit, round_row = turn.kit(program), await turn.get(Round, 1)
            pair = await turn.get(Partnership, 1)
            pair.talked = [2, len(kit.topics)]
            round_row.state = "running"
            await turn.session.flush()
            before = await history(turn.session, kit, round_row)
            after = await history(turn.session, turned_over(kit), round_row)
        assert [topic["slug"] for topic in round_row.topics] == [topic.slug for topic in kit.topics]
        assert before.pairs[0].talked == (kit.topics[1].slug, kit.topics[-1].slug)
        assert after.pairs[0].talked == before.pairs[0].talked
        assert after.topics == before.topics != ()


async def test_a_round_whose_topics_were_not_kept_has_those_of_the_kit() -> None:
    async with opened() as desk:
        async with desk.turn() as turn:
            program = await turn.get(Program, 1)
            kit, round_row = turn.kit(program), await turn.get(Round, 1)
            assert round_row.topics == []
            found = topics_of(kit, round_row)
        assert [topic.number for topic in found] == [topic.number for topic in kit.topics]
        assert found[0] == RoundTopic(1, kit.topics[0].slug, kit.topics[0].title, round_row.starts_on)
