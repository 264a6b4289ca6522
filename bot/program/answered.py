"""Questions that were answered: where the platform leaves their buttons standing, the message is put right."""

from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import select

from bot.flows.labels import answer_label
from bot.flows.runner import answers
from bot.flows.spec import Flow
from bot.flows.state import Done
from bot.language.acts import Edit
from bot.language.messages import say
from bot.language.places import Address
from bot.program.turn import Turn
from storage.people import Account, Community, Program
from storage.traffic import FlowRun, OutboxAct

_POSTED = select(OutboxAct).where(OutboxAct.key == bindparam("posted"), OutboxAct.state == "sent")


@dataclass(frozen=True, slots=True)
class Before:
    """The question that waited before an answer was taken."""

    step: str
    revision: int


async def strike(
    turn: Turn, program: Program, account: Account, run: FlowRun, flow: Flow, before: Before, outcome: object
) -> None:
    """Make the question that was answered say what was chosen, without its buttons, which mean nothing any more."""
    community = await turn.get(Community, account.community_id)
    if not turn.able(community.platform).edits_answered:
        return
    rows = await turn.session.exec(_POSTED, params={"posted": f"flow:{run.id}:{before.revision}"})
    act = rows.first()
    if act is None or not act.reference:
        return
    text = _text(turn, program, run, flow, before, done=isinstance(outcome, Done))
    key = f"answered:{run.id}:{before.revision}"
    turn.work.enqueue(Edit(key, act.kind, Address.parse(act.lane), act.reference, say(*text)))


def _text(turn: Turn, program: Program, run: FlowRun, flow: Flow, before: Before, *, done: bool) -> tuple[str, ...]:
    step = flow.step(before.step)
    if step is None:
        return (turn.say(program, "flow.answered_sent" if done else "flow.answered_below", title=flow.title),)
    answer = answers(run).get(step.name)
    if run.step == step.name and not done:
        # Asked again: it was no answer, or help was asked for.
        return step.prompt, turn.say(program, "flow.answered_below", title=flow.title)
    if answer is None:
        return step.prompt, turn.say(program, "flow.answered_skipped")
    wording = turn.wording(program)
    return step.prompt, turn.say(program, "flow.answered", answer=answer_label(step, answer, wording.say, turn.now))
