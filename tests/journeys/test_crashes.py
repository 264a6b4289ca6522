"""A process that dies at any moment loses nothing and doubles nothing: the next one goes on from the files."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from adapters.local.crowd import Say
from adapters.local.journal import load
from adapters.local.records import Acknowledged, Acted, RoomClosed
from bot.language.places import Address
from tests.journeys.small import Ledger, Moment, ledger, lives

GAPS = {
    Moment.BEFORE_COMMIT: 170,
    Moment.AFTER_COMMIT: 170,
    Moment.BEFORE_DEED: 50,
    Moment.AFTER_DEED: 50,
    Moment.BEFORE_STORED: 36,
    Moment.BEFORE_ACKNOWLEDGED: 36,
    Moment.CLOCK_MOVED: 36,
}
"""How many moments of its kind a process lives at most: so that half a dozen die in a round."""


def test_the_undisturbed_round_is_worth_comparing_with(undisturbed: Ledger) -> None:
    kinds = {kind for _, kind, _ in undisturbed.acts}
    assert {"room", "introduction", "topic", "nudge", "case", "survey", "thanks"} <= kinds
    assert undisturbed.twice == []


@pytest.mark.parametrize("moment", Moment)
async def test_death_at_any_moment_changes_nothing(tmp_path: Path, undisturbed: Ledger, moment: Moment) -> None:
    assert await lives(tmp_path, Random(moment), GAPS[moment], moment) >= 3
    _same(tmp_path, undisturbed)


async def test_death_after_death_changes_nothing(tmp_path: Path, undisturbed: Ledger) -> None:
    assert await lives(tmp_path, Random(2), 110) >= 10
    _same(tmp_path, undisturbed)


def _same(folder: Path, expected: Ledger) -> None:
    found = ledger(folder)
    assert found.twice == []
    assert found.by_address == expected.by_address
    records = list(load(folder / "journal.jsonl"))
    acknowledged = Counter(key for record in records if isinstance(record, Acknowledged) for key in record.event_ids)
    assert set(acknowledged.values()) == {1}
    assert len(acknowledged) == _done(records)


def _done(records: Sequence[object]) -> int:
    """How much people did: what they meant to write in a room that was closed by then is nothing."""
    closed: set[Address] = set()
    done = 0
    for record in records:
        if isinstance(record, RoomClosed):
            closed.add(record.act.address)
        elif isinstance(record, Acted):
            done += not (isinstance(record.action, Say) and record.action.address in closed)
    return done
