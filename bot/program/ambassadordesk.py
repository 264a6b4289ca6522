"""Becoming an ambassador, and being one no longer: people volunteer, coordinators decide."""

from collections.abc import Mapping

from bot.errors import NotAllowed, Problem
from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.language.acts import Edit
from bot.language.markup import Markdown
from bot.language.messages import Choices, Element, Option, say
from bot.program.access import Action, Who, allowed
from bot.program.ambassadors import (
    AMBASSADOR,
    FORMER,
    VOLUNTEER,
    account_of,
    appoint,
    everybody,
    in_words,
    role_of,
)
from bot.program.command import Argument, Call, Command
from bot.program.conversations import Conversation, close, start
from bot.program.naming import person_called
from bot.program.routes import Press, Pressed
from bot.program.scope import countries_of
from bot.program.turn import Turn
from bot.world.countries import Found, resolve_country
from storage.people import Account, Person, Program, Role
from storage.traffic import FlowRun

LONGEST = 500
"""Characters of what somebody says about why they volunteer."""
MOST = 10
"""Countries of one ambassador."""
WAITING_SHOWN = 5
_PARTS, _DIGITS = 2, 18
_NOBODY = ("none", "no", "nothing", "-")


async def _volunteer(turn: Turn, call: Call) -> None:
    role = await role_of(turn, call.program, call.person.id)
    if role is not None and role.role == AMBASSADOR:
        raise Problem("volunteer.already", countries=in_words(turn, call.program, role.countries))
    subject = f"volunteer:{call.program.id}:{call.person.id}"
    await close(turn, "volunteer", subject)
    await start(turn, CONVERSATION, call.program, call.account, subject=subject, prompted=True)


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    own = (await countries_of(turn, program, [run.person_id])).get(run.person_id, "")
    steps = (
        Step("country", StepKind.COUNTRY, turn.say(program, "volunteer.ask_country"), previous=own or None),
        Step("more", StepKind.COUNTRY, turn.say(program, "volunteer.ask_more"), required=False),
        Step("why", StepKind.TEXT, turn.say(program, "volunteer.ask_why"), required=False, maximum=LONGEST),
    )
    return Flow("volunteer", turn.say(program, "volunteer.title"), steps, review=False)


async def _volunteered(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    """Put it before the coordinators, with buttons."""
    program, account = await turn.get(Program, run.program_id), await turn.get(Account, run.account_id)
    person = await turn.get(Person, run.person_id)
    role = await role_of(turn, program, person.id)
    if role is None or role.role != AMBASSADOR:
        countries = [str(answers[name]) for name in ("country", "more") if answers.get(name)]
        role = await appoint(turn, program, person.id, VOLUNTEER, countries)
        why = str(answers.get("why") or "").split("\n")
        text = turn.say(
            program,
            "volunteer.desk",
            name=person.name or account.name,
            email=person.email,
            countries=in_words(turn, program, role.countries),
            why=why if any(why) else (),
        )
        await turn.tell_desk(program, "notice", f"volunteer:{run.id}", text, _buttons(turn, program, role))
    text = turn.say(program, "volunteer.thanks", countries=in_words(turn, program, role.countries))
    turn.post(await turn.direct(account), "thanks", f"flow:{run.id}:thanks", text, prompted=True)


def _buttons(turn: Turn, program: Program, role: Role) -> Choices:
    """What coordinators decide with about a volunteer."""
    wording = turn.wording(program)
    options = (
        Option("approve", wording.plain("volunteer.button.approve"), "primary"),
        Option("decline", wording.plain("volunteer.button.decline")),
    )
    return Choices(f"volunteer:{role.id}:{_asked(role)}", options)


def _asked(role: Role) -> str:
    """Who asks for what: neither other countries nor somebody else by the same id are approved by an old button."""
    return "-".join([str(role.person_id), *role.countries])


async def pressed(turn: Turn, press: Press) -> None:
    """A coordinator decides about a volunteer, who is told."""
    decision = allowed(press.standing, Action(Who.COORDINATOR))
    if not decision.allowed:
        raise NotAllowed(decision.reason)
    number = press.parts[0] if len(press.parts) == _PARTS else ""
    known = number.isdecimal() and len(number) < _DIGITS
    role = await turn.session.get(Role, int(number)) if known else None
    if role is None or role.program_id != press.program.id or press.values not in (("approve",), ("decline",)):
        raise NotAllowed("flow.over")
    person = await turn.get(Person, role.person_id)
    if role.role != VOLUNTEER or press.parts[1] != _asked(role):
        raise Problem("volunteer.decided", name=person.name, state=role.role)
    state = AMBASSADOR if press.values == ("approve",) else FORMER
    countries = role.countries
    await appoint(turn, press.program, person.id, state, countries)
    await _tell(turn, press.program, person, state, countries, press.key)
    text = turn.say(
        press.program,
        f"volunteer.was.{state}",
        name=person.name,
        countries=in_words(turn, press.program, countries),
        by=press.person.name,
    )
    if press.message:
        turn.work.enqueue(Edit(f"{press.key}:edit", "notice", press.address, press.message, say(text)))
    turn.reply(press.actor, press.address, "reply", f"{press.key}:reply", text)


async def _ambassadors(turn: Turn, call: Call) -> None:
    """`ambassadors`: who is one, for where, with how much, and who would like to be."""
    program = call.program
    lines = [
        turn.say(
            program,
            "ambassadors.line",
            name=each.person.name or each.person.email,
            countries=in_words(turn, program, each.role.countries),
            away=each.away,
            cases=each.cases,
        )
        for each in await everybody(turn, program)
    ]
    parts: list[str | Element] = [turn.say(program, "ambassadors.head", count=len(lines)), "\n".join(lines)]
    waiting = await everybody(turn, program, VOLUNTEER)
    for each in waiting[:WAITING_SHOWN]:
        countries = in_words(turn, program, each.role.countries)
        parts.append(turn.say(program, "ambassadors.waiting", name=each.person.name, countries=countries))
        parts.append(_buttons(turn, program, each.role))
    call.reply(turn, *parts)


async def _ambassador(turn: Turn, call: Call) -> None:
    """`ambassador`: make somebody one for these countries, or one no longer."""
    program, person = call.program, await person_called(turn, call.program, call.arguments["who"], call.standing)
    if await account_of(turn, program, person) is None:
        raise Problem("contact.no_account", name=person.name or person.email)
    role = await role_of(turn, program, person.id)
    if call.arguments["countries"].strip().casefold() in _NOBODY:
        if role is None or role.role == FORMER:
            raise Problem("ambassador.is_none", name=person.name)
        countries, state = role.countries, FORMER
    else:
        countries, state = _codes(call.arguments["countries"]), AMBASSADOR
    if role is None or (role.role, role.countries) != (state, sorted(countries)):
        await appoint(turn, program, person.id, state, countries)
        await _tell(turn, program, person, state, countries, call.key)
    words = in_words(turn, program, countries)
    call.reply(turn, turn.say(program, f"volunteer.was.{state}", name=person.name, countries=words, by=""))


def _codes(text: str) -> list[str]:
    """The countries that somebody wrote, with commas between them. Raises Problem for what is none."""
    names = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if not names or len(names) > MOST:
        raise Problem("ambassador.countries", most=MOST)
    found: list[str] = []
    for name in names:
        country = resolve_country(name)
        if not isinstance(country, Found):
            raise Problem("ambassador.no_country", country=name[:60])
        found.append(country.code)
    return sorted(set(found))


async def _tell(turn: Turn, program: Program, person: Person, state: str, countries: list[str], key: str) -> None:
    account = await account_of(turn, program, person)
    if account is not None:
        text: Markdown = turn.say(
            program, f"volunteer.told.{state}", name=person.name, countries=in_words(turn, program, countries)
        )
        await turn.tell(program, account, "notice", f"{key}:told:{person.id}", text)


CONVERSATION = Conversation("volunteer", "question", _flow, _volunteered)
BUTTONS: Mapping[str, Pressed] = {"volunteer": pressed}
COMMANDS = (
    Command(
        "volunteer",
        Who.ANYONE,
        "Offers your help as an ambassador for people of your country.",
        _volunteer,
        (),
        "/mentoring volunteer",
    ),
    Command("ambassadors", Who.COORDINATOR, "Lists ambassadors and who would like to be one.", _ambassadors),
    Command(
        "ambassador",
        Who.COORDINATOR,
        "Makes somebody an ambassador for some countries, or one no longer.",
        _ambassador,
        (
            Argument("who", "E-mail address, or the full name in quotes.", names="participant"),
            Argument("countries", "Countries with commas between them, or: none.", rest=True),
        ),
        "/mentoring ambassador amina@example.org Kenya, Uganda",
    ),
)
