"""Announcements: written in conversation, shown with the number of those they go to, sent once, and called off.

Each person gets one once, in their daytime; each pair in its room, when it is daytime for all in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select

from bot.errors import NotAllowed, Problem
from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.language.acts import Edit
from bot.language.markup import Markdown
from bot.language.messages import Choices, Element, Option, say
from bot.program.access import Action, Who, allowed
from bot.program.applications import country_in
from bot.program.command import Call, Command
from bot.program.conversations import Conversation, close, start
from bot.program.partnerships import Partners, of_round
from bot.program.people import standing
from bot.program.rounds import current_round, day_label, rounds_now
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from bot.program.wording import Wording
from bot.world.countries import country_name
from bot.world.daytime import local
from storage.communications import Announcement
from storage.people import Account, Person, Program
from storage.rounds import Application
from storage.traffic import FlowRun

LONGEST = 2_000
"""Characters of an announcement."""
AUDIENCES = ("everybody", "pairs", "country")
_TAKING_PART = ("received", "accepted", "waitlisted")
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Readers:
    """To whom an announcement goes: each to their own conversation, or rooms."""

    accounts: Sequence[Account] = ()
    pairs: Sequence[Partners] = ()

    def __len__(self) -> int:
        return len(self.accounts) + len(self.pairs)


async def _announce(turn: Turn, call: Call) -> None:
    if await current_round(turn, call.program) is None:
        raise Problem("round.none")
    subject = f"announcing:{call.program.id}:{call.person.id}"
    await close(turn, "announce", subject)
    await start(turn, CONVERSATION, call.program, call.account, subject=subject, prompted=True)


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    flow, rounds = _usual_flow(turn.wording(program)), await rounds_now(turn, program)
    if len(rounds) == 1:
        return flow
    options = tuple(Option(str(each.id), each.name) for each in reversed(rounds))
    step = Step("round", StepKind.CHOICE, turn.say(program, "announce.ask_round"), options=options)
    return replace(flow, steps=(step, *flow.steps))


def _usual_flow(wording: Wording) -> Flow:
    """The questions where one round is on."""
    if "announce" not in wording.made:
        options = tuple(Option(each, wording.plain(f"announce.audience.{each}")) for each in AUDIENCES)
        steps = (
            Step("audience", StepKind.CHOICE, wording.say("announce.ask_audience"), options=options),
            Step(
                "country",
                StepKind.COUNTRY,
                wording.say("announce.ask_country"),
                only_if=("audience", ("country",)),
            ),
            Step("text", StepKind.TEXT, wording.say("announce.ask_text", longest=LONGEST), maximum=LONGEST),
        )
        wording.made["announce"] = Flow("announce", wording.say("announce.title"), steps, review=False)
    return wording.made["announce"]


async def _written(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    """Show the announcement to its author as it will be read, with the number of readers. Nothing is sent yet."""
    program, account = await turn.get(Program, run.program_id), await turn.get(Account, run.account_id)
    author = await turn.get(Person, run.person_id)
    rounds = await rounds_now(turn, program)
    round_row = next((each for each in rounds if str(each.id) == answers.get("round")), next(iter(rounds), None))
    # Asked a while ago, perhaps: who coordinates may have changed since.
    decision = allowed(await standing(turn, program, author), Action(Who.COORDINATOR))
    if not decision.allowed or round_row is None:
        text = turn.say(program, decision.reason or "round.none")
        turn.post(await turn.direct(account), "reply", f"run:{run.id}:no", text, prompted=True)
        return
    draft = Announcement(
        program_id=round_row.program_id,
        round_id=round_row.id or 0,
        person_id=run.person_id,
        audience=str(answers["audience"]),
        country=str(answers.get("country", "")),
        text=str(answers["text"]),
        made_at=turn.now,
    )
    readers = await _readers(turn, program, draft)
    if not len(readers):
        text = turn.say(program, "announce.nobody", audience=_audience(turn, program, draft))
        turn.post(await turn.direct(account), "reply", f"run:{run.id}:nobody", text, prompted=True)
        return
    await turn.add(draft)
    ask = turn.say(
        program,
        "announce.preview",
        audience=_audience(turn, program, draft),
        count=len(readers),
        rooms=draft.audience == "pairs",
        public=draft.audience == "everybody" and turn.kit(program).site.announcements,
    )
    send = turn.wording(program).plain("announce.button.send", count=len(readers))
    options = (
        Option("send", send, "primary"),
        Option("drop", turn.wording(program).plain("announce.button.drop")),
    )
    parts = (ask, _message(turn, program, draft), Choices(f"announce:{draft.id}", options))
    turn.post(await turn.direct(account), "announcement", f"announcement:{draft.id}:preview", *parts, prompted=True)


async def pressed(turn: Turn, press: Press) -> None:
    """Beneath an announcement: send it, drop it, or call off what has not gone out. The token is `announce:ID`."""
    decision = allowed(press.standing, Action(Who.COORDINATOR))
    if not decision.allowed:
        raise NotAllowed(decision.reason)
    number = press.parts[0] if press.parts else ""
    known = number.isdecimal() and len(number) < _DIGITS
    announcement = await turn.session.get(Announcement, int(number)) if known else None
    if announcement is None or announcement.program_id != press.program.id:
        raise NotAllowed("flow.over")
    match press.values, announcement.state:
        case ("send",), "draft":
            text = await _send(turn, press, announcement)
        case ("drop",), "draft":
            announcement.state = "dropped"
            text = turn.say(press.program, "announce.dropped")
        case ("undo",), "sent":
            text = await _call_off(turn, press.program, announcement)
        case ("send" | "drop" | "undo",), state:
            sent = day_label(announcement.sent_at) if announcement.sent_at else ""
            raise Problem(f"announce.already.{state}", date=sent, count=announcement.reach)
        case _:
            raise NotAllowed("flow.over")
    await _show(turn, press, announcement, text)


async def _send(turn: Turn, press: Press, announcement: Announcement) -> Markdown:
    """Give it to everybody it is for, each once: the keys say so, whatever is pressed twice. Returns what to tell."""
    program, subject = press.program, _subject(announcement)
    readers, text = await _readers(turn, program, announcement), _message(turn, program, announcement)
    last = turn.now
    for account in readers.accounts:
        key = f"{subject}:{account.person_id}"
        last = max(last, await turn.tell(program, account, "announcement", key, text, subject=subject))
    for partners in readers.pairs:
        room = partners.room()
        if room is not None:
            due_at = turn.daytime(turn.kit(program), partners.zones)
            turn.post(room, "announcement", f"{subject}:pair{partners.id}", text, due_at=due_at, subject=subject)
            last = max(last, due_at)
    announcement.state, announcement.sent_at, announcement.reach = "sent", turn.now, len(readers)
    note = turn.say(
        program,
        "announce.noted",
        by=press.person.name,
        audience=_audience(turn, program, announcement),
        count=len(readers),
        rooms=announcement.audience == "pairs",
    )
    parts = (note, text, _undo(turn, program, announcement))
    await turn.tell_desk(program, "announcement", f"{subject}:desk", *parts)
    return _sent(turn, program, announcement, last)


def _sent(turn: Turn, program: Program, announcement: Announcement, last: datetime) -> Markdown:
    at = local(last, "UTC") if last > turn.now else ""
    return turn.say(program, "announce.sent", count=announcement.reach, rooms=announcement.audience == "pairs", last=at)


async def _call_off(turn: Turn, program: Program, announcement: Announcement) -> Markdown:
    """Call off what has not gone out. Returns how many had it by then."""
    waiting = len(await turn.work.waiting(_subject(announcement)))
    if not waiting:
        raise Problem("announce.all_gone", count=announcement.reach)
    await turn.work.cancel(_subject(announcement), reason="the announcement was called off")
    announcement.state = "called_off"
    gone, announcement.reach = announcement.reach - waiting, announcement.reach - waiting
    return turn.say(program, "announce.called_off", gone=gone, spared=waiting)


async def _show(turn: Turn, press: Press, announcement: Announcement, text: Markdown) -> None:
    """The message that was pressed says what became of it; whoever pressed hears it too."""
    if press.message:
        parts: list[str | Element] = [text, _message(turn, press.program, announcement)]
        if announcement.state == "sent":
            parts.append(_undo(turn, press.program, announcement))
        key = f"{_subject(announcement)}:{announcement.state}:{press.message}"
        turn.work.enqueue(Edit(key, "announcement", press.address, press.message, say(*parts)))
    turn.reply(press.actor, press.address, "reply", f"{press.key}:reply", text)


async def _readers(turn: Turn, program: Program, announcement: Announcement) -> Readers:
    """Everybody it is for: those who take part and are here, of one country where it is for one; or the open rooms."""
    if announcement.audience == "pairs":
        every = await of_round(turn, announcement.round_id)
        return Readers(pairs=[each for each in every if each.row.announced_at is not None and each.row.room])
    rows = await turn.session.exec(
        select(Application, Account, Person)
        .join(Account, col(Account.id) == Application.account_id)
        .join(Person, col(Person.id) == Application.person_id)
        .where(
            Application.round_id == announcement.round_id,
            col(Application.status).in_(_TAKING_PART),
            col(Account.gone_at).is_(None),
        )
        .order_by(col(Application.id))
    )
    kit, wanted, accounts = turn.kit(program), announcement.country, dict[int, Account]()
    for application, account, person in rows:
        if announcement.audience == "everybody" or country_in(kit, application.answers) == wanted:
            turn.work.cache[Person, person.id] = person
            accounts[account.person_id] = account
    return Readers(accounts=list(accounts.values()))


def _message(turn: Turn, program: Program, announcement: Announcement) -> Markdown:
    """The announcement as its readers see it: nothing in it is taken for formatting, or mentions anybody."""
    return turn.say(program, "announce.message", lines=announcement.text.split("\n"))


def _audience(turn: Turn, program: Program, announcement: Announcement) -> Markdown:
    country = country_name(announcement.country) if announcement.country else ""
    return turn.say(program, f"announce.to.{announcement.audience}", country=country)


def _undo(turn: Turn, program: Program, announcement: Announcement) -> Choices:
    option = Option("undo", turn.wording(program).plain("announce.button.undo"), "danger")
    return Choices(f"announce:{announcement.id}", (option,))


def _subject(announcement: Announcement) -> str:
    return f"announcement:{announcement.id}"


CONVERSATION = Conversation("announce", "question", _flow, _written)
BUTTONS: Mapping[str, Pressed] = {"announce": pressed}
COMMANDS = (
    Command(
        "announce",
        Who.COORDINATOR,
        "Tells something to everybody, to all pairs or to one country. You see it before it goes.",
        _announce,
        (),
        "/mentoring announce",
    ),
)
