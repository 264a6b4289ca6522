"""The report's numbers against counts made in another way."""

from datetime import UTC, datetime, timedelta

from adapters.local.crowd import Say
from bot.language.places import Address
from bot.program.evaluation import figures
from storage.partnerships import Case, Partnership, SurveyAnswer
from storage.rounds import Application, Round, Submission
from tests.program.desk import BOSS, DAY, Desk, opened


async def wrote(desk: Desk, user: str, room: Address) -> None:
    await desk.adapter.act(Say(user, room, "Only who and when is known of this.", desk.clock.now()))
    await desk.settle()


async def played(desk: Desk) -> int:
    """A round with all sorts of people. Returns how many messages were written in rooms."""
    for user in ("alex", "bea", "cem", "dora", "emil"):
        await desk.applied(user)
    await desk.applied("alex")
    await desk.applied("gita", consent="no")
    await desk.says("emil", "withdraw")
    await desk.says("emil", "yes")
    await desk.closed()
    await desk.says("hugo", "apply")
    await desk.command(BOSS, "match pair alex@example.org dora@example.org")
    await desk.command(BOSS, "match approve")
    await desk.until(datetime(2027, 2, 2, 12, tzinfo=UTC))
    rooms = [Address.parse(row.room) for row in await desk.rows(Partnership)]
    members = {room: desk.adapter.platform.world.readers(room) for room in rooms}
    (together,) = [room for room in rooms if "alex" in members[room]]
    count = 0
    for user, hours in (("alex", 1), ("alex", 2), ("dora", 3), ("alex", 4)):
        await desk.until(datetime(2027, 2, 2, 12, tzinfo=UTC) + timedelta(hours=hours))
        await wrote(desk, user, together)
        count += 1
    (apart,) = [room for room in rooms if room != together]
    await wrote(desk, members[apart][0], apart)
    await desk.until(datetime(2027, 2, 15, tzinfo=UTC))
    return count + 1


async def test_the_numbers_are_true() -> None:
    async with opened() as desk:
        messages = await played(desk)
        async with desk.turn() as turn:
            counted = await figures(turn.session, await turn.get(Round, 1))
        statuses = [row.status for row in await desk.rows(Application)]
        assert counted.applications == {status: statuses.count(status) for status in set(statuses)}
        assert counted.applications == {"accepted": 4, "withdrawn": 1, "ineligible": 1}
        outcomes = [row.outcome for row in await desk.rows(Submission)]
        assert counted.submissions == {outcome: outcomes.count(outcome) for outcome in set(outcomes)}
        assert counted.submissions == {"counted": 6, "duplicate": 1, "late": 1}
        partnerships = await desk.rows(Partnership)
        states = [row.state for row in partnerships]
        assert counted.partnerships == {state: states.count(state) for state in set(states)}
        (live,) = [row for row in partnerships if row.live_at]
        assert counted.ever_live == 1
        waited = (datetime(2027, 2, 2, 15, tzinfo=UTC) - live.announced_at).total_seconds() / 3600
        assert counted.first_word_hours == round(waited, 1)
        assert counted.messages == messages == 5
        cases = [row.state for row in await desk.rows(Case)]
        assert cases and counted.cases == {state: cases.count(state) for state in set(cases)}


async def test_the_report_says_the_same() -> None:
    async with opened() as desk:
        await played(desk)
        told = await desk.command(BOSS, "report")
        assert "Applications: 6 (4 accepted, 1 ineligible, 1 withdrawn); 1 came too late, 1 were replaced" in told
        assert "Partnerships: 2, of which 1 came to life (50 %) and 1 ended" in told
        assert "Messages in rooms: 5" in told and "Cases: 1, of which 0 open" in told
        assert "Only who and when" not in "".join(seen.text for seen in desk.seen), "no words of partners anywhere"


async def test_a_round_in_which_nothing_has_happened() -> None:
    async with opened() as desk:
        told = await desk.command(BOSS, "report")
        assert "Applications: 0; 0 came" in told and "Partnerships: 0" in told and "hours" not in told


async def test_surveys_and_scales() -> None:
    async with opened() as desk:
        people = []
        for user in ("alex", "bea", "cem", "dora"):
            await desk.applied(user)
            people.append((await desk.person(user)).id)
        answers = [
            ("done", {"satisfied": "5", "story": "Good.", "again": "yes", "topics": ["1", "2"], "code": "12345"}),
            ("done", {"satisfied": "2", "story": "7", "again": "no", "code": "1"}),
            ("partial", {"satisfied": "3"}),
            ("sent", {}),
        ]
        async with desk.turn() as turn:
            turn.session.add_all(
                SurveyAnswer(
                    program_id=1,
                    round_id=1,
                    person_id=who,
                    survey="closing",
                    state=state,
                    answers=given,
                    sent_at=turn.now,
                )
                for who, (state, given) in zip(people, answers, strict=True)
            )
        async with desk.turn() as turn:
            counted = await figures(turn.session, await turn.get(Round, 1))
        assert counted.surveys == {"closing": (4, 2)}
        assert counted.scales == {"closing.satisfied": (3.33, 3)}, "what is answered with words is no scale"
        told = await desk.command(BOSS, "report")
        assert "2 of 4 answered (50 %)" in told and "3.33" not in told
        assert "fewer than 5 people answered are left out: 1." in told


async def test_each_round_by_itself() -> None:
    async with opened("starts:2027-02-01 weeks:4") as desk:
        await desk.applied("alex")
        await desk.until(datetime(2027, 3, 10, tzinfo=UTC))
        await desk.command(BOSS, "round open starts:2027-05-01 weeks:4 cap:0")
        await desk.until((await desk.round()).opens_at + DAY)
        assert "Applications: 0" in await desk.command(BOSS, "report")
        await desk.applied("alex")
        await desk.applied("bea")
        assert "Applications: 2 (2 accepted)" in await desk.command(BOSS, "report")
