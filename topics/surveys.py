"""`surveys.toml`: what participants are asked in the middle and at the end of a round."""

from topics.keys import read_table, rows
from topics.lines import Path
from topics.model import Survey
from topics.problems import suggestion
from topics.questions import read_questions
from topics.schema import SURVEY, SURVEY_QUESTION
from topics.sheet import Sheet


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
        if values["questions"] == []:
            sheet.wrong(here, "a survey needs at least one question")
        values["questions"] = tuple(asked.questions.values())
        surveys.append(Survey(**values))
    return tuple(surveys)
