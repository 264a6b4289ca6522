"""What coordinators do about a case that leaves it open: take it, write as the program, note something, pause."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from bot.errors import NotAllowed, Problem
from bot.flows.dates import date_label
from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.language.markup import plain
from bot.language.messages import Option
from bot.program.access import Action, Who, allowed
from bot.program.casekeeping import give
from bot.program.caselist import Waiting, numbered_case, pressed_case
from bot.program.cases import Handled, close_case, note, show_anew
from bot.program.casewords import further_actions
from bot.program.conversations import Conversation, start
from bot.program.ending import close_questions, end, say_goodbye
from bot.program.partnerships import names, one, start_anew
from bot.program.people import account_in, standing
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from bot.world.zones import load_zone
from storage.partnerships import Case
from storage.people import Account, Community, Person, Program
from storage.traffic import FlowRun

LONGEST = 2_000
"""Characters of what a coordinator writes."""
REASONS = ("fit", "time", "silence", "conduct", "other")
"""Why a coordinator ends a partnership."""
ROOM = "room"
PAUSE_MOST = 120
"""Days for which a partnership can be paused."""
_ASKS_MORE = ("message", "note", "pause", "because")
_DAY = timedelta(days=1)

_Deed = Callable[[Turn, Program, Waiting, Mapping[str, Answer], str, FlowRun], Awaitable[None]]


def buttons(desk: Conversation) -> Mapping[str, Pressed]:
    """The handler of the second row of buttons beneath cases."""

    async def pressed(turn: Turn, press: Press) -> None:
        case = (await pressed_case(turn, press)).case
        action = press.values[0] if press.values else ""
        if case.state == "closed":
            raise Problem("case.closed", number=case.id)
        if action in ("take", "release"):
            await _hold(turn, press, case, action)
        elif action == "hand" and action in further_actions(case):
            await _hand(turn, press, case)
        elif action in further_actions(case) and action in _ASKS_MORE:
            subject = f"case:{case.id}:{action}"
            await close_questions(turn, [press.person.id or 0], (subject,))
            await start(turn, desk, press.program, press.account, subject=subject, prompted=True)
        else:
            raise NotAllowed("flow.over")

    return {"desk": pressed}


async def _hold(turn: Turn, press: Press, case: Case, action: str) -> None:
    """Take a case in hand, or give it back; the others see it."""
    holder = await turn.get(Person, case.holder_id) if case.holder_id else None
    name = press.person.name or press.account.name
    if action == "take" and holder is not None:
        mine = holder.id == press.person.id
        text = turn.say(press.program, "case.held_already", name=holder.name, mine=mine, number=case.id)
    elif action == "release" and holder is None:
        text = turn.say(press.program, "case.free_already", number=case.id)
    else:
        taken = action == "take"
        case.holder_id, case.held_at = (press.person.id, turn.now) if taken else (None, None)
        note(turn, case, name, turn.say(press.program, f"case.did.{action}"), action)
        await show_anew(turn, press.program, case, press.key)
        text = turn.say(press.program, f"case.you.{action}", number=case.id)
    turn.post(press.actor.direct, "reply", f"{press.key}:reply", text, prompted=True)


async def _hand(turn: Turn, press: Press, case: Case) -> None:
    """Give a case to a free ambassador of the country, whoever has it now; the desk sees who that is."""
    partners, holder, since = await one(turn, case.partnership_id), case.holder_id, case.held_at
    without = frozenset({holder}) if holder is not None else frozenset[int]()
    if case.state != "open" or partners is None or partners.ended:
        raise Problem("case.closed", number=case.id)
    if not await give(turn, press.program, case, partners, without=without):
        case.holder_id, case.held_at = holder, since
        raise Problem("keeper.nobody")
    await show_anew(turn, press.program, case, press.key)
    keeper = await turn.get(Person, case.holder_id)
    text = turn.say(press.program, "keeper.given", name=keeper.name, number=case.id)
    turn.post(press.actor.direct, "reply", f"{press.key}:reply", text, prompted=True)


def conversation() -> Conversation:
    """The questions to a coordinator who wants to do something about a case that needs words."""
    return Conversation("casedesk", "question", _flow, _done)


def _subject(run: FlowRun) -> tuple[str, str]:
    """The number of the case, and what is to be done about it."""
    parts = run.subject.split(":")
    return (parts[1], parts[2]) if len(parts) == len(("case", "number", "action")) else ("", "")


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    program, (number, action) = await turn.get(Program, run.program_id), _subject(run)
    steps: list[Step] = []
    if action == "message":
        found = await numbered_case(turn, program, number, run.person_id)
        options = await _readers(turn, program, found) if found is not None else ()
        if len(options) > 1:
            steps.append(Step("whom", StepKind.CHOICE, turn.say(program, "casedesk.whom"), options=options))
    if action in ("message", "note"):
        words = turn.say(program, f"casedesk.{action}", number=number)
        steps.append(Step("words", StepKind.TEXT, words, minimum=1, maximum=LONGEST))
    elif action == "pause":
        asked = turn.say(program, "casedesk.pause")
        steps.append(Step("until", StepKind.DATE, asked, minimum=1, maximum=PAUSE_MOST))
    else:
        reasons = tuple(Option(name, plain(turn.say(program, f"casedesk.reason.{name}"))) for name in REASONS)
        steps.append(Step("reason", StepKind.CHOICE, turn.say(program, "casedesk.because"), options=reasons))
    return Flow("casedesk", turn.say(program, "casedesk.title", number=number), tuple(steps), review=False)


async def _readers(turn: Turn, program: Program, found: Waiting) -> tuple[Option, ...]:
    """To whom a coordinator can write about a case: whoever it comes from first, then the others, then their room."""
    case, partners = found.case, found.partners
    if partners is None:
        person = await turn.get(Person, case.person_id)
        return (Option(str(person.id), plain(turn.say(program, "partners.names", names=[person.name]))),)
    seats = sorted(partners.seats, key=lambda seat: (seat.member.person_id != case.person_id, seat.member.id))
    options = [Option(str(seat.member.person_id), plain(names(turn, program, [seat]))) for seat in seats]
    if partners.room() is not None and not partners.ended:
        options.append(Option(ROOM, plain(turn.say(program, "casedesk.room"))))
    return tuple(options)


async def _done(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    """Everything is said: do it, unless the case was closed meanwhile, or whoever said it may no longer."""
    program, (number, action) = await turn.get(Program, run.program_id), _subject(run)
    account, person = await turn.get(Account, run.account_id), await turn.get(Person, run.person_id)
    may = allowed(await standing(turn, program, person), Action(Who.COORDINATOR))
    found = await numbered_case(turn, program, number, run.person_id)
    if not may.allowed:
        text = turn.say(program, may.reason)
    elif found is None or found.case.state == "closed":
        text = turn.say(program, "case.closed", number=number)
    else:
        await _DEEDS[action](turn, program, found, answers, person.name or account.name, run)
        if found.case.state == "open":
            await show_anew(turn, program, found.case, f"run{run.id}")
        text = turn.say(program, f"casedesk.did.{action}", number=number)
    turn.post(await turn.direct(account), "thanks", f"flow:{run.id}:thanks", text, prompted=True)


async def _message(
    turn: Turn, program: Program, found: Waiting, answers: Mapping[str, Answer], by: str, run: FlowRun
) -> None:
    """What a coordinator wrote goes out as the program, by day: to one of them in private, or into their room."""
    case, partners = found.case, found.partners
    options = await _readers(turn, program, found)
    whom = next((each for each in options if each.value == answers.get("whom", options[0].value)), options[0])
    words = str(answers.get("words", "")).splitlines()
    text = turn.say(program, "case.message", words=words, room=whom.value == ROOM)
    key = f"casemail:{run.id}"
    room = partners.room() if partners is not None else None
    if whom.value == ROOM and partners is not None and room is not None:
        due_at = turn.daytime(turn.kit(program), partners.zones)
        turn.post(room, "notice", key, text, due_at=due_at, subject=partners.subject)
    else:
        account = await _account(turn, program, found, int(whom.value))
        if account is None:
            raise Problem("case.no_account", name=whom.label)
        await turn.tell(program, account, "notice", key, text)
    note(turn, case, by, turn.say(program, "case.did.message", to=whom.label, words=words), "message")


async def _account(turn: Turn, program: Program, found: Waiting, person_id: int) -> Account | None:
    for seat in found.partners.seats if found.partners is not None else ():
        if seat.member.person_id == person_id and seat.account.gone_at is None:
            return seat.account
    community = await turn.get(Community, program.community_id)
    return await account_in(turn, community, await turn.get(Person, person_id))


async def _note(
    turn: Turn, program: Program, found: Waiting, answers: Mapping[str, Answer], by: str, run: FlowRun
) -> None:
    words = str(answers.get("words", "")).splitlines()
    note(turn, found.case, by, turn.say(program, "case.did.note", words=words), "note")


async def _pause(
    turn: Turn, program: Program, found: Waiting, answers: Mapping[str, Answer], by: str, run: FlowRun
) -> None:
    """Until that day nobody is asked, and then all begins anew; the partners are told, each in private."""
    partners, last = found.partners, date.fromisoformat(str(answers["until"]))
    if partners is None or partners.ended:
        raise Problem("partnership.over")
    person = await turn.get(Person, run.person_id)
    day = date_label(last.isoformat())
    await close_case(
        turn, program, found.case, Handled(by, turn.say(program, "case.did.pause", until=day), act="pause")
    )
    start_anew(partners, datetime.combine(last + _DAY, time(), load_zone(person.zone or "UTC")).astimezone(UTC))
    for seat in partners.active:
        partner = names(turn, program, partners.others(seat.member.person_id))
        told = turn.say(program, "told.paused", partner=partner, until=day)
        key = f"paused:{run.id}:{seat.member.person_id}"
        await turn.tell(program, seat.account, "notice", key, told, subject=partners.subject)


async def _because(
    turn: Turn, program: Program, found: Waiting, answers: Mapping[str, Answer], by: str, run: FlowRun
) -> None:
    """End the partnership, with the reason for the coordinators; the partners are told that it ends, and no reason."""
    partners, reason = found.partners, str(answers.get("reason", "other"))
    if partners is None or partners.ended:
        raise Problem("partnership.over")
    text = turn.say(program, "case.did.because", reason=turn.say(program, f"casedesk.reason.{reason}"))
    await close_case(turn, program, found.case, Handled(by, text, act="end"))
    for seat in partners.active:
        partner = names(turn, program, partners.others(seat.member.person_id))
        key = f"ended:{partners.id}:{seat.member.person_id}"
        await turn.tell(program, seat.account, "notice", key, turn.say(program, "told.ended", partner=partner))
    await end(turn, program, partners, f"ended: {reason}", await say_goodbye(turn, program, partners))


_DEEDS: Mapping[str, _Deed] = {"message": _message, "note": _note, "pause": _pause, "because": _because}
