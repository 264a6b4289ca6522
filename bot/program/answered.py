"""Questions that were answered: where the platform leaves their buttons standing, the message is put right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import select

from bot.engine.courier import Outcome
from bot.flows.labels import answer_label
from bot.flows.runner import answers
from bot.flows.spec import Flow
from bot.flows.state import Done
from bot.language.acts import Edit, Post
from bot.language.messages import Element, say
from bot.language.places import Address
from bot.program.routes import Continuation
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
    act = await _standing(turn, account, run, before)
    if act is None:
        return
    text = _text(turn, program, run, flow, before, done=isinstance(outcome, Done))
    key = f"answered:{run.id}:{before.revision}"
    turn.work.enqueue(Edit(key, act.kind, Address.parse(act.lane), act.reference, say(*text)))


async def put_in_place(
    turn: Turn, account: Account, run: FlowRun, before: Before, kind: str, parts: Sequence[str | Element]
) -> bool:
    """Put the next question into the message of the one that was answered, where the platform edits such messages."""
    act = await _standing(turn, account, run, before)
    if act is None:
        return False
    edit = Edit(f"flow:{run.id}:{run.revision}", kind, Address.parse(act.lane), act.reference, say(*parts))
    turn.work.enqueue(edit, subject=run.subject, then="put_in_place")
    return True


async def _not_in_place(turn: Turn, outcome: Outcome) -> None:
    """The message is gone in which the next question was to stand: the question comes in one of its own."""
    act, number = outcome.act, outcome.act.key.split(":")[1]
    if outcome.receipt is None and isinstance(act, Edit):
        run = await turn.session.get(FlowRun, int(number))
        if run is not None and run.status == "open" and act.key == f"flow:{run.id}:{run.revision}":
            post = Post(f"{act.key}:anew", act.kind, act.address, act.message, prompted=True)
            turn.send(post, subject=outcome.subject)


async def _standing(turn: Turn, account: Account, run: FlowRun, before: Before) -> OutboxAct | None:
    """The message in which the answered question stands, where the platform leaves it standing."""
    community = await turn.get(Community, account.community_id)
    if not turn.able(community.platform).edits_answered:
        return None
    rows = await turn.session.exec(_POSTED, params={"posted": f"flow:{run.id}:{before.revision}"})
    act = rows.first()
    return act if act is not None and act.reference else None


def _text(turn: Turn, program: Program, run: FlowRun, flow: Flow, before: Before, *, done: bool) -> tuple[str, ...]:
    step = flow.step(before.step)
    if step is None:
        return (turn.say(program, "flow.answered_sent" if done else "flow.answered_below", title=flow.title),)
    if flow.unnamed and (done or run.step != step.name):
        return step.prompt, turn.say(program, "survey.answered_unnamed")
    answer = answers(run).get(step.name)
    if run.step == step.name and not done:
        # Asked again: it was no answer, or help was asked for.
        return step.prompt, turn.say(program, "flow.answered_below", title=flow.title)
    if answer is None:
        return step.prompt, turn.say(program, "flow.answered_skipped")
    wording = turn.wording(program)
    return step.prompt, turn.say(program, "flow.answered", answer=answer_label(step, answer, wording.say, turn.now))


CONTINUATIONS: Mapping[str, Continuation] = {"put_in_place": _not_in_place}
