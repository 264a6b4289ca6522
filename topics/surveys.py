"""`surveys.toml`: what participants are asked soon after the start, in the middle, at the end, and when they leave."""

from collections.abc import Mapping
from typing import Any, cast

from topics.keys import header, read_table, rows
from topics.lines import Path
from topics.model import QuestionKind, Survey
from topics.problems import listed, suggestion
from topics.questions import Asked, read_questions
from topics.schema import SURVEY, SURVEY_QUESTION
from topics.sheet import Sheet

WORD = "word"
"""The name of the yes-or-no question whose yes asks a coordinator for a word."""
_TELLING = (QuestionKind.COUNTRY, QuestionKind.ZONE, QuestionKind.PEOPLE, QuestionKind.PICTURE)


def read_surveys(sheet: Sheet) -> tuple[Survey, ...]:
    """The surveys in their order; what is wrong with one becomes a finding."""
    for name in sheet.data:
        if name != "surveys":
            sheet.wrong((name,), f"unknown table `{name}`{suggestion(name, ('surveys',))}")
    surveys: list[Survey] = []
    for position, row in enumerate(rows(sheet, ("surveys",), sheet.data.get("surveys", []))):
        here: Path = ("surveys", position)
        values = read_table(sheet, here, row, SURVEY)
        name = values["name"]
        if name and any(survey.name == name for survey in surveys):
            sheet.wrong((*here, "name"), f"there is a survey `{name}` already: give this one another name")
        asked = read_questions(sheet, (*here, "questions"), values["questions"], SURVEY_QUESTION)
        _check_when(sheet, here, values, row)
        if values.get("anonymous"):
            _check_anonymous(sheet, here, asked)
        if values["questions"] == []:
            sheet.wrong(here, "a survey needs at least one question")
        values["questions"] = tuple(asked.questions.values())
        surveys.append(Survey(**values))
    return tuple(surveys)


_DAYS = {
    "arrival": ("days_after_start", "remind_after_days", "reminders"),
    "middle": ("days_before_end", "remind_after_days", "reminders"),
    "closing": ("days_before_end", "remind_after_days", "reminders"),
    "exit": (),
}
"""The keys about days that mean something, by when a survey goes out."""


def _check_when(sheet: Sheet, here: Path, values: Mapping[str, Any], row: object) -> None:
    when, given = values["when"], cast("Mapping[str, object]", row)
    if when not in _DAYS or not isinstance(row, Mapping):
        return
    for key in sorted({key for keys in _DAYS.values() for key in keys} - {*_DAYS[when]} & given.keys()):
        reason = "goes out when somebody leaves, once" if when == "exit" else f"knows only {listed(_DAYS[when])}"
        sheet.wrong((*here, key), f'`{key}` means nothing for `when = "{when}"`: such a survey {reason}')
    if when == "closing" and "days_before_end" not in given:
        sheet.wrong(here, f"the key `days_before_end` is missing in {header(here)}")


def _check_anonymous(sheet: Sheet, here: Path, asked: Asked) -> None:
    """What would tell whose the answers are is not asked."""
    for position, name in enumerate(asked.names):
        question = asked.questions.get(name)
        if name == WORD or (question is not None and question.kind in _TELLING):
            what = "asks a coordinator to write" if name == WORD else f"is of the kind `{question and question.kind}`"
            text = f"`{name}` {what}, which tells who answers: an anonymous survey cannot ask it"
            sheet.wrong((*here, "questions", position, "name" if name == WORD else "kind"), text)
