"""The history of a round against what people did: nested stages, one person counted once, nothing of the forgotten."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import build
from bot.evaluation.history import Funnel, PersonFacts, RoundHistory
from bot.program.histories import histories, history
from bot.program.privacy import Privacy
from storage.evaluation import Writing
from storage.partnerships import Case, Member, Partnership, SurveyAnswer
from storage.people import Program
from storage.rounds import Application, Round
from tests.program.house import BEGIN, ENDS, House, kit, opened

DAY, WEEK = timedelta(days=1), timedelta(days=7)
OVER = datetime(2027, 1, 3, tzinfo=UTC)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with opened() as house:
        yield house


async def told(house: House) -> RoundHistory:
    async with house.turn() as turn:
        program = await turn.get(Program, 1)
        return await history(turn.session, turn.kit(program), await turn.get(Round, 1))


async def status(house: House, person: int, state: str, **more: object) -> None:
    async with house.turn() as turn:
        application = await turn.get(Application, person - 1)
        assert application.person_id == person
        application.status = state
        for name, value in more.items():
            setattr(application, name, value)


def person(found: RoundHistory, key: int) -> PersonFacts:
    return next(each for each in found.people if each.key == key)


def stages(found: RoundHistory) -> tuple[int, ...]:
    funnel = found.funnel
    return (funnel.applied, funnel.eligible, funnel.accepted, funnel.placed, funnel.live, funnel.completed)


async def test_nothing_happened_yet(house: House) -> None:
    found = await told(house)
    assert found.funnel == Funnel(0, 0, 0, 0, 0, 0)
    assert found.pairs == found.people == found.cases == found.surveys == ()
    assert (found.name, found.number, found.ended, found.ends_on) == ("Autumn 2026", 1, False, ENDS)
    assert found.topics[0].number == 1 and found.topics[-1].slug == "reflection-and-review"


async def test_the_stages_of_a_round(house: House) -> None:
    await house.live("ana", "bo")
    silent = await house.introduced("cy", "di")
    await house.wrote("cy", silent)
    ineligible, waits, received, withdrew, gave_back = [await house.person(user) for user in ("e", "f", "g", "h", "i")]
    await status(house, ineligible, "ineligible")
    await status(house, waits, "waitlisted")
    await status(house, received, "received")
    await status(house, withdrew, "withdrawn")
    await status(house, gave_back, "withdrawn", accepted_at=BEGIN)
    found = await told(house)
    assert stages(found) == (9, 8, 5, 4, 2, 0)
    assert person(found, gave_back).accepted and not person(found, withdrew).accepted
    assert [pair.live for pair in found.pairs] == [True, False]
    assert found.pairs[0].first_contact_hours == 2.0 and found.pairs[1].first_contact_hours is None


async def test_who_lasted_completed_and_who_left_did_not(house: House) -> None:
    pair = await house.live("ana", "bo")
    await house.live("cy", "di")
    await house.command("ana", "elsewhere on")
    await house.command("di", "leave")
    await house.press("di", house.question("di"), "yes")
    await house.until(OVER)
    found = await told(house)
    assert found.ended and stages(found) == (4, 4, 4, 4, 4, 2)
    stayed, left = found.pairs
    assert (stayed.key, stayed.lasted, stayed.end_reason) == (pair, True, "round_over")
    assert (left.lasted, left.end_reason) == (False, "stopped")
    assert stayed.weeks == 18 and left.weeks == 1
    assert [each.completed for each in found.people] == [True, True, False, False]


async def test_one_who_left_before_the_introduction_was_never_placed(house: House) -> None:
    house.paper.absent = {"cy"}
    await house.partners("ana", "bo", "cy")
    await house.until(BEGIN + timedelta(hours=2))
    async with house.turn() as turn:
        members = {m.person_id: m for m in [await turn.get(Member, key) for key in (1, 2, 3)]}
        assert (await turn.get(Partnership, 1)).announced_at is None
        members[4].left_at = turn.now
        await turn.session.flush()
        row = await turn.get(Partnership, 1)
        row.announced_at, row.state = turn.now + timedelta(hours=1), "arriving"
    found = await told(house)
    assert [each.placed for each in found.people] == [True, True, False]
    assert [member.person for member in found.pairs[0].members] == [2, 3]


async def test_of_three_two_go_on_and_complete(house: House) -> None:
    identity = await house.live("ana", "bo", "cy")
    await house.command("cy", "leave")
    await house.press("cy", house.question("cy"), "yes")
    await house.command("ana", "elsewhere on")
    await house.until(OVER)
    found = await told(house)
    assert stages(found) == (3, 3, 3, 3, 3, 2)
    (pair,) = found.pairs
    assert pair.key == identity and pair.lasted
    assert len(pair.members) == 3 and len(pair.countries) == 2, "compared are the two who went on"
    assert not any(member.known for member in pair.members), "they talk elsewhere: nobody knows how often"


async def test_a_silent_third_leaves_two_live(house: House) -> None:
    identity = await house.introduced("ana", "bo", "cy")
    for user in ("ana", "bo"):
        await house.wrote(user, identity)
    assert stages(await told(house)) == (3, 3, 3, 3, 0, 0)
    await house.wrote("cy", identity)
    assert stages(await told(house)) == (3, 3, 3, 3, 3, 0)


async def test_paired_again_counts_one_person_once(house: House) -> None:
    first = await house.introduced("ana", "bo")
    await house.wrote("ana", first)
    await house.command("bo", "leave")
    await house.press("bo", house.question("bo"), "yes")
    late = await house.person("cy")
    second = await house.pair(2, late)
    await house.until(house.clock.now() + DAY)
    for user in ("ana", "cy"):
        await house.wrote(user, second)
    await house.command("ana", "elsewhere on")
    await house.until(OVER)
    found = await told(house)
    assert stages(found) == (3, 3, 3, 3, 2, 2)
    assert [pair.live for pair in found.pairs] == [False, True]
    assert person(found, 3).status == "withdrawn" and person(found, 3).placed and not person(found, 3).live


async def test_the_forgotten_stay_counted_and_nothing_is_told_of_them(house: House) -> None:
    await house.live("ana", "bo")
    await house.command("ana", "forget-me")
    await house.press("ana", house.question("ana"), "yes")
    await house.until(house.clock.now() + 2 * DAY)
    found = await told(house)
    assert stages(found) == (2, 2, 2, 2, 2, 0)
    ana = person(found, 2)
    assert ana.country == ana.zone == "" and not ana.answers
    (pair,) = found.pairs
    assert pair.wishes == {} and pair.similarity is None and pair.zone_hours is None
    mine, theirs = sorted(pair.members, key=lambda member: member.person)
    assert not mine.known and mine.weekly == (0,), "when she wrote is not kept"
    assert theirs.known and theirs.messages == 1


async def test_what_partners_have_in_common(house: House) -> None:
    ana = await house.person(
        "ana", country="FR", interests=["a", "b", "c"], similar="yes", library_type="public", partner_type="academic"
    )
    bo = await house.person(
        "bo",
        zone="Asia/Kolkata",
        country="IN",
        interests=["b", "c", "d"],
        similar="no",
        library_type="academic",
        partner_type="any",
    )
    await house.pair(ana, bo)
    await house.until(BEGIN + DAY)
    (pair,) = (await told(house)).pairs
    assert pair.wishes == {"country": 1.0, "partner_type": 1.0, "interests": 1.0, "waking_hours": 1.0}
    assert pair.similarity == 0.5 and pair.zone_hours == 3.5
    assert pair.countries == ("FR", "IN") and pair.pace == "fortnightly"
    found = await told(house)
    assert found.labels["country"] == {"FR": "France", "IN": "India"} and found.titles["country"]


async def test_wishes_that_nobody_had_are_left_out_and_unmet_ones_are_not(house: House) -> None:
    ana = await house.person("ana", country="FR", library_type="public", partner_type="same")
    bo = await house.person("bo", zone="Pacific/Auckland", country="FR", library_type="school", partner_type="any")
    await house.pair(ana, bo)
    await house.until(BEGIN + DAY)
    (pair,) = (await told(house)).pairs
    assert pair.wishes == {"country": 0.0, "partner_type": 0.0, "waking_hours": 0.0}
    assert pair.similarity is None and pair.zone_hours == 10.0


async def test_when_they_wrote_and_whether_asking_helped(house: House) -> None:
    identity = await house.live("ana", "bo")
    await house.until(BEGIN + 10 * DAY)
    await house.wrote("ana", identity)
    await house.until(BEGIN + 10 * DAY + timedelta(hours=6))
    await house.wrote("bo", identity)
    await house.until(BEGIN + 29 * DAY)
    asked = [await house.row(Member, key) for key in (1, 2)]
    assert [len(member.asked) for member in asked] == [1, 1], "both were silent, and asked"
    await house.wrote("ana", identity)
    (pair,) = (await told(house)).pairs
    ana, bo = pair.members
    assert ana.weekly == (1, 1, 0, 0, 1) and bo.weekly == (1, 1, 0, 0, 0)
    assert bo.reply_hours == (244.0,) and ana.known and bo.known
    assert (ana.messages, ana.active_weeks) == (3, 3)
    assert (ana.asks, bo.asks, bo.helped) == (1, 1, 0)
    assert ana.helped == 1 and house.clock.now() - datetime.fromisoformat(asked[0].asked[0]) < WEEK


async def test_what_coordinators_looked_at(house: House) -> None:
    identity = await house.introduced("ana", "bo")
    await house.wrote("ana", identity)
    await house.until(BEGIN + 5 * DAY)
    (case,) = (await told(house)).cases
    assert (case.kind, case.state, case.outcome, case.closed_at, case.asked) == ("never_arrived", "open", "", None, 1)
    await house.wrote("bo", identity)
    (case,) = (await told(house)).cases
    assert (case.state, case.outcome) == ("closed", "itself") and case.closed_at == house.clock.now()
    async with house.turn() as turn:
        turn.session.add(Case(program_id=1, round_id=1, kind="word", state="open", opened_at=turn.now))
    assert [each.kind for each in (await told(house)).cases] == ["never_arrived", "word"]
    silent = await house.introduced("cy", "di")
    await house.wrote("cy", silent)
    await house.until(house.clock.now() + 5 * DAY)
    number = max(row.id for row in await house.rows(Case))
    await house.press("boss", f"case:{number}:1", "done", desk=True)
    assert (await told(house)).cases[-1].outcome == "done"


async def test_surveys_as_figures_and_as_answers(house: House) -> None:
    await house.live("ana", "bo")
    await house.live("cy", "di")
    given = {
        2: ("done", {"program": "5", "topics": ["digital-tools-and-ai"], "impact": "Words.", "recommend": "9"}),
        3: ("partial", {"program": "4"}),
        4: ("sent", {}),
    }
    async with house.turn() as turn:
        turn.session.add_all(
            SurveyAnswer(
                program_id=1, round_id=1, person_id=who, survey="closing", state=state, answers=said, sent_at=turn.now
            )
            for who, (state, said) in given.items()
        )
    found = await told(house)
    (closing,) = found.surveys
    assert (closing.name, closing.when, closing.sent, closing.begun, closing.done) == ("closing", "closing", 3, 2, 1)
    assert closing.scales["program"] == {4: 1, 5: 1} and closing.scales["recommend"] == {9: 1}
    assert closing.choices["topics"] == {"digital-tools-and-ai": 1} and "impact" not in closing.choices
    assert person(found, 2).surveys == {
        "closing": {"program": "5", "topics": ("digital-tools-and-ai",), "recommend": "9"}
    }
    assert person(found, 4).surveys == {}
    assert found.labels["closing.contact"]["weekly"] == "Every week or more often"


async def test_somebody_in_the_middle_of_a_survey_has_begun_it(house: House) -> None:
    await house.live("ana", "bo")
    await house.until(datetime(2026, 12, 23, tzinfo=UTC))
    assert [(s.sent, s.begun, s.done) for s in (await told(house)).surveys if s.name == "closing"] == [(2, 0, 0)]
    await house.press("ana", house.question("ana"), "5")
    assert [(s.sent, s.begun, s.done) for s in (await told(house)).surveys if s.name == "closing"] == [(2, 1, 0)]


async def test_the_rounds_of_a_program_oldest_first(house: House) -> None:
    await house.live("ana", "bo")
    async with house.turn() as turn:
        program, now = await turn.get(Program, 1), turn.now
        for number, state in enumerate(("ended", "open"), start=2):
            turn.session.add(
                Round(
                    program_id=1,
                    name=f"Round {number}",
                    state=state,
                    opens_at=now,
                    closes_at=now,
                    starts_on=now.date(),
                    ends_on=(now + 9 * WEEK).date(),
                )
            )
        await turn.session.flush()
        found = await histories(turn.session, turn.kit(program), program)
    assert [(each.name, each.number) for each in found] == [("Autumn 2026", 1), ("Round 2", 2)]
    assert [len(each.people) for each in found] == [2, 0]


async def test_what_was_cleared_up_reads_as_before(house: House) -> None:
    """The times of messages go some time after the end; the figures made from them stay what they were."""
    identity = await house.live("ana", "bo")
    for hours in (5, 30, 200):
        await house.until(BEGIN + timedelta(hours=hours))
        await house.wrote("ana" if hours == 30 else "bo", identity)
    await house.command("bo", "leave")
    await house.press("bo", house.question("bo"), "yes")
    before = (await told(house)).pairs[0]
    await house.partners("cy", "di")
    kept = build(house.database, house.clock, [house.paper], kit(), privacy=Privacy(keep=timedelta(days=30)))
    house.engine, house.kits = kept.engine, kept.kits
    house.clock.set(OVER + 120 * DAY)
    await house.until(house.clock.now() + DAY)
    member = await house.row(Member, 1)
    assert member.behaviour["weekly"] == [2, 0] and not await house.rows(Writing)
    assert (await told(house)).pairs[0].members == before.members
