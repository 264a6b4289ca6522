"""The wishes of the pairing: reading them, and checking that their questions and answers exist."""

from collections.abc import Mapping

from topics.keys import read_table, rows
from topics.lines import Path
from topics.model import Question, QuestionKind, Rule, Wish
from topics.problems import listed, suggestion
from topics.questions import Asked, answers_of
from topics.schema import WISH
from topics.sheet import Sheet

_KINDS: Mapping[Rule, tuple[QuestionKind, ...]] = {
    Rule.DIFFERENT: (
        QuestionKind.COUNTRY,
        QuestionKind.CHOICE,
        QuestionKind.YES_NO,
        QuestionKind.NUMBER,
        QuestionKind.ZONE,
    ),
    Rule.WISHED: (QuestionKind.CHOICE,),
    Rule.SIMILAR: (QuestionKind.MANY,),
    Rule.OVERLAP: (QuestionKind.ZONE,),
}
_OWN_KEYS: Mapping[Rule, tuple[str, ...]] = {
    Rule.DIFFERENT: (),
    Rule.WISHED: ("of", "same", "anything"),
    Rule.SIMILAR: ("asked_by",),
    Rule.OVERLAP: ("hours",),
}


def read_wishes(sheet: Sheet, raw: object, asked: Asked) -> tuple[Wish, ...]:
    """The wishes in their order; what is wrong with one becomes a finding."""
    wishes: list[Wish] = []
    for position, row in enumerate(rows(sheet, ("wishes",), raw)):
        here: Path = ("wishes", position)
        values = read_table(sheet, here, row, WISH)
        name = values["name"]
        if name and any(wish.name == name for wish in wishes):
            sheet.wrong((*here, "name"), f"there is a wish `{name}` already: give this one another name")
        if values["rule"] is None:
            continue
        wish = Wish(**values)
        for key in values.keys() & {"of", "same", "anything", "asked_by", "hours"}:
            if key not in _OWN_KEYS[wish.rule]:
                sheet.wrong((*here, key), f"a wish by the rule `{wish.rule}` has no `{key}`: remove it")
        _check_wish(sheet, here, wish, asked)
        wishes.append(wish)
    return tuple(wishes)


def _check_wish(sheet: Sheet, here: Path, wish: Wish, asked: Asked) -> None:
    question = None
    if wish.question:
        question = _named(sheet, (*here, "question"), wish.question, asked, _KINDS[wish.rule])
    if wish.rule is Rule.WISHED:
        _check_wished(sheet, here, wish, question, asked)
    if wish.rule is Rule.SIMILAR and wish.asked_by:
        _named(sheet, (*here, "asked_by"), wish.asked_by, asked, (QuestionKind.YES_NO,))


def _check_wished(sheet: Sheet, here: Path, wish: Wish, question: Question | None, asked: Asked) -> None:
    if not wish.of:
        sheet.wrong(here, "a wish by the rule `wished` needs `of`: the question whose answer is wished for")
        return
    wanted = _named(sheet, (*here, "of"), wish.of, asked, (QuestionKind.CHOICE,))
    if question is None:
        return
    options = answers_of(question) or {}
    for key, value in (("same", wish.same), ("anything", wish.anything)):
        if value and value not in options:
            hint = suggestion(value, options) or f": they are {listed(options)}"
            sheet.wrong((*here, key), f"`{key}`: `{value}` is no option of `{question.name}`{hint}")
    if wanted is None or not {wish.same, wish.anything} <= options.keys() | {""}:
        return
    special = {wish.same, wish.anything}
    lost = [value for value in options if value not in special and value not in (answers_of(wanted) or {})]
    for value in lost:
        sheet.wrong((*here, "question"), f"`{value}` can be wished for, but is no option of `{wish.of}`")


def _named(sheet: Sheet, here: Path, name: str, asked: Asked, kinds: tuple[QuestionKind, ...]) -> Question | None:
    """The question of that name and one of these kinds; else a finding and None."""
    if name not in asked.names:
        hint = suggestion(name, asked.names) or f": they are {listed(asked.names)}"
        sheet.wrong(here, f"there is no question `{name}`{hint}")
        return None
    question = asked.questions.get(name)
    if question is None or question.kind in kinds:
        return question
    sheet.wrong(here, f"`{name}` is of the kind `{question.kind}`; this needs one of the kind {listed(kinds)}")
    return None
