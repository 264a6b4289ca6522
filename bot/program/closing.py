"""The end of a round: thanks to everybody, rooms archived, questions over, figures for the coordinators."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, func, select

from bot.program import certifying
from bot.program.completion import ROUND_OVER
from bot.program.ending import end_all
from bot.program.partnerships import Partners, names, of_round
from bot.program.rounds import date_label
from bot.program.routes import Due, Moment
from bot.program.surveys import close_surveys, took_part
from bot.program.turn import Turn
from storage.partnerships import SurveyAnswer
from storage.people import Account, Program
from storage.rounds import Application, Round
from storage.traffic import FlowRun


async def end_round(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """The round is over. Everybody hears of it once, in their daytime; rooms close after a last word in them."""
    if round_row.state == "ended":
        return
    every = await of_round(turn, round_row.id, with_ended=True)
    running = [partners for partners in every if not partners.ended]
    thanked = {seat.member.person_id for seat in took_part(every)}
    await _thank(turn, program, round_row, every)
    closing: dict[datetime, list[Partners]] = {}
    for partners in running:
        # Each room closes once it is day for its partners: nobody is woken by it.
        closes_at = turn.daytime(turn.kit(program), partners.zones or ("UTC",))
        closing.setdefault(closes_at, []).append(partners)
    for closes_at, some in closing.items():
        await end_all(turn, program, some, ROUND_OVER, closes_at, "case.round_over")
    await certifying.ask(turn, program, round_row, every)
    await _tell_waiting(turn, program, round_row, thanked)
    await close_surveys(turn, program, round_row)
    await _close_questions(turn, round_row)
    round_row.state = "ended"
    await _report(turn, program, round_row, every, running)


async def _thank(turn: Turn, program: Program, round_row: Round, every: Sequence[Partners]) -> None:
    latest = {
        seat.member.person_id: partners
        for partners in every
        if partners.row.announced_at is not None
        for seat in partners.seats
    }
    for seat in took_part(every):
        person = seat.member.person_id
        partners = latest[person]
        stayed = seat.member.left_at is None and partners.row.end_reason in ("", ROUND_OVER)
        text = turn.say(
            program,
            "round.thanks",
            name=seat.person.name or seat.account.name,
            round=round_row.name,
            partner=names(turn, program, partners.others(person)) if stayed else "",
            ends=date_label(round_row.ends_on),
        )
        await turn.tell(program, seat.account, "thanks", f"thanks:{round_row.id}:{person}", text)


async def _tell_waiting(turn: Turn, program: Program, round_row: Round, thanked: set[int]) -> None:
    """Those who waited for a place or a partner until the end hear that the round is over, unless they were thanked."""
    rows = await turn.session.exec(
        select(Application, Account)
        .join(Account, col(Account.id) == Application.account_id)
        .where(
            Application.round_id == round_row.id,
            col(Application.status).in_(("accepted", "waitlisted")),
            col(Account.gone_at).is_(None),
        )
    )
    for application, account in list(rows):
        application.seek(None)
        if application.person_id not in thanked:
            text = turn.say(program, "round.over_waiting", round=round_row.name)
            key = f"over:{round_row.id}:{application.person_id}"
            await turn.tell(program, account, "notice", key, text)


async def _close_questions(turn: Turn, round_row: Round) -> None:
    """Whatever is still asked in this round is over."""
    rows = await turn.session.exec(
        select(FlowRun).where(FlowRun.round_id == round_row.id, col(FlowRun.status).in_(("open", "stopped")))
    )
    open_runs = list(rows)
    for run in open_runs:
        run.status = "over"
    # A question that has not gone out yet would be over when it is read.
    await turn.work.cancel(*sorted({run.subject for run in open_runs if run.subject}), reason="the round is over")


async def _report(
    turn: Turn, program: Program, round_row: Round, every: Sequence[Partners], running: Sequence[Partners]
) -> None:
    surveys = await turn.session.exec(
        select(SurveyAnswer.survey, SurveyAnswer.state, func.count())
        .where(SurveyAnswer.round_id == round_row.id)
        .group_by(SurveyAnswer.survey, SurveyAnswer.state)
    )
    counts: dict[str, dict[str, int]] = {}
    for survey, state, count in surveys:
        counts.setdefault(survey, {})[state] = count
    text = turn.say(
        program,
        "round.ended",
        round=round_row.name,
        partnerships=len(every),
        people=len({seat.member.person_id for partners in every for seat in partners.seats}),
        live=sum(partners.row.live_at is not None for partners in every),
        to_the_end=len(running),
        early=len(every) - len(running),
        surveys=[
            {
                "title": survey.title,
                "sent": sum(counts[survey.name].values()),
                "done": counts[survey.name].get("done", 0),
                "partial": counts[survey.name].get("partial", 0),
            }
            for survey in turn.kit(program).surveys
            if survey.name in counts
        ],
    )
    await turn.tell_desk(program, "notice", f"round_ended:{round_row.id}", text)


MOMENTS: Mapping[str, Due] = {"end": end_round}
