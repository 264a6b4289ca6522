"""Cells of tables that spreadsheets will open: no text in them is taken for a formula. Pure."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO

Cell = str | int | float | bool | None

_STARTS = re.compile(r"^|(?<=[,;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029])")
"""Where a cell may begin: at its start, and wherever a program that separates otherwise would begin another one."""
_RISKY = frozenset("=+-@")
_UNSEEN = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))


def safe_cell(value: str) -> str:
    """The text with a `'` before whatever a spreadsheet would take for a formula, also after spaces and line breaks.

    Full-width signs count, since some programs take them for the plain ones.
    """
    return _STARTS.sub(lambda place: "'" if _is_risky(value, place.end()) else "", value)


def _is_risky(value: str, start: int) -> bool:
    if start == 0 and value[:1] in ("\t", "\r", "\n"):
        return True
    for sign in value[start:]:
        if unicodedata.category(sign) in _UNSEEN or sign in "\"'":
            continue
        return unicodedata.normalize("NFKC", sign)[:1] in _RISKY or sign == "−"
    return False


def csv_text(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A CSV text of these rows. Numbers stay numbers, nothing is an empty cell, and no text is a formula."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe_cell(name) for name in heading])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return out.getvalue()


def _written(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return safe_cell(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell
