"""The ladder of check-ins, from tables and for any times at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.program.ladder import Decision, Facts, Party, Pause, decide, reach
from topics.model import Checkins

BEGAN = datetime(2026, 9, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUIET = 17 * DAY
ANA, BO, CY = 1, 2, 3


def facts(now: timedelta, *parties: Party, live: bool = True, **more: object) -> Facts:
    return Facts(BEGAN + now, BEGAN, live, parties, QUIET, Checkins(), **more)  # type: ignore[arg-type] - each test names the facts that it is about


def wrote(person: int, days: float, asks: int = 0, asked: float | None = None) -> Party:
    return Party(person, BEGAN + days * DAY, asks, None if asked is None else BEGAN + asked * DAY)


def silent(person: int, asks: int = 0, asked: float | None = None) -> Party:
    return Party(person, None, asks, None if asked is None else BEGAN + asked * DAY)


def complains(person: int, days: float | None) -> Party:
    """Whoever said that the other one, who was asked, does not answer."""
    return Party(person, None if days is None else BEGAN + days * DAY, waits=True)


@pytest.mark.parametrize(
    ("what", "given_facts", "ask", "reassure", "case"),
    [
        ("too soon", facts(47 * HOUR, silent(ANA), silent(BO), live=False), (), (), ()),
        ("neither has come", facts(48 * HOUR, silent(ANA), silent(BO), live=False), (ANA, BO), (), ()),
        ("one has come", facts(48 * HOUR, wrote(ANA, 0), silent(BO), live=False), (BO,), (), ()),
        ("asked, 72 h", facts(72 * HOUR, wrote(ANA, 0), silent(BO, 1, 2), live=False), (), (ANA,), (BO,)),
        ("asked, before 72 h", facts(71 * HOUR, wrote(ANA, 0), silent(BO, 1, 2), live=False), (), (), ()),
        ("never delivered", facts(80 * HOUR, wrote(ANA, 0), silent(BO, 1), live=False), (), (), ()),
        ("delivered just now", facts(72 * HOUR, wrote(ANA, 0), silent(BO, 1, 2.9), live=False), (), (), ()),
        ("all is well", facts(20 * DAY, wrote(ANA, 10), wrote(BO, 5)), (), (), ()),
        ("one is silent", facts(23 * DAY, wrote(ANA, 22), wrote(BO, 5)), (BO,), (), ()),
        ("both are silent", facts(23 * DAY, wrote(ANA, 5), wrote(BO, 5)), (ANA, BO), (), ()),
        ("asked once", facts(27 * DAY, wrote(ANA, 22), wrote(BO, 5, 1, 22)), (BO,), (ANA,), ()),
        ("asked once, days left", facts(25 * DAY, wrote(ANA, 22), wrote(BO, 5, 1, 22)), (), (), ()),
        ("asked once, not delivered", facts(30 * DAY, wrote(ANA, 22), wrote(BO, 5, 1)), (), (), ()),
        ("asked twice", facts(31 * DAY, wrote(ANA, 22), wrote(BO, 5, 2, 27)), (), (ANA,), (BO,)),
        ("says who is silent", facts(23 * DAY, complains(ANA, 5), wrote(BO, 5, 1, 22)), (), (), ()),
        ("said so, asked twice", facts(31 * DAY, complains(ANA, 5), wrote(BO, 5, 2, 27)), (), (ANA,), (BO,)),
        ("and never came", facts(72 * HOUR, complains(ANA, None), silent(BO, 1, 2), live=False), (), (ANA,), (BO,)),
        ("one of three", facts(31 * DAY, wrote(ANA, 30), wrote(BO, 5, 2, 27), wrote(CY, 30)), (), (ANA, CY), (BO,)),
        ("a sign of life", facts(23 * DAY, wrote(ANA, 5), wrote(BO, 5), anchor=BEGAN + 20 * DAY), (), (), ()),
        ("nobody left to wait", facts(60 * DAY, wrote(ANA, 5)), (), (), ()),
    ],
)
def test_steps(
    what: str, given_facts: Facts, ask: tuple[int, ...], reassure: tuple[int, ...], case: tuple[int, ...]
) -> None:
    decision = decide(given_facts)
    assert (decision.ask, decision.reassure, decision.case) == (ask, reassure, case), what
    assert decision.check_at > given_facts.now


def away(party: Party, first: float, after: float) -> Party:
    return replace(party, pauses=(*party.pauses, Pause(BEGAN + first * DAY, BEGAN + after * DAY)))


@pytest.mark.parametrize(
    ("what", "given_facts", "ask"),
    [
        ("ten days away", facts(31 * DAY, away(wrote(ANA, 5), 6, 16), away(wrote(BO, 5), 6, 16)), ()),
        ("and seventeen at home", facts(32 * DAY, away(wrote(ANA, 5), 6, 16), away(wrote(BO, 5), 6, 16)), (ANA, BO)),
        ("who was not away owes the answer", facts(23 * DAY, away(wrote(ANA, 7), 8, 30), wrote(BO, 5)), (BO,)),
        ("who wrote last waits for the one away", facts(40 * DAY, away(wrote(ANA, 5), 8, 39), wrote(BO, 6)), ()),
        ("not for ever", facts(56 * DAY, away(wrote(ANA, 5), 8, 39), wrote(BO, 6)), (ANA, BO)),
        (
            "one of two others is there",
            facts(25 * DAY, wrote(ANA, 7), away(wrote(BO, 5), 6, 40), wrote(CY, 6)),
            (ANA, CY),
        ),
        (
            "both others are away",
            facts(25 * DAY, wrote(ANA, 7), away(wrote(BO, 5), 7, 40), away(wrote(CY, 6), 7, 40)),
            (),
        ),
        ("never wrote, is away", facts(60 * HOUR, wrote(ANA, 0), away(silent(BO), 1, 5), live=False), ()),
        ("never wrote, the other is away", facts(48 * HOUR, away(wrote(ANA, 0), 1, 5), silent(BO), live=False), (BO,)),
    ],
)
def test_each_has_a_clock_of_their_own(what: str, given_facts: Facts, ask: tuple[int, ...]) -> None:
    assert decide(given_facts).ask == ask, what


def test_whoever_is_away_is_left_alone_until_they_are_back() -> None:
    gone = decide(facts(40 * DAY, away(wrote(ANA, 5), 30, 50), away(wrote(BO, 5), 39, 45)))
    assert gone == Decision(BEGAN + 45 * DAY)
    nobody_to_reassure = decide(facts(27 * DAY, away(wrote(ANA, 22), 26, 40), wrote(BO, 5, 1, 22)))
    assert (nobody_to_reassure.ask, nobody_to_reassure.reassure) == ((BO,), ())
    case = decide(facts(31 * DAY, away(wrote(ANA, 22), 26, 40), wrote(BO, 5, 2, 27)))
    assert (case.case, case.reassure) == ((BO,), ())
    ladder = {"case_at": BEGAN + 31 * DAY, "settles": True, "offered_at": BEGAN + 31 * DAY}
    still = decide(facts(35 * DAY, away(wrote(ANA, 22), 26, 40), wrote(BO, 5, 2, 27), **ladder))
    assert (still.offer, still.settle) == (None, False)
    back = decide(facts(40 * DAY, away(wrote(ANA, 22), 26, 40), wrote(BO, 5, 2, 27), **ladder))
    assert (back.offer, back.settle) == ((ANA,), False)


def test_elsewhere_is_asked_lightly_and_never_leads_to_a_case() -> None:
    parties = (wrote(ANA, 5), wrote(BO, 5))
    assert decide(facts(34 * DAY, *parties, elsewhere=True)).light == ()
    assert decide(facts(35 * DAY, *parties, elsewhere=True)).light == (ANA, BO)
    asked = (wrote(ANA, 5, 0, 35), wrote(BO, 5, 0, 35))
    assert decide(facts(64 * DAY, *asked, elsewhere=True)) == Decision(BEGAN + 65 * DAY)


def test_while_a_case_is_open_the_ladder_stands_still_and_the_waiting_hear_once_more() -> None:
    parties = (wrote(ANA, 22), wrote(BO, 5, 2, 27))
    early = decide(facts(32 * DAY, *parties, case_at=BEGAN + 31 * DAY))
    assert early == Decision(BEGAN + 35 * DAY)
    later = decide(facts(35 * DAY, *parties, case_at=BEGAN + 31 * DAY))
    assert later.update == (ANA,) and not later.ask and not later.case


hours = st.integers(0, 2_000).map(lambda n: n * HOUR)
pauses = st.lists(st.tuples(hours, hours).map(lambda p: Pause(BEGAN + min(p), BEGAN + max(p))), max_size=4)


@given(hours, hours, pauses)
def test_reach_counts_the_time_outside_the_pauses(start: timedelta, length: timedelta, away: list[Pause]) -> None:
    end = reach(BEGAN + start, length, away)
    counted = sum(
        not any(pause.start <= BEGAN + start + n * HOUR < pause.end for pause in away)
        for n in range(int((end - BEGAN - start) / HOUR))
    )
    assert counted == length / HOUR
    assert reach(BEGAN + start, length + HOUR, away) > end


party = st.builds(
    Party,
    person=st.integers(1, 3),
    wrote_at=st.one_of(st.none(), hours.map(lambda h: BEGAN + h)),
    asks=st.integers(0, 3),
    asked_at=st.one_of(st.none(), hours.map(lambda h: BEGAN + h)),
    pauses=pauses.map(tuple),
)


@given(
    hours,
    st.lists(party, min_size=1, max_size=3, unique_by=lambda p: p.person),
    st.booleans(),
    st.booleans(),
    st.one_of(st.none(), hours.map(lambda h: BEGAN + h)),
)
def test_whatever_the_times(
    now: timedelta, parties: list[Party], live: bool, elsewhere: bool, anchor: datetime | None
) -> None:
    given_facts = facts(now, *parties, live=live, elsewhere=elsewhere, anchor=anchor)
    decision = decide(given_facts)
    assert decision.check_at > given_facts.now
    assert not set(decision.reassure) & {*decision.ask, *decision.case}, "nobody is asked and comforted at once"
    by_person = {each.person: each for each in parties}
    for person in decision.case:
        assert by_person[person].asks, "no case about somebody who was not asked"
    if decision.case:
        assert any(by_person[person].asked_at is not None for person in decision.case), "nor without proof of it"
    told = {*decision.ask, *decision.light, *decision.reassure, *decision.update, *(decision.offer or ())}
    for each in parties:
        assert each.person not in told or each.away_until(given_facts.now) is None, "whoever is away is left alone"
    for person in decision.ask:
        at = by_person[person].wrote_at
        assert at is None or by_person[person].asks or given_facts.now - at >= QUIET or not live


OPEN = (wrote(ANA, 22), wrote(BO, 5, 2, 27))
"""Bo was asked twice, and Ana waits."""


def opened(days: float, **more: object) -> Decision:
    """What follows so many days after the round began, with a case of day 31 that settles itself."""
    known: dict[str, Any] = {"case_at": BEGAN + 31 * DAY, "settles": True, **more}
    return decide(facts(days * DAY, *OPEN, **known))


def test_with_the_case_whoever_waits_is_offered_another_partner() -> None:
    decision = decide(facts(31 * DAY, *OPEN))
    assert (decision.case, decision.offer, decision.settle) == ((BO,), (ANA,), False)
    assert decision.check_at == BEGAN + 38 * DAY


def test_the_kit_says_how_long_after_the_case_that_is() -> None:
    rules = Checkins(offer_days=2, settle_days=3)
    first = Facts(BEGAN + 31 * DAY, BEGAN, True, OPEN, QUIET, rules)
    assert (decide(first).offer, decide(first).reassure) == (None, (ANA,)), "reassured first"
    second = Facts(BEGAN + 33 * DAY, BEGAN, True, OPEN, QUIET, rules, case_at=BEGAN + 31 * DAY, settles=True)
    assert decide(second).offer == (ANA,)


def test_when_nobody_chooses_it_is_settled_and_no_sooner() -> None:
    known = {"offered_at": BEGAN + 31 * DAY, "offered": frozenset((ANA,))}
    assert opened(37.9, **known) == Decision(BEGAN + 38 * DAY)
    assert opened(38, **known).settle


def test_days_away_are_no_days_to_choose() -> None:
    known = {"case_at": BEGAN + 31 * DAY, "settles": True, "offered_at": BEGAN + 31 * DAY, "offered": frozenset((ANA,))}
    parties = (away(OPEN[0], 32, 42), OPEN[1])
    assert not decide(facts(40 * DAY, *parties, **known)).settle
    assert decide(facts(48 * DAY, *parties, **known)).settle


def test_what_a_coordinator_has_in_hand_or_put_off_is_left_alone() -> None:
    known = {"offered_at": BEGAN + 31 * DAY, "offered": frozenset((ANA,))}
    held = opened(50, **known, held=True)
    assert (held.settle, held.offer, held.update) == (False, None, (ANA,))
    off = opened(50, **known, held_until=BEGAN + 55 * DAY)
    assert off == Decision(BEGAN + 55 * DAY)


def test_who_comes_later_is_offered_somebody_then() -> None:
    known = {"offered_at": BEGAN + 31 * DAY, "offered": frozenset[int]()}
    decision = opened(33, **known)
    assert decision.offer == (ANA,) and not decision.settle


def test_what_is_not_for_the_program_is_never_settled_by_it() -> None:
    for days in range(31, 90):
        decision = decide(facts(days * DAY, *OPEN, case_at=BEGAN + 31 * DAY))
        assert not decision.settle and decision.offer is None
