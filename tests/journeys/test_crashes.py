"""A process that dies at any moment loses nothing and doubles nothing: the next one goes on from the files."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from adapters.local.journal import load
from adapters.local.records import Acknowledged, Acted
from tests.journeys.small import Ledger, Moment, ledger, lives

GAPS = {
    Moment.BEFORE_COMMIT: 90,
    Moment.AFTER_COMMIT: 90,
    Moment.BEFORE_DEED: 24,
    Moment.AFTER_DEED: 24,
    Moment.BEFORE_STORED: 18,
    Moment.BEFORE_ACKNOWLEDGED: 18,
    Moment.CLOCK_MOVED: 18,
}
"""How many moments of its kind a process lives at most: so that about a dozen die in a round."""


def test_the_undisturbed_round_is_worth_comparing_with(undisturbed: Ledger) -> None:
    kinds = {kind for _, kind, _ in undisturbed.acts}
    assert {"room", "introduction", "topic", "nudge", "case", "survey", "thanks"} <= kinds
    assert max(undisturbed.counts.values()) == 1


@pytest.mark.parametrize("moment", Moment)
async def test_death_at_any_moment_changes_nothing(tmp_path: Path, undisturbed: Ledger, moment: Moment) -> None:
    assert await lives(tmp_path, Random(moment), GAPS[moment], moment) >= 5
    _same(ledger(tmp_path), undisturbed)


@pytest.mark.parametrize("seed", [1, 2])
async def test_death_after_death_changes_nothing(tmp_path: Path, undisturbed: Ledger, seed: int) -> None:
    assert await lives(tmp_path, Random(seed), 110) >= 10
    _same(ledger(tmp_path), undisturbed)


async def test_what_people_did_is_acknowledged_once(tmp_path: Path) -> None:
    await lives(tmp_path, Random(4), 15, Moment.BEFORE_ACKNOWLEDGED)
    records = list(load(tmp_path / "journal.jsonl"))
    acknowledged = Counter(key for record in records if isinstance(record, Acknowledged) for key in record.event_ids)
    assert set(acknowledged.values()) == {1}
    assert len(acknowledged) == sum(isinstance(record, Acted) for record in records)


def _same(found: Ledger, expected: Ledger) -> None:
    assert expected.counts - found.counts == Counter(), "lost"
    assert found.counts - expected.counts == Counter(), "doubled, or never meant to be"
    assert found.by_address == expected.by_address
