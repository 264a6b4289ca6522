"""A part of the sweep; `scripts/simulate-faults --sweep` makes the whole one."""

import pytest

from tests.simulation import sweep

STRIDE = 50


def test_the_small_round_is_worth_dying_in() -> None:
    kinds = {entry.act.kind for entry in sweep.undisturbed().ledger}
    assert {"question", "welcome", "proposal", "room", "introduction", "topic", "nudge", "case", "survey"} <= kinds
    assert len(sweep.moments()) > 1_500


@pytest.mark.parametrize("first", range(0, 5 * STRIDE, STRIDE))
def test_death_at_one_moment_in_fifty_changes_nothing(first: int) -> None:
    numbers = range(first // STRIDE * 11, len(sweep.moments()), 5 * STRIDE)
    assert {sweep.moments()[n]: found for n in numbers if (found := sweep.complaints(n))} == {}
