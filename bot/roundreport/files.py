"""The files of a report: the page, the paper, and each picture by itself."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.evaluation.history import RoundHistory
from bot.roundreport.contents import contents_of
from bot.roundreport.page import report_html
from bot.roundreport.paper import report_pdf

PAGE, PAPER, PICTURES = "report.html", "report.pdf", "pictures"


def write_files(
    out: Path, history: RoundHistory, earlier: Sequence[RoundHistory], findings: Sequence[str], now: datetime
) -> tuple[str, ...]:
    """Write the report of a round into a folder that exists. Returns the names of what was written.

    Pictures that an earlier report left there are overwritten or, where there is nothing to show now, taken away.
    """
    contents = contents_of(history, earlier, now, findings)
    (out / PAGE).write_text(report_html(contents), encoding="utf-8", newline="\n")
    (out / PAPER).write_bytes(report_pdf(contents, now))
    folder = out / PICTURES
    folder.mkdir(exist_ok=True)
    for drawn in contents.pictures:
        path = folder / f"{drawn.name}.png"
        if drawn.png:
            path.write_bytes(drawn.png)
        else:
            path.unlink(missing_ok=True)
    return PAGE, PAPER, f"{PICTURES}/"
