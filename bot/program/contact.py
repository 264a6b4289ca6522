"""A thread between one person and the coordinators: both write to the bot, and it hands on what they write.

The person need not know who wrote. An ambassador has threads of their own with people of their countries. No word is
kept but in the conversations and messages themselves.
"""

from collections.abc import Mapping

from sqlmodel import select

from bot.errors import NotAllowed, Problem
from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.language.messages import Choices, Option
from bot.program.access import Action, Standing, Who, allowed
from bot.program.command import Argument, Call, Command
from bot.program.conversations import Conversation, close, start
from bot.program.naming import person_called
from bot.program.people import account_in, standing
from bot.program.routes import Press, Pressed
from bot.program.scope import countries_of, sees
from bot.program.turn import Turn
from bot.world.daytime import local
from storage.communications import Contact
from storage.people import Account, Community, Person, Program
from storage.traffic import FlowRun

LONGEST = 1_500
"""Characters of what is handed on in one go."""
_DIGITS = 18


async def _contact(turn: Turn, call: Call) -> None:
    person = await person_called(turn, call.program, call.arguments["who"], call.standing)
    if person.id == call.person.id:
        raise Problem("contact.yourself")
    if await _account(turn, call.program, person) is None:
        raise Problem("contact.no_account", name=person.name or person.email)
    await begin_with(turn, call.program, call.account, person, None if call.standing.coordinator else call.person.id)


async def begin_with(turn: Turn, program: Program, account: Account, person: Person, keeper: int | None) -> None:
    """Ask whoever has that account what to write to a person. `keeper` is the ambassador whose thread it is."""
    await _begin(turn, program, account, WRITE, await _thread_with(turn, program, person, keeper))


async def pressed(turn: Turn, press: Press) -> None:
    """Beneath what was handed on: `answer` for the person, `write` for coordinators. The token is `contact:ID`."""
    thread = await _of(turn, press.program, press.parts[0] if press.parts else "")
    if press.values == ("answer",):
        if thread is None:
            raise NotAllowed("flow.over")
        decision = allowed(press.standing, Action(Who.ANYONE, person=thread.person_id))
        if not decision.allowed:
            raise NotAllowed(decision.reason)
        await _begin(turn, press.program, press.account, ANSWER, thread)
        return
    decision = allowed(press.standing, Action(Who.AMBASSADOR))
    if not decision.allowed:
        raise NotAllowed(decision.reason)
    if thread is None or not await _may_write(turn, press.program, press.standing, thread):
        raise NotAllowed("flow.over")
    if await _account(turn, press.program, await turn.get(Person, thread.person_id)) is None:
        raise Problem("contact.gone")
    await _begin(turn, press.program, press.account, WRITE, thread)


async def _may_write(turn: Turn, program: Program, who: Standing, thread: Contact) -> bool:
    """Coordinators write in each thread, ambassadors in theirs, as long as the person is of their countries."""
    if who.coordinator:
        return True
    countries = await countries_of(turn, program, [thread.person_id])
    return thread.keeper_id == who.person_id and sees(who, *countries.values())


async def _begin(turn: Turn, program: Program, account: Account, conversation: Conversation, thread: Contact) -> None:
    """Ask for the words. Whoever asks anew before they gave them begins anew."""
    subject = f"{_subject(thread)}:{account.person_id}"
    await close(turn, conversation.name, subject)
    await start(turn, conversation, program, account, subject=subject, prompted=True)


async def _writing(turn: Turn, run: FlowRun) -> Flow:
    """What coordinators are asked: the words, and whether their name stands over them."""
    program, writer = await turn.get(Program, run.program_id), await turn.get(Person, run.person_id)
    thread = await _of(turn, program, _number(run))
    person = await turn.get(Person, thread.person_id) if thread is not None else None
    name = (person.name or person.email) if person is not None else None
    kept = thread is not None and thread.keeper_id is not None
    options = (
        Option("program", turn.wording(program).plain("contact.option.program", ambassador=kept)),
        Option("me", turn.wording(program).plain("contact.option.me", name=writer.name)),
    )
    steps = (
        Step(
            "text",
            StepKind.TEXT,
            turn.say(program, "contact.ask_text", name=name, longest=LONGEST),
            short=turn.wording(program).plain("contact.short.text"),
            maximum=LONGEST,
        ),
        Step(
            "sender",
            StepKind.CHOICE,
            turn.say(program, "contact.ask_sender", ambassador=kept),
            short=turn.wording(program).plain("contact.short.sender"),
            options=options,
        ),
    )
    return Flow("contact", turn.say(program, "contact.title", name=name), steps)


async def _written(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    """Hand somebody's words on, in the person's daytime. What coordinators write, the desk sees, with their name."""
    program, account = await turn.get(Program, run.program_id), await turn.get(Account, run.account_id)
    writer, key = await turn.get(Person, run.person_id), f"contact:{_number(run)}:{run.id}"
    thread = await _of(turn, program, _number(run))
    person = await turn.get(Person, thread.person_id) if thread is not None else None
    reader = await _account(turn, program, person) if person is not None else None
    # Asked a while ago, perhaps: who coordinates, and who is here, may have changed since.
    who = await standing(turn, program, writer)
    may = thread is not None and await _may_write(turn, program, who, thread)
    if thread is None or person is None or reader is None or not may:
        reason = allowed(who, Action(Who.AMBASSADOR)).reason or "contact.gone"
        turn.post(await turn.direct(account), "reply", f"{key}:sent", turn.say(program, reason), prompted=True)
        return
    lines, kept = _lines(answers["text"]), not who.coordinator
    named = answers.get("sender") == "me"
    sender = writer.name if named else ""
    text = turn.say(program, "contact.message", lines=lines, sender=sender, ambassador=kept)
    button = Option("answer", turn.wording(program).plain("contact.button.answer"), "primary")
    due = await turn.tell(
        program, reader, "contact", key, text, Choices(f"contact:{thread.id}", (button,)), subject=_subject(thread)
    )
    thread.written_at = turn.now
    at = local(due, person.zone or "UTC")
    sent = turn.say(program, "contact.sent", name=person.name, now=due <= turn.now, at=at, ambassador=kept)
    turn.post(await turn.direct(account), "reply", f"{key}:sent", sent, prompted=True)
    if kept:
        return
    note = turn.say(program, "contact.noted", by=writer.name, name=person.name, lines=lines, named=named)
    await turn.tell_desk(program, "contact", f"{key}:desk", note, subject=_subject(thread))


async def _answering(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    step = Step("text", StepKind.TEXT, turn.say(program, "contact.ask_answer", longest=LONGEST), maximum=LONGEST)
    return Flow("contact_answer", turn.say(program, "contact.title_answer"), (step,), review=False)


async def _answered(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    """Hand a person's answer on to the coordinators, with a button to write back."""
    program, account = await turn.get(Program, run.program_id), await turn.get(Account, run.account_id)
    thread, key = await _of(turn, program, _number(run)), f"contact:{_number(run)}:{run.id}"
    if thread is None:
        return
    thread.answered_at = turn.now
    person = await turn.get(Person, thread.person_id)
    text = turn.say(program, "contact.answer", name=person.name or account.name, lines=_lines(answers["text"]))
    button = Option("write", turn.wording(program).plain("contact.button.write"), "primary")
    parts, kind = (text, Choices(f"contact:{thread.id}", (button,))), "contact"
    keeper = await _keeper(turn, program, thread)
    if keeper is not None:
        await turn.tell(program, keeper, kind, f"{key}:kept", *parts, subject=_subject(thread))
    else:
        await turn.tell_desk(program, kind, f"{key}:desk", *parts, subject=_subject(thread))
    thanks = turn.say(program, "contact.thanks", ambassador=keeper is not None)
    turn.post(await turn.direct(account), "reply", f"{key}:sent", thanks, prompted=True)


async def _keeper(turn: Turn, program: Program, thread: Contact) -> Account | None:
    """The ambassador to whom an answer goes; None where it is for the desk: there is none, or they are it no longer."""
    if thread.keeper_id is None:
        return None
    person = await turn.get(Person, thread.keeper_id)
    if not await _may_write(turn, program, await standing(turn, program, person), thread):
        return None
    return await _account(turn, program, person)


async def _thread_with(turn: Turn, program: Program, person: Person, keeper: int | None) -> Contact:
    """The thread with that person, of the coordinators or of one ambassador, opened if there is none yet."""
    rows = await turn.session.exec(
        select(Contact).where(
            Contact.program_id == program.id, Contact.person_id == person.id, Contact.keeper_id == keeper
        )
    )
    return rows.first() or await turn.add(
        Contact(program_id=program.id or 0, person_id=person.id or 0, keeper_id=keeper, opened_at=turn.now)
    )


async def _of(turn: Turn, program: Program, number: str) -> Contact | None:
    known = number.isdecimal() and len(number) < _DIGITS
    thread = await turn.session.get(Contact, int(number)) if known else None
    return thread if thread is not None and thread.program_id == program.id else None


async def _account(turn: Turn, program: Program, person: Person) -> Account | None:
    return await account_in(turn, await turn.get(Community, program.community_id), person)


def _number(run: FlowRun) -> str:
    """The number of the thread that a conversation is about; its subject is `contact:ID:PERSON`."""
    return run.subject.split(":")[1] if ":" in run.subject else ""


def _subject(thread: Contact) -> str:
    return f"contact:{thread.id}"


def _lines(text: Answer) -> list[str]:
    return str(text).split("\n")


WRITE = Conversation("contact", "question", _writing, _written)
ANSWER = Conversation("contact_answer", "question", _answering, _answered)
CONVERSATIONS = (WRITE, ANSWER)
BUTTONS: Mapping[str, Pressed] = {"contact": pressed}
COMMANDS = (
    Command(
        "contact",
        Who.AMBASSADOR,
        "Writes to a participant through me, with or without your name. Answers come back to you.",
        _contact,
        (Argument("who", "Their e-mail address or full name.", rest=True, names="participant"),),
        "/mentoring contact amina@example.org",
    ),
)
