"""A platform is never written to faster than it may be."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.pace import Pace
from bot.language.adapter import Capabilities
from tests.engine.office import START, Office, Pigeons, post, run_out

RATES = st.floats(min_value=0.1, max_value=60)
STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.floats(min_value=0, max_value=5)), max_size=60)


@given(rate=RATES, lane_rate=RATES, steps=STEPS)
def test_no_stretch_of_time_has_more_than_the_rate_allows(
    rate: float, lane_rate: float, steps: list[tuple[str, float]]
) -> None:
    pace = Pace({"p": Capabilities(per_second=rate, per_address_second=lane_rate)})
    now, gone = START, list[tuple[str, float]]()
    for lane, seconds in steps:
        now += timedelta(seconds=seconds)
        later = pace.take("p", "c", lane, now)
        if later is None:
            gone.append((lane, (now - START).total_seconds()))
        else:
            assert later > now
            # Nobody else took it meanwhile: at the moment that was named it may go.
            now = later
            assert pace.take("p", "c", lane, now) is None
            gone.append((lane, (now - START).total_seconds()))
    for name, limit in (("", rate), ("a", lane_rate), ("b", lane_rate), ("c", lane_rate)):
        moments = [at for lane, at in gone if name in ("", lane)]
        for first, start in enumerate(moments):
            for count, end in enumerate(moments[first:], start=1):
                assert count <= max(1.0, limit) + (end - start) * limit + 1e-3


def test_lanes_and_communities_do_not_hold_each_other() -> None:
    pace = Pace({"p": Capabilities(per_second=2, per_address_second=1), "q": Capabilities()})
    assert pace.take("p", "c", "a", START) is None
    assert pace.take("p", "c", "a", START) == START + timedelta(seconds=1)
    assert pace.take("p", "c", "b", START) is None
    assert pace.take("p", "c", "d", START) == START + timedelta(seconds=0.5)
    assert pace.take("p", "other", "e", START) is None
    assert all(pace.take("q", "c", "a", START) is None for _ in range(1_000))
    assert pace.take("unknown", "c", "a", START) is None


def test_a_clock_that_goes_back_gives_nothing_for_it() -> None:
    pace = Pace({"p": Capabilities(per_address_second=1)})
    assert pace.take("p", "c", "a", START) is None
    earlier = START - timedelta(hours=1)
    assert pace.take("p", "c", "a", earlier) is not None
    assert pace.take("p", "c", "a", START + timedelta(seconds=0.5)) is not None
    assert pace.take("p", "c", "a", START + timedelta(seconds=1)) is None


@pytest.mark.parametrize("batch", [1, 7, 200])
async def test_paces_are_kept_and_everything_arrives_in_order(office: Office, batch: int) -> None:
    paced = Pigeons(office.clock, Capabilities(per_second=4, per_address_second=1))
    slow = Office(office.database, paced)
    slow.courier = slow.engine.courier = slow.make_courier(batch)
    acts = [post(f"{user}:{number}", f"u{user}") for number in range(3) for user in range(6)]
    await slow.enqueue(*acts)
    await run_out(slow)
    assert len(paced.done) == len(acts)
    for user in range(6):
        mine = [(at, key) for at, key in paced.done if key.startswith(f"{user}:")]
        assert [key for _, key in mine] == [f"{user}:{number}" for number in range(3)]
        gaps = [b[0] - a[0] for a, b in pairwise(mine)]
        assert all(gap >= timedelta(milliseconds=999) for gap in gaps)
    moments = [at for at, _ in paced.done]
    assert all(sum(at <= m < at + timedelta(seconds=1) for m in moments) <= 8 for at in moments)
    assert moments[-1] - moments[0] <= timedelta(seconds=6)
    assert {row.attempts for row in (await slow.acts()).values()} == {1}
