"""The report of a large round: seconds to count, draw and write everything. Prints, asserts nothing.

    python -m benchmarks.report [PEOPLE]

The rounds are invented (`tests.evaluation.invented`): one of PEOPLE (1,500 unless given), and two before it.
What the data suggests is computed over all three, as `counterpart report` does.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from bot.cli.given import read_kit
from bot.program.wording import Wording
from bot.reporting import write_files
from bot.roundreport.contents import contents_of
from bot.roundreport.making import made
from bot.roundreport.page import report_html
from bot.roundreport.paper import report_pdf
from bot.roundreport.suggests import suggests
from tests.evaluation.invented import history

PEOPLE = 1_500
NOW = datetime(2028, 1, 4, 10, 15, tzinfo=UTC)
T = TypeVar("T")


def main(people: int = PEOPLE) -> None:
    """Time each part, then everything at once."""
    rounds = [history(people, seed, number=seed, name=f"Round {seed}") for seed in (1, 2, 3)]
    *earlier, newest = rounds
    kit = read_kit("librarians")
    sys.stdout.write(f"{people:,} people in each of {len(rounds)} rounds" + "\n")
    findings = timed("what the data suggests", lambda: suggests(rounds, kit, Wording(kit).plain))
    contents = timed("counting and pictures", lambda: contents_of(newest, earlier, NOW, findings))
    page = timed("page", lambda: report_html(contents))
    paper = timed("paper", lambda: report_pdf(contents, NOW))
    sys.stdout.write(f"  page {len(page) / 1e6:.1f} MB, paper {len(paper) / 1e6:.1f} MB" + "\n")
    with TemporaryDirectory() as folder:
        timed(
            "everything, with files",
            lambda: write_files(Path(folder), made(rounds, kit, NOW)),
        )


def timed(what: str, work: Callable[[], T]) -> T:
    """Do it, and say how long it took."""
    began = time.perf_counter()
    result = work()
    sys.stdout.write(f"  {what}: {time.perf_counter() - began:.1f} s" + "\n")
    return result


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
