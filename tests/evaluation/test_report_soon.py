"""The report of 1,500 people is there soon."""

from datetime import UTC, datetime
from time import thread_time

from bot.app import kit_of
from bot.reporting import make_report
from tests.evaluation.invented import history

LIBRARIANS = kit_of("librarians")["librarians"]


def test_1500_people_beside_two_rounds_of_as_many_take_less_than_twenty_seconds() -> None:
    """Of one processor, so that it holds on a busy machine, too: pictures, page, paper, and what the data suggests."""
    rounds = [history(1_500, seed, number=seed, name=f"Round {seed}") for seed in (1, 2, 3)]
    began = thread_time()
    made = make_report(rounds, LIBRARIANS, datetime(2028, 1, 4, tzinfo=UTC))
    took = thread_time() - began
    assert all(page.png for page in made.pages) and len(made.pages) == 11
    assert took < 20
