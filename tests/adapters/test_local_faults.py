"""Trouble to order: each kind of failure is what the courier must be ready for."""

from datetime import timedelta

import pytest

from adapters.local.crowd import Leave
from adapters.local.faults import Fault, FaultPlan, Faults, Trouble
from adapters.local.outbound import LocalAdapter
from adapters.local.platform import Platform
from bot.language.acts import Receipt
from bot.language.adapter import Gone, Refused, Retry, Unknown
from tests.adapters.local_stage import START, TurnedClock, direct, post, room_act, stage

ACT = post("topic:1", direct("alex"), "A topic", kind="topic")


@pytest.mark.parametrize("trouble", [Trouble.DROP, Trouble.LIMIT])
async def test_dropped_or_limited_is_not_done_and_may_be_tried_again(trouble: Trouble) -> None:
    adapter = stage()
    adapter.fail(Faults((Fault(trouble, seconds=7),)))
    with pytest.raises(Retry) as raised:
        await adapter.perform(ACT)
    assert raised.value.seconds == 7
    assert await adapter.find(ACT) is None
    assert isinstance(await adapter.perform(ACT), Receipt)


async def test_a_lost_answer_is_unknown_and_can_be_looked_up() -> None:
    adapter = stage()
    adapter.fail(Faults((Fault(Trouble.LOST),)))
    with pytest.raises(Unknown):
        await adapter.perform(ACT)
    assert await adapter.find(ACT) is not None


async def test_a_late_act_is_unknown_until_the_platform_came_to_it() -> None:
    clock = TurnedClock()
    adapter = stage(clock)
    adapter.fail(Faults((Fault(Trouble.LATE, seconds=60),)))
    with pytest.raises(Unknown):
        await adapter.perform(ACT)
    clock.pass_by(59)
    with pytest.raises(Unknown):
        await adapter.find(ACT)
    clock.pass_by(1)
    receipt = await adapter.find(ACT)
    assert receipt is not None
    assert receipt.at == START + timedelta(seconds=60)
    assert adapter.platform.shelf is not None
    assert len(adapter.platform.shelf.all()) == 1


async def test_a_late_act_whose_reader_left_was_never_done() -> None:
    clock = TurnedClock()
    adapter = stage(clock)
    adapter.fail(Faults((Fault(Trouble.LATE, seconds=60),)))
    with pytest.raises(Unknown):
        await adapter.perform(ACT)
    await adapter.act(Leave("alex", START))
    clock.pass_by(61)
    assert await adapter.find(ACT) is None
    with pytest.raises(Gone):
        await adapter.perform(ACT)


async def test_refused_is_refused() -> None:
    adapter = stage()
    adapter.fail(Faults((Fault(Trouble.REFUSE, times=0),)))
    for _ in range(3):
        with pytest.raises(Refused):
            await adapter.perform(ACT)
    assert await adapter.find(ACT) is None


async def test_a_delay_waits_before_it_is_done() -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        assert adapter.platform.receipts == {}
        waited.append(seconds)

    adapter = LocalAdapter(Platform(TurnedClock()), wait=wait)
    adapter.platform.replay(())
    adapter.fail(Faults((Fault(Trouble.DELAY, seconds=3),)))
    await adapter.perform(room_act())
    assert waited == [3]
    assert len(adapter.platform.receipts) == 1


async def test_looking_up_can_fail_too() -> None:
    adapter = stage()
    await adapter.perform(ACT)
    adapter.fail(Faults((Fault(Trouble.DROP, on="find"), Fault(Trouble.LOST, on="find", nth=2))))
    with pytest.raises(Retry):
        await adapter.find(ACT)
    with pytest.raises(Unknown):
        await adapter.find(ACT)
    assert await adapter.find(ACT) is not None


def test_a_fault_strikes_the_nth_of_those_it_is_meant_for() -> None:
    plan = FaultPlan(Faults((Fault(Trouble.DROP, kind="topic", type="post", nth=2, times=2),)))
    topics = [post(f"topic:{number}", direct("alex"), "x", kind="topic") for number in range(5)]
    others = [post(f"note:{number}", direct("alex"), "x") for number in range(5)]
    struck = [(plan.strike(a) is not None, plan.strike(b) is not None) for a, b in zip(topics, others, strict=True)]
    assert [topic for topic, _ in struck] == [False, True, True, False, False]
    assert not any(other for _, other in struck)
    assert FaultPlan(Faults((Fault(Trouble.DROP, key="ic:3"),))).strike(topics[3]) is not None


def test_the_same_seed_brings_the_same_trouble() -> None:
    def run(seed: int) -> list[Trouble | None]:
        plan = FaultPlan(Faults(probability=0.5, seed=seed))
        return [fault.trouble if (fault := plan.strike(ACT)) else None for _ in range(200)]

    assert run(3) == run(3)
    assert run(3) != run(4)
    assert 60 < sum(trouble is not None for trouble in run(3)) < 140
    assert {trouble for trouble in run(3) if trouble} == set(Faults().troubles)
