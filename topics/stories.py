"""`stories.toml`: what those are asked who write a story about their partnership for everybody to read."""

from dataclasses import replace

from topics.keys import read_table, rows
from topics.lines import Path
from topics.model import Question, QuestionKind
from topics.problems import listed, suggestion
from topics.schema import STORY, TEXT_LIMIT
from topics.sheet import Sheet

TAKEN = ("partnership", "title", "picture", "picture_alt", "byline", "review", "change", "submit", "stop")
"""Names of questions that the program asks by itself."""


def read_story(sheet: Sheet) -> tuple[Question, ...]:
    """The questions of a story in their order; what is wrong with one becomes a finding.

    Together the answers fit into one story: where a question does not say how long its answer may be, those that do
    not share what the others leave.
    """
    for name in sheet.data:
        if name != "story":
            sheet.wrong((name,), f"unknown table `{name}`{suggestion(name, ('story',))}")
    questions: list[Question] = []
    for position, row in enumerate(rows(sheet, ("story",), sheet.data.get("story", []))):
        here: Path = ("story", position)
        question = Question(kind=QuestionKind.TEXT, **read_table(sheet, here, row, STORY))
        if question.name in TAKEN:
            sheet.wrong((*here, "name"), f"the program itself asks {listed(TAKEN)}: give this one another name")
        if question.name and any(each.name == question.name for each in questions):
            sheet.wrong((*here, "name"), f"there is a question `{question.name}` already: give this one another name")
        questions.append(question)
    open_ended = sum(each.maximum is None for each in questions)
    left = TEXT_LIMIT - sum(each.maximum or 0 for each in questions)
    if left < open_ended:
        sheet.wrong(("story",), f"together the answers may have {TEXT_LIMIT} characters: make each `maximum` smaller")
    share = max(1, left // open_ended) if open_ended else 0
    return tuple(replace(each, maximum=each.maximum or share) for each in questions)
