"""Surveys: sent once, reminded of once, and kept even when only half is answered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.flows.runner import answers as answered_so_far
from bot.flows.spec import Answer, Flow
from bot.language.markup import Markdown
from bot.program.conversations import Conversation, new_run, start
from bot.program.partnerships import Partners, Seat, of_round
from bot.program.questions import steps_of
from bot.program.rounds import date_label
from bot.program.routes import Due, Moment
from bot.program.turn import Turn
from bot.program.wish import wants_a_word
from storage.partnerships import SurveyAnswer
from storage.people import Account, Person, Program
from storage.rounds import Round
from storage.traffic import FlowRun
from topics.model import Survey

WORD = "word"
"""The name of the yes-or-no question whose yes asks a coordinator for a word."""
_CHUNK = 500
_ALIVE = ("open", "stopped")
_ROWS = select(SurveyAnswer).where(
    SurveyAnswer.round_id == bindparam("round"),
    SurveyAnswer.survey == bindparam("survey"),
    col(SurveyAnswer.person_id).in_(bindparam("people", expanding=True)),
)


async def send_middle(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """Ask everybody who has a partner now how it goes."""
    pairs = [partners for partners in await of_round(turn, round_row.id) if partners.row.announced_at is not None]
    seats = [seat for partners in pairs for seat in partners.active]
    await _send(turn, program, round_row, _surveys(turn, program, "middle", moment), seats)


async def send_closing(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """Ask everybody who had a partner in this round what it was like."""
    every = await of_round(turn, round_row.id, with_ended=True)
    seats = took_part(every)
    await _send(turn, program, round_row, _surveys(turn, program, "closing", moment), seats)


def took_part(every: Iterable[Partners]) -> list[Seat]:
    """Everybody whose partnership ever began, each once, by their latest partnership."""
    latest = {
        seat.member.person_id: seat
        for partners in every
        if partners.row.announced_at is not None
        for seat in partners.seats
        if seat.account.gone_at is None
    }
    return list(latest.values())


async def remind_middle(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """One reminder of the middle survey."""
    await _remind(turn, program, round_row, _surveys(turn, program, "middle", moment))


async def remind_closing(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """One reminder of the closing survey."""
    await _remind(turn, program, round_row, _surveys(turn, program, "closing", moment))


async def close_surveys(turn: Turn, round_row: Round) -> None:
    """The round is over, and with it its surveys: what was answered is kept, an answer now hears that it is over."""
    given = {
        (row.person_id, row.survey): row
        for row in await turn.session.exec(select(SurveyAnswer).where(SurveyAnswer.round_id == round_row.id))
    }
    runs = await turn.session.exec(
        select(FlowRun).where(
            FlowRun.round_id == round_row.id, FlowRun.flow == "survey", col(FlowRun.status).in_(_ALIVE)
        )
    )
    for run in runs:
        row = given.get((run.person_id, run.subject.rpartition(":")[2]))
        if row is not None:
            _keep(turn, row, answered_so_far(run), "partial")
        run.status = "over"


def _surveys(turn: Turn, program: Program, when: str, moment: Moment) -> list[Survey]:
    surveys = [survey for survey in turn.kit(program).surveys if survey.when == when]
    named = [survey for survey in surveys if survey.name == moment.subject]
    return named or surveys


async def _send(
    turn: Turn, program: Program, round_row: Round, surveys: Sequence[Survey], seats: Sequence[Seat]
) -> None:
    for survey in surveys:
        rows = await turn.session.exec(
            select(SurveyAnswer.person_id).where(
                SurveyAnswer.round_id == round_row.id, SurveyAnswer.survey == survey.name
            )
        )
        known = set(rows)
        new = list({seat.member.person_id: seat for seat in seats if seat.member.person_id not in known}.values())
        subject = f"survey:{round_row.id}:{survey.name}"
        runs = [new_run(turn, SURVEY, program, s.account, round_id=round_row.id, subject=subject) for s in new]
        turn.session.add_all(runs)
        turn.session.add_all(
            SurveyAnswer(
                program_id=round_row.program_id,
                round_id=round_row.id or 0,
                person_id=seat.member.person_id,
                survey=survey.name,
                sent_at=turn.now,
            )
            for seat in new
        )
        await turn.session.flush()
        ends = date_label(round_row.ends_on)
        intro = turn.say(
            program, "survey.intro", title=survey.title, intro=Markdown(survey.intro), until=ends, when=survey.when
        )
        for seat, run in zip(new, runs, strict=True):
            await start(turn, SURVEY, program, seat.account, subject=subject, intro=intro, run=run)


async def _remind(turn: Turn, program: Program, round_row: Round, surveys: Sequence[Survey]) -> None:
    """A word to those who have not finished, and did not say stop. The question still stands above."""
    for survey in surveys:
        rows = await turn.session.exec(
            select(FlowRun, Account, Person)
            .join(Account, col(Account.id) == FlowRun.account_id)
            .join(Person, col(Person.id) == Account.person_id)
            .where(
                FlowRun.round_id == round_row.id,
                FlowRun.flow == "survey",
                FlowRun.subject == f"survey:{round_row.id}:{survey.name}",
                FlowRun.status == "open",
                col(Account.gone_at).is_(None),
            )
        )
        for run, account, _ in list(rows):
            begun = bool(answered_so_far(run))
            text = turn.say(
                program,
                "survey.reminder",
                title=survey.title,
                begun=begun,
                until=date_label(round_row.ends_on),
            )
            key = f"survey:{round_row.id}:{survey.name}:reminder:{run.person_id}"
            await turn.tell(program, account, "survey", key, text, subject=run.subject)


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    survey = turn.kit(program).survey(run.subject.rpartition(":")[2])
    made = turn.wording(program).made
    key = f"survey:{survey.name}"
    if key not in made:
        made[key] = Flow(key, survey.title, steps_of(survey.questions), review=False)
    return made[key]


async def _done(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    program = await turn.get(Program, run.program_id)
    survey = turn.kit(program).survey(run.subject.rpartition(":")[2])
    row = await _row_of(turn, run)
    if row is not None:
        _keep(turn, row, answers, "done")
    account = await turn.get(Account, run.account_id)
    text = turn.say(program, "survey.thanks", thanks=Markdown(survey.thanks))
    turn.post(await turn.direct(account), "thanks", f"flow:{run.id}:thanks", text, prompted=True)
    if answers.get(WORD) == "yes":
        await wants_a_word(turn, program, account, run.round_id, survey.title)


async def _partial(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    row = await _row_of(turn, run)
    if row is not None and row.state != "done":
        _keep(turn, row, answers, "partial")


async def _row_of(turn: Turn, run: FlowRun) -> SurveyAnswer | None:
    """The row of an answer to a survey, read with those of all whose answers are handled in the same batch."""
    cache = turn.work.cache
    if ("survey answer", run.subject, run.person_id) not in cache:
        batch: Sequence[FlowRun] = cache.get("runs", ())
        people = {run.person_id, *(each.person_id for each in batch if each.subject == run.subject)}
        cache.update({("survey answer", run.subject, person): None for person in people})
        asked = {"round": run.round_id, "survey": run.subject.rpartition(":")[2], "people": sorted(people)}
        for row in await turn.session.exec(_ROWS, params=asked):
            cache["survey answer", run.subject, row.person_id] = row
    return cache["survey answer", run.subject, run.person_id]


def _keep(turn: Turn, row: SurveyAnswer, answers: Mapping[str, Answer], state: str) -> None:
    if not answers and state == "partial":
        return
    stored: dict[str, Any] = {
        name: list(answer) if isinstance(answer, tuple) else answer for name, answer in answers.items()
    }
    row.answers, row.state, row.answered_at = stored, state, turn.now


SURVEY = Conversation("survey", "survey", _flow, _done, _partial)
CONVERSATIONS: tuple[Conversation, ...] = (SURVEY,)
MOMENTS: Mapping[str, Due] = {
    "middle": send_middle,
    "middle_reminder": remind_middle,
    "closing": send_closing,
    "closing_reminder": remind_closing,
}
