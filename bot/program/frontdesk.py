"""What everybody can ask the bot for: help, applying, where they stand, changing, withdrawing."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import col, select

from bot.errors import Problem
from bot.language.markup import Markdown
from bot.language.messages import Choices, Element, Option
from bot.program import registration, switching
from bot.program.access import Action, Who, allowed
from bot.program.command import NAME, Argument, Call, Command, find
from bot.program.conversations import Conversations
from bot.program.people import Known
from bot.program.rounds import current_round, date_label, dates_of, day_label, last_day, rounds_now
from bot.program.routes import Press, Pressed
from bot.program.timetable import ANYWHERE_FIRST, moments
from bot.program.turn import Turn
from storage.partnerships import Member, Partnership
from storage.people import Person, Program
from storage.rounds import Round
from storage.traffic import FlowRun

_WORDS = {
    "apply": "apply",
    "register": "apply",
    "join": "apply",
    "continue": "continue",
    "go on": "continue",
    "status": "status",
    "change": "change",
    "withdraw": "withdraw",
}
_HELLO = ("hi", "hello", "hey", "help", "?", "start", "hola", "bonjour")
NEXT_SHOWN = 4
_DESK = (Who.AMBASSADOR, Who.COORDINATOR, Who.OWNER)


class FrontDesk:
    """Commands and words that are for everybody. The whole command table is handed in once it is complete."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._table: tuple[Command, ...] = ()

    def know(self, table: tuple[Command, ...]) -> None:
        """Take the complete command table, for the help."""
        self._table = table

    def commands(self) -> tuple[Command, ...]:
        """The commands of this desk."""
        about = (Argument("command", "The command to explain.", required=False, rest=True, names="command"),)
        return (
            Command("help", Who.ANYONE, "Shows what you can do here.", self.help, about, "/mentoring help away"),
            Command("apply", Who.ANYONE, "Starts your application, or goes on with it.", self.apply),
            Command("status", Who.ANYONE, "Shows where you stand and what comes next.", self.status),
            Command("change", Who.ANYONE, "Changes the answers of your application.", self.change),
            Command("withdraw", Who.ANYONE, "Takes your application back.", self.withdraw),
            *switching.COMMANDS,
        )

    def buttons(self) -> Mapping[str, Pressed]:
        """The buttons of this desk: the invitation's, and those of the list of programs."""
        return {"apply": self.apply_pressed, **switching.BUTTONS}

    async def spoken(self, turn: Turn, known: Known, text: str, key: str, waiting: FlowRun | None) -> bool:
        """A word said to the bot. While a question waits, only words that no question takes mean something here."""
        word = " ".join(text.casefold().strip(" .!/").removeprefix(f"{NAME} ").split())
        if word in _WORDS and (waiting is None or word in ("apply", "status")):
            await self._do(turn, known, _WORDS[word], key)
            return True
        if waiting is None and word in _HELLO:
            welcome = await self._welcome(turn, known)
            turn.post(await turn.direct(known.account), "reply", f"{key}:reply", *welcome, prompted=True)
            return True
        return False

    async def help(self, turn: Turn, call: Call) -> None:
        """`help`: the commands one may give, or one of them explained."""
        asked = call.arguments.get("command", "")
        if asked:
            command, _ = find(self._table, asked.removeprefix(f"/{NAME}").strip())
            call.reply(turn, _explained(turn, call.program, command))
            return
        mine = [c for c in self._table if allowed(call.standing, Action(c.who)).allowed]
        everyone = [c for c in mine if c.who not in _DESK]
        desk = [c for c in mine if c.who in _DESK]
        ambassador = bool(call.standing.countries) and not call.standing.coordinator
        text = turn.say(
            call.program, "help.long", commands=everyone, desk=desk, ambassador=ambassador, slash=f"/{NAME}"
        )
        call.reply(turn, text)

    async def apply(self, turn: Turn, call: Call) -> None:
        """`apply`: begin an application, or go on with it."""
        await registration.apply(turn, call.program, call.account, self._conversations, call.key)

    async def change(self, turn: Turn, call: Call) -> None:
        """`change`: change the answers of one's application."""
        await registration.begin_change(turn, call.program, call.account, self._conversations)

    async def withdraw(self, turn: Turn, call: Call) -> None:
        """`withdraw`: take one's application back, after a yes."""
        await registration.begin_withdraw(turn, call.program, call.account, self._conversations)

    async def status(self, turn: Turn, call: Call) -> None:
        """`status`: one's application, partnership and what comes next."""
        call.reply(turn, await status_text(turn, call.program, call.person))

    async def apply_pressed(self, turn: Turn, press: Press) -> None:
        """The button of an invitation."""
        await registration.apply(turn, press.program, press.account, self._conversations, press.key)

    async def _do(self, turn: Turn, known: Known, word: str, key: str) -> None:
        program, account = known.program, known.account
        if word == "apply":
            await registration.apply(turn, program, account, self._conversations, key)
        elif word == "continue":
            run = await self._conversations.stopped(turn, program, account.person_id)
            if run is None:
                raise Problem("flow.nothing_stopped")
            await self._conversations.resume(turn, program, run, account)
        elif word == "change":
            await registration.begin_change(turn, program, account, self._conversations)
        elif word == "withdraw":
            await registration.begin_withdraw(turn, program, account, self._conversations)
        else:
            text = await status_text(turn, program, known.person)
            turn.post(await turn.direct(account), "reply", f"{key}:reply", text, prompted=True)

    async def _welcome(self, turn: Turn, known: Known) -> list[str | Element]:
        round_row = await current_round(turn, known.program)
        open_now = round_row is not None and round_row.opens_at <= turn.now < round_row.closes_at
        closes = last_day(round_row.closes_at) if round_row else ""
        text = turn.say(known.program, "help.hello", name=known.person.name, open=open_now, closes=closes)
        if round_row is None or not open_now:
            return [text]
        option = Option("apply", turn.say(known.program, "round.button.apply"), "primary")
        return [text, Choices(f"apply:{round_row.id}", (option,))]


async def status_text(turn: Turn, program: Program, person: Person) -> Markdown:
    """Where somebody stands, in words: in the newest round, and before it in those in which they have applied."""
    rounds = await rounds_now(turn, program)
    if not rounds:
        raise Problem("apply.no_round")
    applied = [await registration.application_of(turn, each, person.id or 0) is not None for each in rounds]
    shown = [each for each, mine in zip(rounds, applied, strict=True) if mine or each is rounds[0]]
    return Markdown("\n\n".join([await _status_in(turn, program, each, person) for each in reversed(shown)]))


async def _status_in(turn: Turn, program: Program, round_row: Round, person: Person) -> Markdown:
    application = await registration.application_of(turn, round_row, person.id or 0)
    partners, state = await _partners(turn, round_row, person)
    return turn.say(
        program,
        "status.text",
        round=round_row.name,
        status=application.status if application else "",
        reason=application.reason if application else "",
        submitted=day_label(application.submitted_at) if application else "",
        seeking=bool(application and application.seeking),
        partners=partners,
        partnership=state,
        open=round_row.opens_at <= turn.now < round_row.closes_at,
        closes=last_day(round_row.closes_at),
        starts=date_label(round_row.starts_on),
        ends=date_label(round_row.ends_on),
        next=coming(turn, program, round_row),
    )


def coming(turn: Turn, program: Program, round_row: Round) -> list[Markdown]:
    """What comes next in a round, a line each."""
    kit = turn.kit(program)
    titles = {str(topic.number): topic.title for topic in kit.topics}
    left_out = {("topic", str(number)) for number in round_row.skipped}
    ahead = [
        moment
        for moment in moments(kit, dates_of(round_row))
        if moment.at > turn.now and not moment.kind.endswith("_reminder")
        if (moment.kind, moment.subject) not in left_out
    ]
    return [
        turn.say(
            program,
            f"moment.{moment.kind}",
            date=moment_day(moment.kind, round_row, moment.at),
            title=titles.get(moment.subject, ""),
            number=moment.subject,
        )
        for moment in ahead[:NEXT_SHOWN]
    ]


def moment_day(kind: str, round_row: Round, at: datetime) -> str:
    """The day of a moment in words, as people's own calendars have it."""
    if kind == "close":
        return last_day(round_row.closes_at)
    if kind == "end":
        return date_label(round_row.ends_on)
    return day_label(at + ANYWHERE_FIRST if kind in ("start", "topic") else at)


def _explained(turn: Turn, program: Program, command: Command) -> Markdown:
    return turn.say(
        program,
        "help.command",
        usage=command.usage,
        help=command.help,
        arguments=command.arguments,
        example=Markdown(command.example),
    )


async def _partners(turn: Turn, round_row: Round, person: Person) -> tuple[list[str], str]:
    rows = await turn.session.exec(
        select(Partnership)
        .join(Member, col(Member.partnership_id) == Partnership.id)
        .where(Partnership.round_id == round_row.id, Member.person_id == person.id, Partnership.state != "ended")
    )
    partnership = rows.first()
    if partnership is None:
        return [], ""
    names = await turn.session.exec(
        select(Person.name)
        .join(Member, col(Member.person_id) == Person.id)
        .where(Member.partnership_id == partnership.id, Member.person_id != person.id)
    )
    return list(names), partnership.state
