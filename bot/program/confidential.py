"""A confidential word: what somebody tells the coordinators about their partnership, and the partner never sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select

from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.language.markup import plain
from bot.language.messages import Option
from bot.program.access import Who
from bot.program.cases import Handled, close_case, concerned, note, open_case
from bot.program.command import Call, Command
from bot.program.conversations import Conversation, start
from bot.program.ending import Rematch, close_questions, go_without, seek, withdraw
from bot.program.partnerships import Partners, Seat, id_of, names, of_person, one
from bot.program.rounds import day_label
from bot.program.turn import Turn
from storage.partnerships import Case, Member, Partnership
from storage.people import Account, Apart, Person, Program
from storage.traffic import FlowRun

LONGEST = 2_000
"""Characters of a confidential word."""
BLOCKED = "blocked"
"""Why two are kept apart for ever after one of them reported the other."""
_TOGETHER = ":together"
"""How the subject of the questions ends where whoever speaks has a partner now."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a coordinator decided, and who it was."""

    action: str
    by: str


def conversation(rematch: Rematch) -> Conversation:
    """The questions of somebody who wants to say something in confidence."""

    async def done(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
        program, account = await turn.get(Program, run.program_id), await turn.get(Account, run.account_id)
        person = await turn.get(Person, run.person_id)
        partners = await one(turn, id_of(run.subject))
        kind = "misconduct" if answers.get("about") == "misconduct" else "word"
        reported = _reported(partners, run.person_id, answers) if kind == "misconduct" else []
        seat = partners.seat(run.person_id) if partners is not None and not partners.ended else None
        parting = seat is not None and answers.get("part") == "yes"
        detail = turn.say(
            program,
            f"case.detail.{kind}",
            parted=parting,
            name=person.name or account.name,
            words=str(answers.get("words", "")).splitlines(),
            reported=names(turn, program, reported) if reported else "",
        )
        case = await open_case(
            turn, program, kind, partners=partners, person=person, round_id=run.round_id, detail=detail
        )
        await block(turn, run.person_id, reported)
        if parting and partners is not None:
            await _part(turn, program, case, partners, rematch)
        text = turn.say(
            program,
            f"helpme.thanks.{kind}",
            parted=parting,
            unheard=await _unheard(turn, program, case, partners),
            reported=names(turn, program, reported) if reported else "",
            date=day_label(turn.now),
        )
        turn.post(await turn.direct(account), "thanks", f"flow:{run.id}:thanks", text, prompted=True)

    return Conversation("helpme", "question", _flow, done)


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    """The questions; whom it is about is asked where there are two others, and parting only where there is a pair."""
    program, partners = await turn.get(Program, run.program_id), await one(turn, id_of(run.subject))
    others = partners.others(run.person_id) if partners is not None else ()
    about = tuple(Option(name, plain(turn.say(program, f"helpme.option.{name}"))) for name in ("word", "misconduct"))
    misconduct = ("about", ("misconduct",))
    steps = [Step("about", StepKind.CHOICE, turn.say(program, "helpme.about"), options=about)]
    if len(others) > 1:
        whom = tuple(Option(str(each.member.person_id), plain(names(turn, program, [each]))) for each in others)
        steps.append(Step("whom", StepKind.CHOICE, turn.say(program, "helpme.whom"), options=whom, only_if=misconduct))
    steps.append(Step("words", StepKind.TEXT, turn.say(program, "helpme.words"), minimum=1, maximum=LONGEST))
    if run.subject.endswith(_TOGETHER):
        steps.append(Step("part", StepKind.YES_NO, turn.say(program, "helpme.part"), only_if=misconduct))
    return Flow("helpme", turn.say(program, "helpme.title"), tuple(steps), review=False)


async def carry_over(turn: Turn, program: Program) -> None:
    """A program has just begun: whom others keep people apart from for ever, it keeps them apart from too."""
    rows = await turn.session.exec(
        select(Apart.person_id, Apart.other_email, func.max(Apart.other_id))
        .where(Apart.why == BLOCKED)
        .group_by(col(Apart.person_id), col(Apart.other_email))
        .order_by(col(Apart.person_id), col(Apart.other_email))
    )
    turn.session.add_all(
        Apart(program_id=program.id or 0, person_id=person, other_email=email, other_id=other, why=BLOCKED)
        for person, email, other in rows
    )


def _reported(partners: Partners | None, person: int, answers: Mapping[str, Answer]) -> list[Seat]:
    """Those whose conduct is reported: the one who was named, else everybody but the one who speaks."""
    others = [seat for seat in partners.seats if seat.member.person_id != person] if partners is not None else []
    named = [seat for seat in others if str(seat.member.person_id) == answers.get("whom")]
    return named or others


async def block(turn: Turn, person: int, reported: Sequence[Seat]) -> None:
    """Keep somebody apart from those whom they reported: in every program here, and for ever.

    The mark is theirs alone, so that nothing kept about the others tells of it.
    """
    ids = [seat.member.person_id for seat in reported]
    rows = await turn.session.exec(
        select(Apart.program_id, Apart.other_id).where(
            Apart.person_id == person, col(Apart.other_id).in_(ids), Apart.why == BLOCKED
        )
    )
    known = set(rows)
    for program_id in await turn.session.exec(select(Program.id).order_by(col(Program.id))):
        for seat in reported:
            if (program_id, seat.member.person_id) not in known:
                email = seat.person.email or f"person:{seat.member.person_id}"
                mark = Apart(
                    program_id=program_id or 0,
                    person_id=person,
                    other_email=email,
                    other_id=seat.member.person_id,
                    why=BLOCKED,
                )
                turn.session.add(mark)


async def _unheard(turn: Turn, program: Program, case: Case, partners: Partners | None) -> bool:
    """Whether nobody can hear it, since the only coordinator is the one it is about."""
    apart = await concerned(turn, program, case, partners)
    return bool(apart) and len(apart) == len(await turn.coordinators(program))


async def decide(
    turn: Turn, program: Program, case: Case, partners: Partners | None, decided: Decided, rematch: Rematch
) -> None:
    """Part those of whom somebody spoke in confidence; with `block`, whoever was reported is out of the round too.

    After a mere parting a report stays open: what becomes of the one it is about is still to be decided.
    """
    if partners is not None and not partners.ended:
        await _part(turn, program, case, partners, rematch)
    if decided.action == "block" and partners is not None and case.person_id is not None:
        reported = await _blocked(turn, case.person_id, partners)
        await block(turn, case.person_id, reported)
        for seat in reported:
            await withdraw(turn, partners.row.round_id, seat.member.person_id, BLOCKED)
            await _take_out(turn, program, seat.member.person_id, rematch)
            key = f"blocked:{case.id}:{seat.member.person_id}"
            await turn.tell(program, seat.account, "notice", key, turn.say(program, "told.blocked"))
    text = turn.say(program, f"case.did.{decided.action}")
    if case.kind == "misconduct" and decided.action == "part":
        note(turn, case, decided.by, text, decided.action)
        return
    await close_case(turn, program, case, Handled(decided.by, text, act=decided.action))


async def _take_out(turn: Turn, program: Program, person: int, rematch: Rematch) -> None:
    """Take somebody out of every partnership that they are still in, or are in by now; the others learn no reason."""
    for partners in await of_person(turn, program, person):
        seat = partners.seat(person)
        if seat is not None:
            left = await go_without(turn, program, partners, [seat], "stopped")
            await seek(turn, program, left, partners.row.round_id, rematch)


async def _blocked(turn: Turn, person: int, partners: Partners) -> list[Seat]:
    """Whom of these partners somebody reported."""
    rows = await turn.session.exec(select(Apart.other_id).where(Apart.person_id == person, Apart.why == BLOCKED))
    marked = set(rows)
    return [seat for seat in partners.seats if seat.member.person_id in marked]


async def _part(turn: Turn, program: Program, case: Case, partners: Partners, rematch: Rematch) -> None:
    """Take whoever spoke out of the partnership. The others learn only that pairs are made anew.

    Nobody who was reported gets another partner before a coordinator has looked at it.
    """
    seat = partners.seat(case.person_id)
    if seat is None:
        return
    left = await go_without(turn, program, partners, [seat], "regrouped")
    looking = [seat] if case.kind == "misconduct" else [seat, *left]
    await seek(turn, program, looking, partners.row.round_id, rematch)


async def _last_partnership(turn: Turn, program: Program, person: int) -> int | None:
    """The partnership that somebody is in, or was in last."""
    rows = await turn.session.exec(
        select(Partnership.id, Partnership.state, Member.left_at)
        .join(Member, col(Member.partnership_id) == Partnership.id)
        .where(Partnership.program_id == program.id, Member.person_id == person)
        .order_by(col(Partnership.id).desc())
    )
    found = list(rows)
    running = [identity for identity, state, left in found if state != "ended" and left is None]
    return (running or [identity for identity, _, _ in found] or [None])[0]


def commands(helpme: Conversation) -> tuple[Command, ...]:
    """The command by which somebody says something in confidence."""

    async def help_me(turn: Turn, call: Call) -> None:
        person = call.person.id or 0
        partners = await one(turn, await _last_partnership(turn, call.program, person))
        subject = f"helpme:{call.program.id}:{person}"
        if partners is not None:
            together = not partners.ended and partners.seat(person) is not None
            subject = f"{partners.subject}:{subject}{_TOGETHER if together else ''}"
        await close_questions(turn, [person], (subject,))
        # Of no round: what somebody has to say is not over when a round is.
        await start(turn, helpme, call.program, call.account, subject=subject, prompted=True)

    return (
        Command(
            "help-me",
            Who.ANYONE,
            "Tell the coordinators something in confidence, or report misconduct. Your partner never sees it.",
            help_me,
            (),
            "/mentoring help-me",
        ),
    )
