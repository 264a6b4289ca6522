"""Whoever waited in vain last time, for a place or for a partner, hears of the next round first."""

from sqlmodel import col, select

from bot.language.messages import Choices, Element, Option
from bot.program.partnerships import of_round
from bot.program.rounds import date_label, day_label, last_day
from bot.program.surveys import took_part
from bot.program.turn import Turn
from storage.people import Account, Person, Program
from storage.rounds import Application, Round


async def invite_first(turn: Turn, program: Program, round_row: Round) -> int:
    """Tell those who had no place or no partner in the round before, by day. Returns how many there are.

    It is done when the round is planned, which is before the public channel hears of it.
    """
    rounds = await turn.session.exec(
        select(Round.id)
        .where(Round.program_id == program.id, col(Round.id) < round_row.id)
        .order_by(col(Round.id).desc())
        .limit(1)
    )
    before = rounds.first()
    if before is None:
        return 0
    had = {seat.member.person_id for seat in took_part(await of_round(turn, before, with_ended=True))}
    rows = await turn.session.exec(
        select(Application, Account, Person)
        .join(Account, col(Account.id) == Application.account_id)
        .join(Person, col(Person.id) == Application.person_id)
        .where(
            Application.round_id == before,
            col(Application.status).in_(("accepted", "waitlisted")),
            col(Account.gone_at).is_(None),
        )
        .order_by(col(Application.id))
    )
    open_now = round_row.opens_at <= turn.now
    button = Option("apply", turn.wording(program).plain("round.button.apply"), "primary")
    found = [each for each in rows if each[0].person_id not in had]
    for application, account, person in found:
        turn.work.cache[Person, person.id] = person
        text = turn.say(
            program,
            "nexttime.invitation",
            name=person.name,
            round=round_row.name,
            why=application.reason if application.status == "waitlisted" else "alone",
            opens="" if open_now else day_label(round_row.opens_at),
            closes=last_day(round_row.closes_at),
            starts=date_label(round_row.starts_on),
        )
        parts: list[str | Element] = [text]
        if open_now:
            parts.append(Choices(f"apply:{round_row.id}", (button,)))
        key = f"nexttime:{round_row.id}:{application.person_id}"
        await turn.tell(program, account, "invitation", key, *parts, subject=f"round:{round_row.id}")
    return len(found)
