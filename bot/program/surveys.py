"""Surveys: sent once, reminded of twice at most, and kept even when only half is answered."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.flows.runner import answers as answered_so_far
from bot.flows.spec import Answer, Flow
from bot.language.markup import Markdown
from bot.program import anonymous
from bot.program.conversations import Conversation, new_run, start
from bot.program.partnerships import Partners, Seat, of_round
from bot.program.questions import survey_steps
from bot.program.rounds import PAIRED, date_label
from bot.program.routes import Due, Moment
from bot.program.timetable import REMINDERS
from bot.program.turn import Turn
from bot.program.wish import wants_a_word
from storage.partnerships import SurveyAnswer
from storage.people import Account, Person, Program
from storage.rounds import Round
from storage.traffic import FlowRun
from topics.model import Survey
from topics.surveys import WORD

_CHUNK = 500
_ALIVE = ("open", "stopped")
_ROWS = select(SurveyAnswer).where(
    SurveyAnswer.round_id == bindparam("round"),
    SurveyAnswer.survey == bindparam("survey"),
    col(SurveyAnswer.person_id).in_(bindparam("people", expanding=True)),
)


async def send_to_partners(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """Ask everybody who has a partner now: how they have arrived, or how it goes."""
    pairs = [partners for partners in await of_round(turn, round_row.id) if partners.row.announced_at is not None]
    accounts = [seat.account for partners in pairs for seat in partners.active if seat.account.gone_at is None]
    await _send(turn, program, round_row, _surveys(turn, program, moment), accounts)


async def send_closing(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """Ask everybody who had a partner in this round what it was like."""
    every = await of_round(turn, round_row.id, with_ended=True)
    accounts = [seat.account for seat in took_part(every)]
    await _send(turn, program, round_row, _surveys(turn, program, moment), accounts)


async def send_exit(turn: Turn, program: Program, round_id: int | None, account: Account) -> None:
    """Ask somebody who leaves what made them, once in a round; not after it, and nobody who has left the community."""
    round_row = await turn.get(Round, round_id)
    if round_row.state in PAIRED and account.gone_at is None:
        surveys = [survey for survey in turn.kit(program).surveys if survey.when == "exit"]
        await _send(turn, program, round_row, surveys, [account])


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


async def close_surveys(turn: Turn, program: Program, round_row: Round) -> None:
    """The round is over, and with it its surveys: what was answered is kept, an answer now hears that it is over.

    Whatever was answered anonymously is parted from people by now, also what was begun only.
    """
    given = {
        (row.person_id, row.survey): row
        for row in await turn.session.exec(select(SurveyAnswer).where(SurveyAnswer.round_id == round_row.id))
    }
    unnamed = {survey.name for survey in turn.kit(program).surveys if survey.anonymous}
    runs = list(
        await turn.session.exec(select(FlowRun).where(FlowRun.round_id == round_row.id, FlowRun.flow == "survey"))
    )
    for run in [run for run in runs if run.status in _ALIVE]:
        name = _name_in(run)
        row, answers = given.get((run.person_id, name)), answered_so_far(run)
        if row is not None and name in unnamed:
            anonymous.keep(turn, round_row, name, anonymous.plain(answers), "partial")
            row.state = "partial" if answers else row.state
        elif row is not None:
            _keep(turn, row, answers, "partial")
        run.status = "over"
    if unnamed:
        await anonymous.part(turn, [run for run in runs if _name_in(run) in unnamed])
        await anonymous.shuffle(turn, round_row)


def _name_in(run: FlowRun) -> str:
    """The name of the survey that a conversation is."""
    return run.subject.rpartition(":")[2]


def _surveys(turn: Turn, program: Program, moment: Moment) -> list[Survey]:
    when = moment.kind.partition("_")[0]
    surveys = [survey for survey in turn.kit(program).surveys if survey.when == when]
    named = [survey for survey in surveys if survey.name == moment.subject]
    return named or surveys


async def _send(
    turn: Turn, program: Program, round_row: Round, surveys: Sequence[Survey], accounts: Sequence[Account]
) -> None:
    for survey in surveys:
        rows = await turn.session.exec(
            select(SurveyAnswer.person_id).where(
                SurveyAnswer.round_id == round_row.id, SurveyAnswer.survey == survey.name
            )
        )
        known = set(rows)
        new = list({account.person_id: account for account in accounts if account.person_id not in known}.values())
        subject = f"survey:{round_row.id}:{survey.name}"
        runs = [new_run(turn, SURVEY, program, account, round_id=round_row.id, subject=subject) for account in new]
        turn.session.add_all(runs)
        turn.session.add_all(
            SurveyAnswer(
                program_id=round_row.program_id,
                round_id=round_row.id or 0,
                person_id=account.person_id,
                survey=survey.name,
                sent_at=turn.now,
            )
            for account in new
        )
        await turn.session.flush()
        intro = turn.say(
            program,
            "survey.intro",
            title=survey.title,
            intro=Markdown(survey.intro),
            until=date_label(round_row.ends_on),
            when=survey.when,
            anonymous=survey.anonymous,
        )
        for account, run in zip(new, runs, strict=True):
            await start(turn, SURVEY, program, account, subject=subject, intro=intro, run=run)


async def remind(turn: Turn, program: Program, round_row: Round, moment: Moment) -> None:
    """A word to those who have not finished, and did not say stop. The question still stands above."""
    number = REMINDERS.index(moment.kind.partition("_")[2]) + 1
    for survey in _surveys(turn, program, moment):
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
            text = turn.say(
                program,
                "survey.reminder",
                title=survey.title,
                begun=bool(answered_so_far(run)),
                until=date_label(round_row.ends_on),
                only=survey.reminders == 1,
                last=number == survey.reminders,
            )
            mark = "" if number == 1 else f"{number}:"
            key = f"survey:{round_row.id}:{survey.name}:reminder:{mark}{run.person_id}"
            await turn.tell(program, account, "survey", key, text, subject=run.subject)


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    survey = turn.kit(program).survey(_name_in(run))
    made = turn.wording(program).made
    key = f"survey:{survey.name}"
    if key not in made:
        steps = survey_steps(survey.questions, turn.wording(program).say)
        made[key] = Flow(key, survey.title, steps, review=False, unnamed=survey.anonymous)
    return made[key]


async def _done(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    program = await turn.get(Program, run.program_id)
    survey = turn.kit(program).survey(_name_in(run))
    row = await _row_of(turn, run)
    if row is not None and survey.anonymous:
        row.state = "done"
        anonymous.keep(turn, await turn.get(Round, row.round_id), survey.name, anonymous.plain(answers), "done")
        await anonymous.part(turn, [run])
    elif row is not None:
        _keep(turn, row, answers, "done")
    account = await turn.get(Account, run.account_id)
    text = turn.say(program, "survey.thanks", thanks=Markdown(survey.thanks), anonymous=survey.anonymous)
    turn.post(await turn.direct(account), "thanks", f"flow:{run.id}:thanks", text, prompted=True)
    if answers.get(WORD) == "yes":
        await wants_a_word(turn, program, account, run.round_id, survey.title)


async def _partial(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    row, program = await _row_of(turn, run), await turn.get(Program, run.program_id)
    if row is None or row.state == "done":
        return
    if turn.kit(program).survey(_name_in(run)).anonymous:
        # The answers stay where they are until the survey closes: the person may go on.
        row.state = "partial" if answers else row.state
    else:
        _keep(turn, row, answers, "partial")


async def _row_of(turn: Turn, run: FlowRun) -> SurveyAnswer | None:
    """The row of an answer to a survey, read with those of all whose answers are handled in the same batch."""
    cache = turn.work.cache
    if ("survey answer", run.subject, run.person_id) not in cache:
        batch: Sequence[FlowRun] = cache.get("runs", ())
        people = {run.person_id, *(each.person_id for each in batch if each.subject == run.subject)}
        cache.update({("survey answer", run.subject, person): None for person in people})
        asked = {"round": run.round_id, "survey": _name_in(run), "people": sorted(people)}
        for row in await turn.session.exec(_ROWS, params=asked):
            cache["survey answer", run.subject, row.person_id] = row
    return cache["survey answer", run.subject, run.person_id]


def _keep(turn: Turn, row: SurveyAnswer, answers: Mapping[str, Answer], state: str) -> None:
    if not answers and state == "partial":
        return
    row.answers, row.state, row.answered_at = anonymous.plain(answers), state, turn.now


SURVEY = Conversation("survey", "survey", _flow, _done, _partial)
CONVERSATIONS: tuple[Conversation, ...] = (SURVEY,)
MOMENTS: Mapping[str, Due] = {
    "arrival": send_to_partners,
    "middle": send_to_partners,
    "closing": send_closing,
    **{f"{when}_{kind}": remind for when in ("arrival", "middle", "closing") for kind in REMINDERS},
}
