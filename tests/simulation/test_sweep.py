"""A part of the sweep; `scripts/simulate-faults --sweep` makes the whole one."""

import pytest

from tests.simulation import sweep
from tests.simulation.broken import without_look_up
from tests.simulation.wire import AFTER_DEED

STRIDE = 100


def test_the_small_round_is_worth_dying_in() -> None:
    kinds = {entry.act.kind for entry in sweep.undisturbed().ledger}
    assert {"question", "welcome", "proposal", "room", "introduction", "topic", "nudge", "case", "survey"} <= kinds
    assert len(sweep.moments()) > 1_500


def test_a_copy_that_dies_finds_what_a_round_of_its_own_finds() -> None:
    """The whole sweep is made in copies of one process. Here in a house that looks nothing up, to have complaints."""
    after_deeds = [number for number, moment in enumerate(sweep.moments()) if moment.only == AFTER_DEED]
    numbers = (700, *after_deeds[10:12])
    found = sweep.in_copies(numbers, without_look_up)
    assert found == {number: sweep.complaints(number, without_look_up) for number in numbers}
    assert all("was done 2 times" in found[number][0] for number in numbers[1:])


@pytest.mark.parametrize("first", range(0, 5 * STRIDE, STRIDE))
def test_death_at_one_moment_in_a_hundred_changes_nothing(first: int) -> None:
    numbers = tuple(range(first // STRIDE * 11, len(sweep.moments()), 5 * STRIDE))
    assert {sweep.moments()[n]: found for n, found in sweep.in_copies(numbers).items() if found} == {}
