"""Every command against every role: whoever may not is told so, and nothing else happens."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from adapters.local.records import Account as Seat
from bot.program.access import Who
from storage.people import Community, Program, Role
from tests.program.desk import BOSS, DAY, Desk, opened

A, P, M, C, W = Who.ANYONE, Who.PARTNER, Who.AMBASSADOR, Who.COORDINATOR, Who.OWNER


@dataclass(frozen=True, slots=True)
class Line:
    """One command as somebody writes it, for whom it is, and words of the answer to whoever may."""

    who: Who
    text: str
    answer: str


EXPECTED = {
    "help": Line(A, "help", "What you can do"),
    "apply": Line(A, "apply", ""),
    "status": Line(A, "status", "Classrooms in Touch"),
    "change": Line(A, "change", ""),
    "withdraw": Line(A, "withdraw", ""),
    "help-me": Line(A, "help-me", "stays between you and the coordinators"),
    "away": Line(A, "away 5 February to 9 February", ""),
    "back": Line(A, "back", ""),
    "elsewhere": Line(P, "elsewhere on", ""),
    "pace": Line(P, "pace seldom", ""),
    "times": Line(P, "times", "When can you meet?"),
    "another-partner": Line(P, "another-partner", "wish is noted"),
    "leave": Line(P, "leave", "really want to stop"),
    "cases": Line(M, "cases", "case"),
    "case": Line(M, "case 1", "case"),
    "pairs": Line(C, "pairs", "Emil"),
    "pair": Line(C, "pair 1", "Emil"),
    "topics": Line(C, "topics", "1"),
    "topic preview": Line(C, "topic preview 2", ""),
    "topic skip": Line(C, "topic skip 3", ""),
    "topic unskip": Line(C, "topic unskip 3", ""),
    "comments": Line(C, "comments", ""),
    "round open": Line(C, "round open starts:2020-01-01", "in the past"),
    "round close": Line(C, "round close", "Applications are closed"),
    "round extend": Line(C, "round extend 2027-03-01", "Applications are closed"),
    "round": Line(C, "round", "running"),
    "applications": Line(M, "applications", "mil"),
    "setup": Line(W, "setup", "is set up"),
    "programs": Line(A, "programs", ""),
    "coordinator": Line(C, "coordinator dora@example.org", "Dora is a coordinator now"),
    "match preview": Line(C, "match preview", "approved already"),
    "match lock": Line(C, "match lock 1", "approved already"),
    "match unlock": Line(C, "match unlock 1", "approved already"),
    "match part": Line(C, "match part 1", "approved already"),
    "match pair": Line(C, "match pair alex@example.org dora@example.org", "approved already"),
    "match rerun": Line(C, "match rerun", "approved already"),
    "match approve": Line(C, "match approve", "approved already"),
    "match explain": Line(C, "match explain 1", "approved already"),
    "match why": Line(C, "match why alex@example.org", "approved already"),
    "match without": Line(C, "match without country", "approved already"),
    "forecast": Line(C, "forecast", "nothing to forecast"),
    "rehearse": Line(C, "rehearse", "runs already"),
    "report": Line(C, "report", "in numbers"),
    "export": Line(C, "export", "What the rounds say"),
    "contact": Line(M, "contact emil@example.org", "What shall I write to Emil"),
    "invitations": Line(M, "invitations", "Nobody can apply at the moment"),
    "volunteer": Line(A, "volunteer", ""),
    "ambassadors": Line(C, "ambassadors", "Ambassadors: 1"),
    "ambassador": Line(C, "ambassador dora@example.org Hungary, Peru", "Dora is an ambassador for Hungary and Peru"),
    "announce": Line(C, "announce", "Who shall read it?"),
    "story": Line(A, "story", ""),
    "story withdraw": Line(A, "story withdraw", ""),
    "stories": Line(C, "stories", "no stories yet"),
    "stories channel": Line(C, "stories channel hall", "published in the hall"),
    "certificate": Line(A, "certificate", "no certificate for you"),
    "my-data": Line(A, "my-data", "everything that I keep about you"),
    "forget-me": Line(A, "forget-me", ""),
    "forget": Line(C, "forget emil@example.org", "Shall I forget Emil?"),
}
"""A command that is not here has no test: write its line before it goes anywhere."""
ROLES = {
    "gita": {A},  # never seen before
    "dora": {A},  # took part, and has no partner
    "alex": {A, P},
    "fatou": {A, M},  # an ambassador for Denmark
    BOSS: {A, M, C, W},
    "olga": {A},  # coordinates another program
}
DENIED = {
    P: "You have no partner in this round",
    C: "Only coordinators of Classrooms in Touch can do this",
    M: "Only coordinators of Classrooms in Touch, and ambassadors for their countries, can do this",
    W: "Only an administrator",
}
TRAFFIC = {"inbox_event", "outbox_act"}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A round that runs: Alex and Emil are partners, Dora waits for one, Olga coordinates something else."""
    async with opened("cap:0 odd:waitlist", more=[Seat("olga", "Olga", "olga@example.org", "Europe/Paris")]) as desk:
        for user in ("alex", "emil", "dora"):
            await desk.applied(user)
        await desk.closed()
        await desk.command(BOSS, "match pair alex@example.org emil@example.org")
        await desk.command(BOSS, "match approve")
        await desk.says("fatou", "hello")
        await desk.command(BOSS, "ambassador fatou@example.org Denmark")
        await desk.says("olga", "hello")
        olga = (await desk.person("olga")).id or 0
        async with desk.turn() as turn:
            other = await turn.add(Community(platform="local", external_id="elsewhere"))
            program = await turn.add(Program(community_id=other.id or 0, kit="teachers", name="Another program"))
            await turn.add(Role(program_id=program.id or 0, person_id=olga, role="coordinator", since=turn.now))
        await desk.until((await desk.round()).closes_at + 45 * DAY)
        assert (await desk.round()).state == "running"
        yield desk


async def test_every_command_has_its_line(desk: Desk) -> None:
    table = {command.name: command.who for command in desk.house.program.commands}
    assert {name: line.who for name, line in EXPECTED.items()} == table


@pytest.mark.parametrize("user", ROLES)
async def test_a_role(desk: Desk, user: str) -> None:
    """What is refused first, so that nothing has changed before it; then all that is allowed."""
    if user == "gita":
        await desk.command(user, "help")
    refused = [line for line in EXPECTED.values() if line.who not in ROLES[user]]
    before, others = await desk.counts(), [seen for seen in desk.seen if seen.address != desk.direct(user)]
    for line in refused:
        assert (await desk.command(user, line.text)).startswith(DENIED[line.who]), line.text
    after = await desk.counts()
    assert {name for name in before if before[name] != after[name]} <= TRAFFIC
    assert [seen for seen in desk.seen if seen.address != desk.direct(user)] == others, "nobody else hears of it"
    for line in (line for line in EXPECTED.values() if line.who in ROLES[user]):
        told = await desk.command(user, line.text)
        assert told and not any(told.startswith(denial) for denial in DENIED.values()), line.text
        assert line.answer in told or line.who is A, line.text
        assert "went wrong on my side" not in told, line.text


@pytest.mark.parametrize("user", ROLES)
async def test_help_shows_what_one_may(desk: Desk, user: str) -> None:
    told = await desk.command(user, "help")
    shown = {name for name in EXPECTED if f"/mentoring {name}" in told}
    assert shown >= {name for name, line in EXPECTED.items() if line.who in ROLES[user]}
    if C not in ROLES[user]:
        assert "For coordinators" not in told and "match approve" not in told
        assert ("For ambassadors of a country" in told) is (M in ROLES[user])


async def test_help_explains_each_command(desk: Desk) -> None:
    for command in desk.house.program.commands:
        told = await desk.command(BOSS, f"help {command.name}")
        assert f"/mentoring {command.name}" in told and "\\" not in told, command.name
        assert all(argument.name in told for argument in command.arguments)
    assert "do not know the command" in await desk.command(BOSS, "help nonsense")
    assert "Did you mean /mentoring match approve?" in await desk.command(BOSS, "match aprove")


async def test_a_command_typed_into_the_conversation(desk: Desk) -> None:
    assert "1 partnership" in await desk.says(BOSS, "/mentoring pairs")
    assert "Only coordinators" in await desk.says("alex", "/mentoring pairs")
    assert "What you can do" in await desk.says("alex", "/mentoring")
