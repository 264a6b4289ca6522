"""The moments of a round: applications open, are about to close, close, and the round starts."""

from collections.abc import Mapping

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.language.messages import Choices, Option
from bot.program import admission, proposals
from bot.program.pairing import propose
from bot.program.rounds import date_label, last_day, last_minute
from bot.program.routes import Due, Moment
from bot.program.turn import Turn
from storage.partnerships import Case, Partnership
from storage.people import Account, Program
from storage.rounds import Application, Proposal, Round
from storage.traffic import FlowRun, Occurrence


async def announce(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """Applications open: the invitation goes to the hall."""
    round_row.state = "open"
    hall = await turn.hall(program)
    text = turn.say(
        program,
        "round.invitation",
        round=round_row.name,
        closes=last_day(round_row.closes_at),
        closes_there=turn.moment(hall.platform, last_minute(round_row.closes_at)),
        starts=date_label(round_row.starts_on),
        ends=date_label(round_row.ends_on),
        capacity=round_row.capacity,
    )
    key = f"invitation:{round_row.id}"
    buttons = _apply_button(turn, program, round_row)
    turn.post(hall, "invitation", key, text, buttons, subject=f"round:{round_row.id}")


async def reopen(turn: Turn, program: Program, round_row: Round) -> None:
    """Applications had closed and are open again: their closing will come once more, and the hall hears of it."""
    round_row.state = "open"
    gone = await turn.session.exec(
        select(Occurrence).where(
            Occurrence.round_id == round_row.id, col(Occurrence.kind).in_(("closing_soon", "close"))
        )
    )
    for occurrence in gone:
        await turn.session.delete(occurrence)
    drafts = await turn.session.exec(
        select(Proposal).where(Proposal.round_id == round_row.id, Proposal.state == "draft")
    )
    for draft in drafts:
        draft.state = "replaced"
    closes, hall = last_day(round_row.closes_at), await turn.hall(program)
    there = turn.moment(hall.platform, last_minute(round_row.closes_at))
    text = turn.say(program, "round.open_again", round=round_row.name, closes=closes, closes_there=there)
    key = f"invitation:{round_row.id}:{round_row.closes_at.date()}"
    buttons = _apply_button(turn, program, round_row)
    turn.post(hall, "invitation", key, text, buttons, subject=f"round:{round_row.id}")


def _apply_button(turn: Turn, program: Program, round_row: Round) -> Choices:
    option = Option("apply", turn.say(program, "round.button.apply"), "primary")
    return Choices(f"apply:{round_row.id}", (option,))


async def closing_soon(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """Some days before the end: those in the middle of an application hear of it."""
    if turn.now >= round_row.closes_at:
        # A coordinator closed applications earlier than planned: it is too late to remind anybody.
        return
    rows = await turn.session.exec(
        select(Account)
        .join(FlowRun, col(FlowRun.account_id) == Account.id)
        .where(
            FlowRun.round_id == round_row.id,
            FlowRun.flow == "registration",
            col(FlowRun.status).in_(("open", "stopped")),
        )
        .distinct()
    )
    for account in rows:
        text = turn.say(program, "round.closing_soon", closes=last_day(round_row.closes_at))
        key = f"closing_soon:{round_row.id}:{round_row.closes_at:%y%m%d}:{account.id}"
        await turn.tell(program, account, "notice", key, text)


async def close(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """Applications close: the line is decided, everybody hears, and a pairing is proposed."""
    round_row.state = "closed"
    rows = await turn.session.exec(_unfinished(round_row))
    # Whoever is in the middle keeps their run: sending it now tells them that it is too late, and notes it.
    unfinished = len(list(rows))
    await admission.fill_places(turn, program, round_row, final=True)
    await turn.session.flush()
    counts = await counts_of(turn, round_row)
    text = turn.say(program, "round.closed", round=round_row.name, unfinished=unfinished, **counts)
    await turn.tell_desk(program, "notice", f"closed:{round_row.id}:{round_row.closes_at:%y%m%d%H%M}", text)
    if counts["accepted"] > 0:
        proposal = await propose(turn, program, round_row)
        await proposals.announce(turn, program, proposal)


async def start(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """The round starts. Without an approved proposal the coordinators hear that everybody waits for them."""
    unfinished = await turn.session.exec(_unfinished(round_row))
    for run in unfinished:
        # From now on, what these people write is no answer to a question about applying.
        run.status = "over"
    rows = await turn.session.exec(
        select(Proposal).where(Proposal.round_id == round_row.id, Proposal.state == "approved")
    )
    if rows.first() is None:
        empty = (await counts_of(turn, round_row))["accepted"] == 0
        which = "round.start_empty" if empty else "round.start_waits"
        text = turn.say(program, which, starts=date_label(round_row.starts_on))
        await turn.tell_desk(program, "case", f"start_waits:{round_row.id}", text)
        return
    round_row.state = "running"


def _unfinished(round_row: Round) -> SelectOfScalar[FlowRun]:
    return select(FlowRun).where(
        FlowRun.round_id == round_row.id,
        FlowRun.flow == "registration",
        col(FlowRun.status).in_(("open", "stopped")),
    )


async def counts_of(turn: Turn, round_row: Round) -> dict[str, int]:
    """How many applications, partnerships and open cases a round has, by the names of the texts' placeholders."""
    rows = await turn.session.exec(
        select(Application.status, func.count())
        .where(Application.round_id == round_row.id)
        .group_by(col(Application.status))
    )
    counts = dict.fromkeys(("received", "accepted", "waitlisted", "ineligible", "withdrawn"), 0) | dict(list(rows))
    pairs = await turn.session.exec(
        select(Partnership.state, func.count())
        .where(Partnership.round_id == round_row.id)
        .group_by(col(Partnership.state))
    )
    states = dict(list(pairs))
    cases = await turn.session.exec(
        select(func.count()).select_from(Case).where(Case.round_id == round_row.id, Case.state != "closed")
    )
    counts["applied"] = sum(counts.values())
    counts["partnerships"] = sum(states.values())
    counts["live"] = states.get("live", 0)
    counts["cases"] = cases.one()
    return counts


MOMENTS: Mapping[str, Due] = {"announce": announce, "closing_soon": closing_soon, "close": close, "start": start}
