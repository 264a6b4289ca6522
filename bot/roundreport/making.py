"""A whole report: its pictures, and all of it as a page and as a paper."""

from collections.abc import Sequence
from datetime import datetime

from bot.evaluation.history import RoundHistory
from bot.program.reporting import Made, Page, Paper
from bot.program.wording import Wording
from bot.roundreport.contents import contents_of
from bot.roundreport.page import report_html
from bot.roundreport.paper import report_pdf
from bot.roundreport.suggests import suggests
from topics.model import Kit


def made(rounds: Sequence[RoundHistory], kit: Kit, now: datetime) -> Made:
    """The report of the last of these rounds, beside the others: its pictures, and the whole as a page and a paper."""
    *earlier, newest = rounds
    findings = suggests([one for one in rounds if one.pairs], kit, Wording(kit).plain)
    contents = contents_of(newest, earlier, now, findings)
    return Made(
        tuple(Page(one.name, one.title, one.caption, one.alt, one.png) for one in contents.pictures),
        (
            Paper("report.html", "text/html", report_html(contents).encode()),
            Paper("report.pdf", "application/pdf", report_pdf(contents, now)),
        ),
        findings,
    )
