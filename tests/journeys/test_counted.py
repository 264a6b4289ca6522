"""The funnel and the surveys of a simulated round, counted anew: from the ledger of messages, the list of participants
and what people did on the platform, by code that shares nothing with the program.
"""

import asyncio
import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from adapters.local.crowd import Say
from adapters.local.journal import load
from adapters.local.records import AccountAdded, Acted
from adapters.local.rehearsal import LocalStages
from bot.app import Setup, begin_round, build, kit_of, set_up
from bot.engine.clock import VirtualClock
from bot.evaluation.history import RoundHistory
from bot.language.rehearsal import Player
from bot.program.forms import read_form
from bot.program.histories import history
from bot.rehearsal import Rehearsal
from bot.results import Ledger, write_results
from bot.simulate import Choices, chosen, dates_for, players_of
from bot.world.names import clean_email
from storage.rounds import Round
from storage.scratch import ScratchDatabase
from tests.journeys.applicants import Mix, export

WEEKS = 8
THANKS = {
    "arrival": ("How have you arrived?", "Enjoy the first topics!"),
    "middle": ("How is it going?", "Enjoy the second half!"),
    "closing": ("Looking back on the round", "for the time that you gave"),
    "exit": ("Before you go", "You are welcome back at any time"),
}
"""By the name of a survey: its title, and words of its thanks."""


@dataclass(frozen=True)
class Seen:
    """What the round left behind outside of the program's database."""

    lines: Sequence[Mapping[str, Any]]
    participants: Sequence[Mapping[str, str]]
    said: Mapping[str, Sequence[tuple[datetime, str]]]
    """When who wrote in a room, by its address: e-mail addresses."""
    over: Mapping[str, datetime]
    """When a partnership was over, by its number. What is written after that in its room is a goodbye."""

    def heard(self, *words: str, kind: str = "") -> set[str]:
        """Who got a message of this kind with all of these words."""
        found = [line for line in self.lines if kind in ("", line["kind"]) and all(w in line["text"] for w in words)]
        return {email for line in found for email in line["emails"]}

    def pairs(self) -> Mapping[str, tuple[set[str], set[str]]]:
        """Those who were introduced in each partnership, and those of them who wrote in one of its rooms."""
        found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for line in self.lines:
            if line["kind"] == "introduction":
                number = line["key"].split(":")[1]
                members, wrote = found[number]
                members.update(line["emails"])
                until = self.over.get(number, datetime.max.replace(tzinfo=UTC))
                wrote.update(email for at, email in self.said.get(line["to"], ()) if at < until)
        return found


async def played(folder: Path) -> tuple[RoundHistory, Seen]:
    data = export(seed=11, people=44, mix=Mix(again=0.15, ineligible=0.15))
    (librarians,) = kit_of("librarians").values()
    choices = Choices(seed=5, weeks=WEEKS)
    kit = chosen(librarians, choices)
    read = read_form(data, kit)
    dates = dates_for(kit, read, choices)
    clock = VirtualClock(min(dates.opens_at, *(row.at for row in read.rows)) - timedelta(hours=1))
    desk = Player("desk", "Coordinator", "coordinator@example.org", "Europe/London", part="coordinator")
    people = players_of(kit, read)
    # Some take another partner: they are asked why.
    people[4:16:3] = [replace(player, temper="wants_another") for player in people[4:16:3]]
    players = [*people, desk]
    database = ScratchDatabase()
    await database.create_tables()
    with Ledger(folder / "ledger.jsonl") as ledger:
        stage = LocalStages().build(
            clock, players, seed=5, opens=dates.opens_at, journal=folder / "journal", watch=ledger.write
        )
        house = build(database, clock, [stage.adapter], {kit.slug: kit})
        coordinators = (("desk", "coordinator@example.org", "Coordinator"),)
        program = await set_up(house, Setup("local", "playground", kit.slug, coordinators=coordinators))
        await begin_round(house, program, {"starts": dates.starts_on.isoformat(), "seed": "5"})
        rehearsal = Rehearsal(house, stage, clock)
        await rehearsal.start()
        end = datetime.combine(dates.ends_on, dates.opens_at.timetz()) + timedelta(days=5)
        while await rehearsal.step(end):
            pass
        await stage.adapter.stop()
        await write_results(database, kit, folder, read, players, ledger, {})
    async with database.transaction() as session:
        found = await history(session, kit, (await session.exec(select(Round))).one())
    await database.close()
    return found, seen_in(folder)


def seen_in(folder: Path) -> Seen:
    lines = [json.loads(line) for line in (folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
    with (folder / "participants.csv").open(encoding="utf-8", newline="") as file:
        participants = list(csv.DictReader(file))
    emails: dict[str, str] = {}
    said: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    with (folder / "partnerships.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["closed_at"]]
    over = {row["partnership"]: datetime.fromisoformat(row["closed_at"]) for row in rows}
    for record in load(folder / "journal"):
        if isinstance(record, AccountAdded):
            emails[record.account.user] = clean_email(record.account.email) or record.account.email
        elif isinstance(record, Acted) and isinstance(record.action, Say):
            said[str(record.action.address)].append((record.at, emails[record.action.account]))
    return Seen(lines, participants, said, over)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[RoundHistory, Seen]:
    return asyncio.run(played(tmp_path_factory.mktemp("counted")))


def test_the_funnel_equals_a_count_of_our_own(both: tuple[RoundHistory, Seen]) -> None:
    found, seen = both
    states: dict[str, str] = {}
    for row in seen.participants:
        if row["status"] in ("accepted", "waitlisted", "ineligible", "withdrawn", "received"):
            states[row["email"]] = row["status"]
    live: set[str] = set()
    for members, wrote in seen.pairs().values():
        if members <= wrote:
            live |= members
    stayed = seen.heard("for being a partner to", kind="thanks")
    lasting = {email for members, wrote in seen.pairs().values() if members <= wrote for email in members & stayed}
    placed = {email for members, _ in seen.pairs().values() for email in members}
    funnel = found.funnel
    assert funnel.applied == len(states) > 20
    assert funnel.eligible == sum(status != "ineligible" for status in states.values()) < funnel.applied
    assert funnel.accepted == len({email for email in seen.heard(kind="welcome") if states[email] != "ineligible"})
    assert funnel.placed == len(placed)
    assert funnel.live == len(live) < funnel.placed
    assert funnel.completed == len(lasting) > 0
    stages = [funnel.applied, funnel.eligible, funnel.accepted, funnel.placed, funnel.live, funnel.completed]
    assert stages == sorted(stages, reverse=True)


def test_surveys_equal_a_count_of_our_own(both: tuple[RoundHistory, Seen]) -> None:
    found, seen = both
    counted = {
        name: (len(seen.heard(title, "Question 1 of", kind="survey")), len(seen.heard(thanks)))
        for name, (title, thanks) in THANKS.items()
    }
    assert {survey.name: (survey.sent, survey.done) for survey in found.surveys} == counted
    assert all(done for _, done in counted.values())


def test_people_are_content_in_different_ways(both: tuple[RoundHistory, Seen]) -> None:
    found, _ = both
    closing = next(survey for survey in found.surveys if survey.name == "closing")
    assert len(closing.scales["program"]) > 1 and len(closing.scales["changed.network"]) > 1
    assert sum(closing.scales["changed.practice"].values()) >= closing.done
    leaving = next(survey for survey in found.surveys if survey.name == "exit")
    assert leaving.anonymous and sum(leaving.choices["reason"].values()) >= leaving.done > 0
    assert not any("exit" in person.surveys for person in found.people)
