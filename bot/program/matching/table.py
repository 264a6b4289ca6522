"""The pairs as a CSV table."""

import csv
from io import StringIO

from bot.program.matching.pairing import Pairing
from bot.program.matching.problem import Problem
from bot.program.matching.score import score_group

COLUMNS = (
    "email_1",
    "email_2",
    "email_3",
    "country_different",
    "type_wishes",
    "type_wishes_met",
    "interest_wishes",
    "interest_similarity",
    "overlap_minutes",
    "locked",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def pairs_csv(problem: Problem, pairing: Pairing) -> str:
    """One line a group, under a heading. Ids stand for e-mail addresses; yes and no are `true` and `false`."""
    sheet = StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    for group in pairing.groups:
        score = score_group(problem, group.ids)
        writer.writerow(
            (
                *(_harmless(key) for key in (*group.ids, "", "")[:3]),
                _word(score.country_different),
                score.type_wishes,
                score.type_wishes_met,
                score.interest_wishes,
                f"{score.interest_similarity:.4f}",
                score.overlap_minutes,
                _word(group.locked),
            )
        )
    return sheet.getvalue()


def _word(value: bool) -> str:
    return "true" if value else "false"


def _harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
