"""Draws reports where the libraries for it are installed: a large extra, loaded with the first report."""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import structlog

from bot.evaluation.history import RoundHistory
from bot.program.reporting import Made, Undrawn
from topics.model import Kit

log = structlog.get_logger()

_DRAWS = ("matplotlib", "scipy", "statsmodels", "fpdf")
"""What the extra `report` brings along."""
_MAKES = "bot.roundreport.making"
PICTURES = "pictures"


def can_draw() -> bool:
    """Whether everything is there that reports are drawn with."""
    return all(find_spec(name) is not None for name in _DRAWS)


def make_report(rounds: Sequence[RoundHistory], kit: Kit, now: datetime) -> Made:
    """The report of the last of these rounds beside the others. Only where it can be drawn."""
    return import_module(_MAKES).made(rounds, kit, now)


def report_or_why(rounds: Sequence[RoundHistory], kit: Kit, now: datetime) -> Made | Undrawn:
    """The same for whoever asks in the chat. What goes wrong is logged and told: the numbers are there all the same."""
    if not can_draw():
        return Undrawn("report.no_pictures")
    try:
        return make_report(rounds, kit, now)
    except Exception:  # a picture that fails must not keep the numbers from whoever asked
        log.exception("report_failed", round=rounds[-1].name)
        return Undrawn("report.failed")


def write_files(out: Path, report: Made) -> tuple[str, ...]:
    """Write a report into a folder that exists. Returns the names of what was written.

    Pictures that an earlier report left there are overwritten or, where there is nothing to show now, taken away.
    """
    for paper in report.papers:
        (out / paper.name).write_bytes(paper.content)
    folder = out / PICTURES
    folder.mkdir(exist_ok=True)
    for page in report.pages:
        path = folder / f"{page.name}.png"
        if page.png:
            path.write_bytes(page.png)
        else:
            path.unlink(missing_ok=True)
    return (*(paper.name for paper in report.papers), f"{PICTURES}/")
