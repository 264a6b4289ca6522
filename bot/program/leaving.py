"""Leaving a partnership: asking for another partner, and stopping altogether."""

from collections.abc import Mapping

from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.program.access import Who
from bot.program.asking import wants_another
from bot.program.command import Call, Command
from bot.program.conversations import Conversation, start
from bot.program.ending import Rematch, close_questions, stop
from bot.program.habits import partners_of
from bot.program.partnerships import id_of, names, one
from bot.program.surveys import send_exit
from bot.program.turn import Turn
from storage.people import Account, Program
from storage.traffic import FlowRun


def conversation(rematch: Rematch) -> Conversation:
    """The question whether somebody really wants to stop."""

    async def done(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
        program = await turn.get(Program, run.program_id)
        partners = await one(turn, id_of(run.subject))
        seat = partners.seat(run.person_id) if partners is not None and not partners.ended else None
        if partners is None or seat is None:
            key = "partnership.over"
        elif answers.get("sure") == "yes":
            key = "leave.done"
            await stop(turn, program, partners, seat, rematch)
        else:
            key = "leave.kept"
        account = await turn.get(Account, run.account_id)
        text = turn.say(program, key)
        turn.post(await turn.direct(account), "thanks", f"flow:{run.id}:thanks", text, prompted=True)
        if key == "leave.done":
            await send_exit(turn, program, run.round_id, account)

    return Conversation("leave", "question", _flow, done)


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    made = turn.wording(program).made
    if "leave" not in made:
        step = Step("sure", StepKind.YES_NO, turn.say(program, "leave.sure"))
        made["leave"] = Flow("leave", turn.say(program, "leave.title"), (step,), review=False)
    return made["leave"]


def commands(leave: Conversation) -> tuple[Command, ...]:
    """The commands by which partners part."""

    async def asked_to_leave(turn: Turn, call: Call) -> None:
        partners = await partners_of(turn, call)
        subject = f"{partners.subject}:{call.person.id}"
        await close_questions(turn, [call.person.id or 0], (subject,))
        await start(
            turn,
            leave,
            call.program,
            call.account,
            round_id=partners.row.round_id,
            subject=subject,
            prompted=True,
        )

    return (
        Command(
            "another-partner",
            Who.PARTNER,
            "Ask the coordinators for another partner. You need not give a reason.",
            _another,
            (),
            "/mentoring another-partner",
        ),
        Command(
            "leave",
            Who.PARTNER,
            "Stop taking part. I ask you first whether you are sure, and tell your partner kindly.",
            asked_to_leave,
            (),
            "/mentoring leave",
        ),
    )


async def _another(turn: Turn, call: Call) -> None:
    partners = await partners_of(turn, call)
    seat = partners.seat(call.person.id)
    if seat is not None:
        choice = await wants_another(turn, call.program, partners, seat)
        partner = names(turn, call.program, partners.others(call.person.id))
        call.reply(turn, turn.say(call.program, "another.noted", partner=partner, choice=choice))
