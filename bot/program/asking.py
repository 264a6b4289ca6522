"""Private questions to partners about how it goes, and what follows from each answer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.engine.courier import Outcome
from bot.flows.dates import date_label
from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.language.markup import Markdown, plain
from bot.language.messages import Option
from bot.program.cases import SILENCE, close_about, open_case
from bot.program.conversations import Conversation, new_run, start
from bot.program.ending import Rematch, checkin_subject, close_questions, stop
from bot.program.partnerships import Partners, Seat, full_hour, id_of, names, one, pace_of, quarter_day, start_anew
from bot.program.repairing import may_change, offer, offer_key, offered
from bot.program.rounds import day_label
from bot.program.routes import Continuation
from bot.program.surveys import send_exit
from bot.program.turn import Turn
from bot.world.zones import load_zone
from storage.people import Account, Program
from storage.traffic import FlowRun

NO_ANSWER = "partner_silent"
"""The answer of whoever waits for the other one."""
_ANSWERS = ("fine", "elsewhere", "busy", NO_ANSWER, "other_partner", "leave")
_DAY = timedelta(days=1)


async def prepare(turn: Turn, conversation: Conversation, seats: Sequence[tuple[Program, Partners, Seat]]) -> None:
    """Make ready to `ask` many at once: their earlier questions are over, and the new ones have their rows."""
    subjects = {checkin_subject(partners.id, seat.member.person_id): seat for _, partners, seat in seats}
    await close_questions(turn, [seat.member.person_id for seat in subjects.values()], subjects)
    runs = {
        checkin_subject(partners.id, seat.member.person_id): new_run(
            turn,
            conversation,
            program,
            seat.account,
            round_id=partners.row.round_id,
            subject=checkin_subject(partners.id, seat.member.person_id),
        )
        for program, partners, seat in seats
    }
    turn.session.add_all(runs.values())
    await turn.session.flush()
    turn.work.cache.update({("prepared", subject): run for subject, run in runs.items()})


async def ask(
    turn: Turn,
    conversation: Conversation,
    program: Program,
    partners: Partners,
    seat: Seat,
    words: Markdown,
    *,
    light: bool,
) -> None:
    """Ask one of the partners in private, in their daytime. `words` say why; an earlier question is over.

    A light question is no step of the ladder: nothing follows when it stays unanswered.
    """
    subject = checkin_subject(partners.id, seat.member.person_id)
    prepared: FlowRun | None = turn.work.cache.pop(("prepared", subject), None)
    if prepared is None:
        await close_questions(turn, [seat.member.person_id], (subject,))
    if seat.member.asks:
        await turn.work.cancel(subject, reason="asked anew")
    if not light:
        seat.member.asks += 1
        partners.row.step = partners.row.step or "asked"
    seat.member.asked_at = None
    await start(
        turn,
        conversation,
        program,
        seat.account,
        round_id=partners.row.round_id,
        subject=subject,
        intro=words,
        then="asked",
        run=prepared,
    )


async def asked(turn: Turn, outcome: Outcome) -> None:
    """A private question has arrived: from now on its answer is waited for. Or it cannot: a coordinator hears of it."""
    partners = await one(turn, id_of(outcome.subject))
    person = outcome.subject.rpartition(":")[2]
    seat = partners.seat(int(person)) if partners is not None and person.isdecimal() else None
    if partners is None or partners.ended or seat is None:
        return
    if outcome.receipt is not None:
        seat.member.asked_at = outcome.receipt.at
        seat.member.asked = [*seat.member.asked, outcome.receipt.at.isoformat()]
        return
    program = await turn.get(Program, partners.row.program_id)
    detail = turn.say(program, "case.detail.unreachable", name=names(turn, program, [seat]), reason=outcome.reason)
    await open_case(turn, program, "unreachable", partners=partners, detail=detail)


def checkin(rematch: Rematch) -> Conversation:
    """The conversation of a check-in."""

    async def done(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
        program = await turn.get(Program, run.program_id)
        partners = await one(turn, id_of(run.subject))
        seat = partners.seat(run.person_id) if partners is not None else None
        if partners is None or partners.ended or seat is None:
            await _reply(turn, program, run, turn.say(program, "partnership.over"))
            return
        how = str(answers.get("how", ""))
        before = partners.others(run.person_id)
        if how == "leave" and answers.get("sure") != "yes":
            how = "fine"
        same, choice = seat.member.answer == how, False
        seat.member.answer = how
        if how == "leave":
            await stop(turn, program, partners, seat, rematch)
        elif how == "other_partner":
            choice = await wants_another(turn, program, partners, seat)
        elif how == NO_ANSWER:
            await _ask_the_others(turn, conversation, program, partners, seat)
        else:
            await _lives(turn, program, partners, seat, how, str(answers.get("until", "")), again=same)
        until = partners.row.quiet_until or turn.now
        text = turn.say(
            program,
            f"checkin.thanks.{how}",
            partner=names(turn, program, before),
            date=day_label(turn.now),
            choice=choice,
            until=day_label(until + _patience(turn, program, partners)),
        )
        await _reply(turn, program, run, text)
        if how == "leave":
            await send_exit(turn, program, run.round_id, seat.account)

    conversation = Conversation("checkin", "nudge", _flow, done)
    return conversation


async def wants_another(turn: Turn, program: Program, partners: Partners, seat: Seat) -> bool:
    """Somebody would like another partner. Returns whether they may say themselves that it shall be done.

    Whoever has had their way before asks the coordinators.
    """
    answered(partners, seat)
    person, partner = seat.member.person_id, names(turn, program, partners.others(seat.member.person_id))
    may = await may_change(turn, program, partners, person)
    detail = turn.say(program, "case.detail.other_partner", name=names(turn, program, [seat]), partner=partner)
    case = await open_case(turn, program, "other_partner", partners=partners, person=seat.person, detail=detail)
    if may and case.person_id == person:
        offered(turn, program, case, [seat], turn.now)
        partners.row.check_at = quarter_day(turn.now)
        by = day_label(turn.now + timedelta(days=turn.kit(program).checkins.settle_days))
        text, choices = turn.say(program, "offer.own", partner=partner, by=by), offer(turn, program, case, person)
        direct = await turn.direct(seat.account)
        key, subject = offer_key(case, person), partners.subject
        turn.post(direct, "nudge", key, text, choices, subject=subject, prompted=True)
    return may


def answered(partners: Partners, seat: Seat) -> None:
    """Somebody gave a sign of life outside the room: the steps of the ladder about them are taken back."""
    seat.member.asks, seat.member.asked_at = 0, None
    if all(not each.member.asks for each in partners.active):
        partners.row.step = ""


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    made = turn.wording(program).made
    if "checkin" not in made:
        options = tuple(Option(name, plain(turn.say(program, f"checkin.option.{name}"))) for name in _ANSWERS)
        made["checkin"] = Flow(
            "checkin",
            turn.say(program, "checkin.title"),
            (
                Step("how", StepKind.CHOICE, turn.say(program, "checkin.how"), options=options),
                Step(
                    "until",
                    StepKind.DATE,
                    turn.say(program, "checkin.until"),
                    help=turn.say(program, "checkin.until_help"),
                    minimum=0,
                    maximum=366,
                    only_if=("how", ("busy",)),
                ),
                Step("sure", StepKind.YES_NO, turn.say(program, "checkin.sure"), only_if=("how", ("leave",))),
            ),
            review=False,
        )
    return made["checkin"]


async def _lives(
    turn: Turn, program: Program, partners: Partners, seat: Seat, how: str, until: str, *, again: bool
) -> None:
    """All is well, or will be later: silence counts anew, and later for who says so `again` without having written."""
    row = partners.row
    answered(partners, seat)
    since = turn.now
    if how == "fine" and again:
        since += timedelta(days=pace_of(turn.kit(program), row)[1])
    if how == "elsewhere":
        row.elsewhere = True
        start_anew(partners, turn.now)
    if how == "busy":
        since = _busy_anchor(turn, program, partners, seat, until)
        await _tell_busy(turn, program, partners, seat, until)
    row.quiet_until = max(row.quiet_until or since, since)
    row.check_at = quarter_day(turn.now)
    if not row.step:
        await close_about(turn, program, partners, "case.they_answered", SILENCE)


def _busy_anchor(turn: Turn, program: Program, partners: Partners, seat: Seat, until: str) -> datetime:
    """From when silence has to count so that nobody is asked before a few days after that day have gone by."""
    rules = turn.kit(program).checkins
    last = date.fromisoformat(until)
    free = datetime.combine(last + _DAY, time(), load_zone(seat.zone)).astimezone(UTC)
    return free + timedelta(days=rules.answer_days) - _patience(turn, program, partners)


def _patience(turn: Turn, program: Program, partners: Partners) -> timedelta:
    """How long a silence may be until somebody is asked: who has not come yet is asked sooner."""
    kit = turn.kit(program)
    if partners.row.state != "live":
        return timedelta(hours=kit.checkins.arrival_ask_hours)
    return timedelta(days=pace_of(kit, partners.row)[1])


async def _tell_busy(turn: Turn, program: Program, partners: Partners, seat: Seat, until: str) -> None:
    text = turn.say(program, "told.busy", partner=names(turn, program, [seat]), until=date_label(until))
    for other in partners.others(seat.member.person_id):
        key = f"busy:{partners.id}:{seat.member.person_id}:{other.member.person_id}:{until}"
        await turn.tell(program, other.account, "notice", key, text, subject=partners.subject)


async def _ask_the_others(
    turn: Turn, conversation: Conversation, program: Program, partners: Partners, seat: Seat
) -> None:
    answered(partners, seat)
    waiting = names(turn, program, [seat])
    for other in partners.others(seat.member.person_id):
        if not other.member.asks:
            words = nudge(turn, program, "partner_waits", partners, other, partner=waiting)
            await ask(turn, conversation, program, partners, other, words, light=False)
    partners.row.check_at = full_hour(turn.now)


def nudge(turn: Turn, program: Program, kind: str, partners: Partners, seat: Seat, partner: Markdown) -> Markdown:
    """The words before a private question: why it is asked, without reproach."""
    wrote, began = seat.member.last_wrote_at, partners.row.announced_at
    return turn.say(
        program,
        f"nudge.{kind}",
        name=names(turn, program, [seat]),
        partner=partner,
        wrote=day_label(wrote) if wrote else "",
        began=day_label(began) if began else "",
        pace=pace_of(turn.kit(program), partners.row)[0],
        date=day_label(turn.now),
    )


async def _reply(turn: Turn, program: Program, run: FlowRun, text: Markdown) -> None:
    account = await turn.get(Account, run.account_id)
    turn.post(await turn.direct(account), "thanks", f"flow:{run.id}:thanks", text, prompted=True)


CONTINUATIONS: Mapping[str, Continuation] = {"asked": asked}
