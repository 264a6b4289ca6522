"""The questions of an application or a survey: reading them, and checking that each can be asked and answered."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import cast

from topics.keys import Key, read_table, rows
from topics.lines import Path
from topics.model import Choice, Question, QuestionKind
from topics.problems import listed, suggestion
from topics.schema import TEXT_LIMIT
from topics.sheet import Sheet

YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))
SCALE = ("1", "2", "3", "4", "5")
"""The answers to a scale."""
_WITH_OPTIONS = (QuestionKind.CHOICE, QuestionKind.MANY)
_SCALED = (QuestionKind.SCALE, QuestionKind.MATRIX)
_ROW = re.compile(r"[a-z][a-z0-9_-]{0,29}")
_ENDS = {"from": "lowest", "to": "highest"}
"""What a kit calls the ends of a scale, and what the program does."""
_FEWEST_ROWS = 2
_COUNTRY = re.compile(r"[A-Z]{2}|unknown")


@dataclass(slots=True)
class Asked:
    """The questions read so far: those that others can be checked against, by name, and the `names` of all of them."""

    questions: dict[str, Question] = field(default_factory=dict[str, Question])
    names: list[str] = field(default_factory=list[str])


def read_questions(sheet: Sheet, where: Path, raw: object, keys: Sequence[Key]) -> Asked:
    """Every question of a list of tables; what is wrong with one becomes a finding."""
    asked = Asked()
    columns: dict[str, str] = {}
    for position, row in enumerate(rows(sheet, where, raw)):
        here = (*where, position)
        values = read_table(sheet, here, row, keys)
        name = values["name"]
        if name and name in asked.names:
            sheet.wrong((*here, "name"), f"there is a question `{name}` already: give this one another name")
        column = str(values.get("column", "")).casefold()
        if column and column in columns:
            sheet.wrong((*here, "column"), f"the question `{columns[column]}` has this column already")
        columns.setdefault(column, name)
        if values["kind"] is not None:
            lost = cast("Mapping[str, object]", row).keys() - values.keys()
            ends = {end: values.pop(key) for key, end in _ENDS.items() if key in values}
            question = Question(**values, **ends)
            _check_question(sheet, here, question, lost, asked)
            if "options" not in lost:
                asked.questions.setdefault(name, question)
        if name:
            asked.names.append(name)
    return asked


def columns_of(question: Question) -> tuple[Question, ...]:
    """The questions that are asked and stored one by one: of a matrix its rows as scales, of any other itself."""
    if question.kind is not QuestionKind.MATRIX:
        return (question,)
    title = question.short or question.name
    return tuple(
        replace(
            question,
            name=f"{question.name}.{row.value}",
            kind=QuestionKind.SCALE,
            short=f"{title}: {row.label}",
            rows=(row,),
        )
        for row in question.rows
    )


def answers_of(question: Question) -> Mapping[str, str] | None:
    """The answers that can be named in a kit, value by label; None where any words may be an answer."""
    if question.kind is QuestionKind.YES_NO:
        return {choice.value: choice.label for choice in YES_NO}
    if question.kind is QuestionKind.SCALE:
        return {SCALE[0]: question.lowest, **{value: value for value in SCALE[1:-1]}, SCALE[-1]: question.highest}
    if question.kind in _WITH_OPTIONS:
        return {choice.value: choice.label for choice in question.options}
    return None


def _check_question(sheet: Sheet, here: Path, question: Question, lost: Set[str], asked: Asked) -> None:
    """Check what the keys of one question mean together; `lost` are those whose value was wrong already."""
    if "options" not in lost:
        _check_options(sheet, here, question)
        _check_bounds(sheet, here, question)
    if lost.isdisjoint(("from", "to", "rows")):
        _check_scale(sheet, here, question)
    if lost.isdisjoint(("must", "otherwise", "options")):
        _check_must(sheet, here, question)
        _check_picture(sheet, here, question)
    if question.only_if:
        _check_only_if(sheet, (*here, "only_if"), question.only_if, asked)


def _check_options(sheet: Sheet, here: Path, question: Question) -> None:
    if question.kind not in _WITH_OPTIONS:
        if question.options:
            sheet.wrong((*here, "options"), f"a question of the kind `{question.kind}` has no options: remove them")
        return
    if not question.options:
        sheet.wrong((*here, "options"), f"a question of the kind `{question.kind}` needs `options`")
    taken: dict[str, int] = {}
    for position, option in enumerate(question.options):
        # Answers and imported cells are compared with values and labels alike, in any case of letters.
        for words in {option.value.casefold(), option.label.casefold()}:
            if words in taken:
                sheet.wrong((*here, "options", position), f"the option `{option.value}` repeats an earlier one")
            taken[words] = position


def _check_bounds(sheet: Sheet, here: Path, question: Question) -> None:
    low, high = question.minimum, question.maximum
    allowed = {
        QuestionKind.TEXT: ("maximum",),
        QuestionKind.NUMBER: ("minimum", "maximum"),
        QuestionKind.MANY: ("minimum", "maximum"),
    }.get(question.kind, ())
    for key, value in (("minimum", low), ("maximum", high)):
        if value is None:
            continue
        if key not in allowed:
            sheet.wrong((*here, key), f"a question of the kind `{question.kind}` has no `{key}`")
        elif question.kind is QuestionKind.MANY and not 0 <= value <= len(question.options):
            sheet.wrong((*here, key), f"`{key}` must be from 0 to the number of options, {len(question.options)}")
        elif question.kind is QuestionKind.TEXT and not 1 <= value <= TEXT_LIMIT:
            sheet.wrong((*here, key), f"`{key}` must be from 1 to {TEXT_LIMIT} characters, not {value}")
    if low is not None and high is not None and low > high:
        sheet.wrong((*here, "minimum"), f"`minimum` {low} is more than `maximum` {high}")


def _check_picture(sheet: Sheet, here: Path, question: Question) -> None:
    if question.kind is QuestionKind.PICTURE and question.required:
        sheet.wrong((*here, "kind"), "a picture cannot be required: add `required = false`")


def _check_scale(sheet: Sheet, here: Path, question: Question) -> None:
    scaled = question.kind in _SCALED
    for key, end_of in _ENDS.items():
        said = getattr(question, end_of)
        if scaled and not said:
            end = SCALE[0] if key == "from" else SCALE[-1]
            sheet.wrong(here, f"say in `{key}` what {end} means: a question of the kind `{question.kind}` needs it")
        elif said and not scaled:
            sheet.wrong((*here, key), f"a question of the kind `{question.kind}` has no `{key}`")
    if question.kind is not QuestionKind.MATRIX:
        if question.rows:
            sheet.wrong((*here, "rows"), f"a question of the kind `{question.kind}` has no `rows`")
        return
    if len(question.rows) < _FEWEST_ROWS:
        sheet.wrong(here, f"a matrix needs at least {_FEWEST_ROWS} `rows`; for one, the kind is `scale`")
    values = [row.value for row in question.rows]
    for position, value in enumerate(values):
        if not _ROW.fullmatch(value):
            text = f"the value of a row is small letters, digits, _ and -, at most 30 of them, not `{value}`"
            sheet.wrong((*here, "rows", position), text)
        elif value in values[:position]:
            sheet.wrong((*here, "rows", position), f"the row `{value}` repeats an earlier one")


def _check_must(sheet: Sheet, here: Path, question: Question) -> None:
    if question.must and not question.otherwise:
        sheet.wrong((*here, "must"), "say in `otherwise` what a person with another answer is told")
    if question.otherwise and not question.must:
        sheet.wrong((*here, "otherwise"), "`otherwise` is never said without `must`")
    if question.must and question.kind not in (QuestionKind.YES_NO, QuestionKind.CHOICE, QuestionKind.COUNTRY):
        sheet.wrong((*here, "must"), f"a question of the kind `{question.kind}` cannot have `must`")
        return
    known = answers_of(question)
    for position, answer in enumerate(question.must):
        place = (*here, "must", position)
        if known is not None and answer not in known:
            sheet.wrong(place, f"`{answer}` is no answer to `{question.name}`{suggestion(answer, known)}")
        if known is None and not _COUNTRY.fullmatch(answer):
            sheet.wrong(place, f"`{answer}` is no country code: write two capital letters such as `FR`")


def _check_only_if(sheet: Sheet, here: Path, only_if: tuple[str, tuple[str, ...]], asked: Asked) -> None:
    name, answers = only_if
    if name not in asked.names:
        hint = suggestion(name, asked.names) or ": only a question further up can decide"
        sheet.wrong((*here, "question"), f"`only_if` names `{name}`, which is no earlier question{hint}")
        return
    earlier = asked.questions.get(name)
    if earlier is None:
        return
    known = answers_of(earlier)
    if known is None:
        sheet.wrong((*here, "question"), f"`only_if` needs fixed answers, and `{name}` takes any")
        return
    for position, answer in enumerate(answers):
        if answer not in known:
            hint = suggestion(answer, known) or f": they are {listed(known)}"
            sheet.wrong((*here, "answers", position), f"`{answer}` is no answer to `{name}`{hint}")
