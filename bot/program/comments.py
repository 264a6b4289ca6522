"""`comments`: what people wrote in surveys in their own words, for coordinators, in private."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from bot.errors import Problem
from bot.evaluation.disclosure import LEAST, shown
from bot.language.acts import Post
from bot.language.commands import Argument
from bot.language.markup import Markdown, plain
from bot.language.messages import Document, say
from bot.program.access import Who
from bot.program.command import Call, Command
from bot.program.partnerships import of_round
from bot.program.rounds import OTHER_ROUND, running_round
from bot.program.turn import Turn
from storage.evaluation import AnonymousAnswer
from storage.partnerships import SurveyAnswer
from storage.people import Person
from storage.rounds import Round
from topics.model import Question, QuestionKind, Survey

FILE = "what-people-wrote.txt"
PART, MOST = 1_400, 10
"""Characters of one message, and how many messages there are at most, where a platform takes no files."""

_Rows = Sequence[tuple[str, Mapping[str, Any]]]
"""Answers with the name of whoever gave them; empty where that is nobody's business."""


async def _comments(turn: Turn, call: Call) -> None:
    round_row = await running_round(turn, call.program, call.arguments.get("round", ""))
    if round_row is None:
        raise Problem("round.none")
    every, wanted = turn.kit(call.program).surveys, call.arguments.get("survey", "").casefold()
    surveys = [survey for survey in every if wanted in ("", survey.name, survey.title.casefold())]
    if not surveys:
        raise Problem("comments.unknown", survey=wanted[:60], surveys=[survey.name for survey in every])
    partners = await _partners_of(turn, round_row, call.person)
    blocks = [block for survey in surveys for block in await _of_survey(turn, call, round_row, survey, partners)]
    intro = turn.say(call.program, "comments.intro", round=round_row.name, empty=not blocks, left_out=bool(partners))
    if not blocks:
        call.reply(turn, intro)
        return
    await _send(turn, call, intro, blocks)


async def _send(turn: Turn, call: Call, intro: Markdown, blocks: Sequence[Markdown]) -> None:
    """In private, whatever the place where it was asked: as a file, or in some messages."""
    address = await turn.direct(call.account)
    if turn.able(address.platform).documents:
        text = plain(Markdown("\n\n".join(blocks)))
        message = say(intro, Document(FILE, "text/plain", text))
        turn.send(Post(f"{call.key}:comments", "reply", address, message, prompted=True))
        return
    parts = _in_parts(blocks)
    turn.post(address, "reply", f"{call.key}:comments", intro, prompted=True)
    for number, part in enumerate(parts[:MOST], start=1):
        turn.post(address, "reply", f"{call.key}:comments:{number}", part, prompted=True)
    if len(parts) > MOST:
        more = turn.say(call.program, "comments.more", shown=MOST, parts=len(parts))
        turn.post(address, "reply", f"{call.key}:comments:more", more, prompted=True)


async def _of_survey(
    turn: Turn, call: Call, round_row: Round, survey: Survey, partners: frozenset[int]
) -> list[Markdown]:
    """What was written in one survey, question by question, in an order that tells nothing."""
    questions = [question for question in survey.questions if question.kind is QuestionKind.TEXT]
    if not questions:
        return []
    rows: _Rows = []
    if survey.anonymous:
        found = await turn.session.exec(
            select(AnonymousAnswer).where(
                AnonymousAnswer.round_id == round_row.id, AnonymousAnswer.survey == survey.name
            )
        )
        rows = [("", row.answers) for row in found]
        if rows and not shown(len(rows)):
            return [turn.say(call.program, "comments.too_few", title=survey.title, least=LEAST)]
    else:
        named = await turn.session.exec(
            select(Person.name, SurveyAnswer)
            .join(Person, col(Person.id) == SurveyAnswer.person_id)
            .where(SurveyAnswer.round_id == round_row.id, SurveyAnswer.survey == survey.name)
        )
        rows = [(name, row.answers) for name, row in named if row.person_id not in partners]
    return [block for question in questions for block in _of_question(turn, call, survey, question, rows)]


def _of_question(turn: Turn, call: Call, survey: Survey, question: Question, rows: _Rows) -> list[Markdown]:
    said = [(str(answers[question.name]), name) for name, answers in rows if answers.get(question.name)]
    if not said:
        return []
    title = question.short or question.name
    head = turn.say(call.program, "comments.question", title=survey.title, question=title, count=len(said))
    texts = sorted(said, key=lambda one: (one[0].casefold(), one[1]))
    return [
        head,
        *(turn.say(call.program, "comments.one", words=words.splitlines(), name=name) for words, name in texts),
    ]


async def _partners_of(turn: Turn, round_row: Round, viewer: Person) -> frozenset[int]:
    """Those with whom the coordinator who asks was paired: what they wrote is not for their partner."""
    return frozenset(
        seat.member.person_id
        for partners in await of_round(turn, round_row.id, with_ended=True)
        if any(seat.member.person_id == viewer.id for seat in partners.seats)
        for seat in partners.seats
        if seat.member.person_id != viewer.id
    )


def _in_parts(blocks: Sequence[Markdown]) -> list[Markdown]:
    """The blocks in messages of a size that every platform shows; a long one stands alone."""
    parts: list[Markdown] = []
    for block in blocks:
        if parts and len(parts[-1]) + len(block) < PART:
            parts[-1] = Markdown(f"{parts[-1]}\n\n{block}")
        else:
            parts.append(block)
    return parts


COMMANDS = (
    Command(
        "comments",
        Who.COORDINATOR,
        "Sends you what people wrote in surveys in their own words.",
        _comments,
        (Argument("survey", "Only this survey, by its name.", required=False), OTHER_ROUND),
        "/mentoring comments closing",
    ),
)
