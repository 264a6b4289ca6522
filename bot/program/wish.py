"""What somebody wants who asked for a word with the coordinators: asked at once, so that nobody has to ask first."""

from collections.abc import Mapping
from datetime import timedelta

from bot.flows.spec import Answer, Flow, Step, StepKind
from bot.language.markup import plain
from bot.language.messages import Option
from bot.program.cases import Handled, close_case, note, open_case, put
from bot.program.conversations import Conversation, start
from bot.program.people import account_in
from bot.program.turn import Turn
from storage.partnerships import Case
from storage.people import Account, Community, Person, Program
from storage.traffic import FlowRun

LONGEST = 2_000
_ABOUT = ("question", "worry", "idea")


async def wants_a_word(turn: Turn, program: Program, account: Account, round_id: int | None, survey: str) -> None:
    """Somebody asked for a word in a survey: the coordinators have a case, and the person is asked what it is about."""
    person = await turn.get(Person, account.person_id)
    detail = turn.say(program, "case.detail.wants_a_word", name=person.name, survey=survey)
    await open_case(turn, program, "wants_a_word", person=person, round_id=round_id, detail=detail)
    # Of no round: what somebody has to say is not over when a round is.
    await start(turn, CONVERSATION, program, account, subject=f"wish:{person.id}", prompted=True)


async def _flow(turn: Turn, run: FlowRun) -> Flow:
    program = await turn.get(Program, run.program_id)
    made = turn.wording(program).made
    if "wish" not in made:
        options = tuple(Option(name, plain(turn.say(program, f"wish.option.{name}"))) for name in _ABOUT)
        made["wish"] = Flow(
            "wish",
            turn.say(program, "wish.title"),
            (
                Step("about", StepKind.CHOICE, turn.say(program, "wish.about"), options=options),
                Step("words", StepKind.TEXT, turn.say(program, "wish.words"), minimum=1, maximum=LONGEST),
            ),
            review=False,
        )
    return made["wish"]


async def _done(turn: Turn, run: FlowRun, answers: Mapping[str, Answer]) -> None:
    """Thanks and ideas are for reading; a question or a worry is put before the coordinators at once."""
    program, account = await turn.get(Program, run.program_id), await turn.get(Account, run.account_id)
    person, about = await turn.get(Person, run.person_id), str(answers.get("about", "question"))
    # Whoever says it late, when the first case is closed already, is heard too.
    detail = turn.say(program, "case.detail.wish", name=person.name)
    case = await open_case(turn, program, "wants_a_word", person=person, round_id=run.round_id, detail=detail)
    words = turn.say(program, "case.said", about=about, words=str(answers.get("words", "")).splitlines())
    note(turn, case, person.name, words, "said")
    if about == "idea":
        await close_case(turn, program, case, Handled("", turn.say(program, "case.did.idea")))
    else:
        case.state, case.wake_at = "open", None
        await put(turn, program, case, None, at_once=True)
    text = turn.say(program, f"wish.thanks.{about}")
    turn.post(await turn.direct(account), "thanks", f"flow:{run.id}:thanks", text, prompted=True)


def is_unsaid(case: Case) -> bool:
    """Whether somebody asked for a word and has not said yet what about."""
    return case.kind == "wants_a_word" and not any(entry["act"] == "said" for entry in case.history)


async def call_off(turn: Turn, program: Program, case: Case) -> bool:
    """Close the case of somebody who has had their time and not said what it is about; tell them how they can.

    False while there is still time.
    """
    if case.opened_at + timedelta(days=turn.kit(program).checkins.settle_days) > turn.now:
        return False
    community, person = await turn.get(Community, program.community_id), await turn.get(Person, case.person_id)
    account = await account_in(turn, community, person)
    await close_case(turn, program, case, Handled("", turn.say(program, "case.did.unsaid")))
    if account is not None:
        await turn.tell(program, account, "notice", f"unsaid:{case.id}", turn.say(program, "wish.unsaid"))
    return True


CONVERSATION = Conversation("wish", "question", _flow, _done)
