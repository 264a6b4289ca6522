"""`report`: a round in numbers, and then in pictures, each with its words.

Pictures are drawn while no transaction is open (`Work.computed`), by what the composition root hands in: the libraries
for it are an extra. What was drawn is kept for a while, so that asking again costs nothing.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.work import Laborious
from bot.errors import Problem
from bot.evaluation.history import RoundHistory
from bot.language.messages import Document, Element, Picture
from bot.language.places import Place
from bot.program.access import Who
from bot.program.command import Call, Command
from bot.program.evaluation import numbers_text
from bot.program.histories import history
from bot.program.rounds import OTHER_ROUND, running_round
from bot.program.turn import Turn
from storage.files import StoredFile
from storage.rounds import Round
from topics.model import Kit

FRESH = timedelta(minutes=10)
"""For so long a report that was drawn is given to whoever asks again."""
KEPT = timedelta(days=7)
"""So long its files are kept for their messages to arrive."""
_TOLD = ("running", "ended")
"""The states of earlier rounds that there is something to tell of."""
_INDEX = "application/json"
LONGEST = 1_800
"""Characters of findings in one message: what every platform takes, with room to spare."""


@dataclass(frozen=True, slots=True)
class Page:
    """One picture with its words; `png` is empty where there is nothing to show, and `alt` says why."""

    name: str
    title: str
    caption: str
    alt: str
    png: bytes


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole report as one file."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was drawn. `findings` are what the data suggests, a plain paragraph each."""

    pages: tuple[Page, ...]
    papers: tuple[Paper, ...]
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undrawn:
    """No report was drawn; `key` is the text that says why."""

    key: str


MakeReport = Callable[[Sequence[RoundHistory], Kit, datetime], Made | Undrawn]
"""Draws the report of the last of these rounds beside the others. It takes seconds, and runs in a thread."""


def without_pictures(rounds: Sequence[RoundHistory], kit: Kit, now: datetime) -> Made | Undrawn:
    """For a table of commands that nobody gives."""
    return Undrawn("report.no_pictures")


async def rounds_until(session: AsyncSession, kit: Kit, round_row: Round) -> tuple[RoundHistory, ...]:
    """A round, whatever its state, after those of its program that began before it, the oldest first."""
    earlier = await session.exec(
        select(Round)
        .where(Round.program_id == round_row.program_id, col(Round.state).in_(_TOLD), col(Round.id) < round_row.id)
        .order_by(col(Round.id))
    )
    return tuple([await history(session, kit, each) for each in (*earlier, round_row)])


class Reports:
    """The command, with what draws a report."""

    def __init__(self, make: MakeReport) -> None:
        self._make = make

    def commands(self) -> tuple[Command, ...]:
        """The command."""
        text = "Shows the round in numbers and in pictures."
        return (Command("report", Who.COORDINATOR, text, self.command, (OTHER_ROUND,), "/mentoring report"),)

    async def command(self, turn: Turn, call: Call) -> None:
        """`report`: the numbers where it was asked, and the pictures in private."""
        round_row = await running_round(turn, call.program, call.arguments.get("round", ""))
        if round_row is None:
            raise Problem("round.none")
        told = await numbers_text(turn, call.program, round_row)
        shown = await self._shown(turn, call, round_row)
        if isinstance(shown, Undrawn):
            call.reply(turn, told, turn.say(call.program, shown.key))
            return
        able = turn.able(call.address.platform)
        elsewhere = call.address.place is not Place.DIRECT and able.replies_in_place
        pictures = sum(1 for parts in shown if isinstance(parts[-1], Picture))
        follow = turn.say(call.program, "report.follow", count=pictures, elsewhere=elsewhere)
        call.reply(turn, told, follow)
        # Not where it was asked: what only one person in a channel sees cannot bear files everywhere.
        for number, parts in enumerate(shown):
            turn.post(call.actor.direct, "reply", f"{call.key}:report:{number}", *parts, prompted=True)

    async def _shown(self, turn: Turn, call: Call, round_row: Round) -> list[list[str | Element]] | Undrawn:
        """The messages of a report that was drawn lately, or of a new one."""
        index = f"report:{round_row.id}"
        found = (await turn.session.exec(select(StoredFile).where(StoredFile.key == index))).first()
        if found is not None and found.made_at > turn.now - FRESH:
            return _messages(turn, call, json.loads(found.content))
        made = await self._made(turn, call, round_row)
        if isinstance(made, Undrawn):
            return made
        kept = await _keep(turn, call, index, made)
        await turn.keep_file(call.program, index, "index.json", _INDEX, json.dumps(kept).encode(), turn.now + KEPT)
        return _messages(turn, call, kept)

    async def _made(self, turn: Turn, call: Call, round_row: Round) -> Made | Undrawn:
        # It is about the moment in which it was asked for: what happens meanwhile is no reason to draw it again.
        source, kit = ("report", call.key), turn.kit(call.program)
        try:
            return turn.work.computed(source, partial(without_pictures, (), kit, turn.now))
        except Laborious:
            # Only where it is not drawn yet are the rows read, which takes a while in a large program.
            rounds = await rounds_until(turn.session, kit, round_row)
        return turn.work.computed(source, partial(self._make, rounds, kit, turn.now))


Kept = dict[str, list[dict[str, str]]]
"""What is remembered of a report: `pages` and `papers`, each with its words and the key of its file, and `findings`."""


async def _keep(turn: Turn, call: Call, index: str, made: Made) -> Kept:
    """Store the files of a report under keys of its own, so that messages on their way keep theirs."""
    stem, until = f"{index}:{turn.now:%Y%m%dT%H%M%S}", turn.now + KEPT
    pages: list[dict[str, str]] = []
    for page in made.pages:
        key = f"{stem}:{page.name}" if page.png else ""
        if key:
            await turn.keep_file(call.program, key, f"{page.name}.png", "image/png", page.png, until)
        pages.append({"file": key, "name": page.name, "title": page.title, "caption": page.caption, "alt": page.alt})
    papers: list[dict[str, str]] = []
    for paper in made.papers:
        key = f"{stem}:{paper.name}"
        await turn.keep_file(call.program, key, paper.name, paper.media_type, paper.content, until)
        papers.append({"file": key, "name": paper.name, "type": paper.media_type})
    return {"pages": pages, "papers": papers, "findings": [{"text": text} for text in made.findings]}


def _messages(turn: Turn, call: Call, kept: Kept) -> list[list[str | Element]]:
    """A message for each picture, since several in one would be shown small; then what there is nothing to show of, and
    the whole as files."""
    messages: list[list[str | Element]] = [
        [
            turn.say(call.program, "report.picture", title=page["title"], caption=page["caption"]),
            Picture(page["file"], page["alt"], f"{page['name']}.png"),
        ]
        for page in kept["pages"]
        if page["file"]
    ]
    if messages:
        findings = [turn.say(call.program, "report.finding", text=each["text"]) for each in kept["findings"]]
        messages += _in_messages([turn.say(call.program, "report.findings"), *findings] if findings else [])
    nothing = [page for page in kept["pages"] if not page["file"]]
    last: list[str | Element] = []
    if nothing:
        last.append(turn.say(call.program, "report.nothing", parts=[(one["title"], one["alt"]) for one in nothing]))
    if turn.able(call.address.platform).documents and messages:
        last.append(turn.say(call.program, "report.papers"))
        last += [Document(paper["name"], paper["type"], file=paper["file"]) for paper in kept["papers"]]
    return [*messages, last] if last else messages


def _in_messages(texts: Sequence[str]) -> list[list[str | Element]]:
    """These texts, as many in each message as every platform takes."""
    messages: list[list[str | Element]] = []
    room = 0
    for text in texts:
        if len(text) > room:
            messages.append([])
            room = LONGEST
        messages[-1].append(text)
        room -= len(text)
    return messages
