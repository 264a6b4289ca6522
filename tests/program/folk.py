"""The people of the tests, and what they answer unless they are told otherwise."""

from collections.abc import Mapping

from bot.flows.spec import Answer
from topics.model import Kit

PEOPLE: Mapping[str, tuple[str, str]] = {
    "alex": ("Portugal", "Europe/Lisbon"),
    "bea": ("Japan", "Asia/Tokyo"),
    "cem": ("Türkiye", "Europe/Istanbul"),
    "dora": ("Hungary", "Europe/Budapest"),
    "emil": ("Denmark", "Europe/Copenhagen"),
    "fatou": ("Senegal", "Africa/Dakar"),
    "gita": ("India", "Asia/Kolkata"),
    "hugo": ("Chile", "America/Santiago"),
}
"""Accounts that every desk has, with the country and zone they answer with."""
ANSWERS: Mapping[str, str] = {
    "level": "Primary (6 to 11)",
    "partner_level": "I am open",
    "subjects": "Music, History",
    "years": "7",
    "class_project": "no",
    "term_ends": "skip",
    "consent": "yes",
}
"""What everybody types to the teachers' questions unless told otherwise."""
PLAIN: Mapping[str, str] = {"text": "I like my work and the people I meet.", "number": "5", "yes_no": "no"}
"""What stands for an answer, by the kind of question."""
CODES: Mapping[str, str] = {
    "alex": "PT",
    "bea": "JP",
    "cem": "TR",
    "dora": "HU",
    "emil": "DK",
    "fatou": "SN",
    "gita": "IN",
    "hugo": "CL",
}
"""The codes of the countries of `PEOPLE`."""


def complete(kit: Kit, given: Mapping[str, Answer]) -> Mapping[str, Answer]:
    """These answers, and something eligible for every question that is left."""
    usual: dict[str, Answer] = {}
    for question in kit.questions:
        if question.must:
            usual[question.name] = question.must[0]
        elif question.options and question.kind.value == "choice":
            usual[question.name] = question.options[0].value
        elif question.options:
            usual[question.name] = (question.options[0].value,)
        elif question.required and question.kind.value in PLAIN:
            usual[question.name] = PLAIN[question.kind.value]
    return {**usual, **given}
