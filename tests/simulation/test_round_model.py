"""Rounds against a plain model: who comes first has a place, nobody who was told so loses it, pairs are made once."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.program.timetable import day_start
from storage.partnerships import Member
from storage.rounds import Round
from tests.program.desk import BEGIN, BOSS, DAY, Desk

CAPACITY = 2
USERS = ("alex", "bea", "cem", "dora", "emil")
users = st.sampled_from(USERS)
Given = TypeVar("Given")


class Rounds(RuleBasedStateMachine):
    """People apply and withdraw, a coordinator closes, extends and approves, and days pass."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.desk = Desk()
        self.line: list[str] = []
        """Who wants a place, in the order in which they applied."""
        self.promised: set[str] = set()
        self.withdrawn: set[str] = set()
        self.state = "open"
        self.closes: datetime = BEGIN
        self.approved = False
        self.paired: set[str] = set()

    def do(self, work: Coroutine[Any, Any, Given]) -> Given:
        return self.loop.run_until_complete(work)

    @property
    def now(self) -> datetime:
        return self.desk.clock.now()

    @property
    def open(self) -> bool:
        return self.now < self.closes

    @initialize()
    def begin(self) -> None:
        self.do(self.desk.open(f"capacity:{CAPACITY} cap:0 odd:trio"))
        self.closes = self.do(self.desk.round()).closes_at

    @rule(user=users)
    def apply(self, user: str) -> None:
        self._pass(timedelta(minutes=1))
        if user in self.line:
            return
        self.do(self.desk.applied(user))
        if self.open:
            self.line.append(user)
            self.withdrawn.discard(user)
            self._fill()

    @rule(order=st.permutations(USERS))
    def all_apply(self, order: list[str]) -> None:
        for user in order:
            self.apply(user)

    @rule(user=users)
    def withdraw(self, user: str) -> None:
        self._pass(timedelta(minutes=1))
        if user not in self.line or self.approved:
            return
        self.do(self.desk.says(user, "withdraw"))
        self.do(self.desk.says(user, "yes"))
        self.line.remove(user)
        self.promised.discard(user)
        self.withdrawn.add(user)
        self._fill()

    @precondition(lambda self: self.open)
    @rule()
    def close(self) -> None:
        self.do(self.desk.command(BOSS, "round close"))
        self.closes, self.state = self.now, "closed"

    @precondition(lambda self: not self.approved)
    @rule(days=st.integers(0, 6))
    def extend(self, days: int) -> None:
        self._pass(timedelta(minutes=1))
        until = (self.now + days * DAY).date()
        self.do(self.desk.command(BOSS, f"round extend {until}"))
        self.closes, self.state = day_start(until + DAY), "open"

    @precondition(lambda self: not self.approved)
    @rule()
    def approve(self) -> None:
        """Approving works when applications have closed and somebody has a place; alone they wait for a partner."""
        self._pass(timedelta(minutes=1))
        able = self.state == "closed" and len(self.promised) >= 1
        if able:
            # Of those who withdrew since, the old proposal knows nothing.
            self.do(self.desk.command(BOSS, "match rerun"))
        self.do(self.desk.command(BOSS, "match approve"))
        if able:
            self.approved, self.state = True, "paired"
            self.paired = set(self.promised) if len(self.promised) > 1 else set()

    @rule(days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        if self.now + days * DAY < datetime(2027, 1, 25, tzinfo=self.now.tzinfo):
            self._pass(days * DAY)

    @invariant()
    def places_are_as_promised(self) -> None:
        if not self.closes > BEGIN:
            return
        found = self.do(self.desk.statuses())
        expected = {user: "accepted" if user in self.promised else "waitlisted" for user in self.line}
        assert found == {**dict.fromkeys(self.withdrawn, "withdrawn"), **expected}
        assert list(found.values()).count("accepted") <= CAPACITY
        assert self.do(self.desk.round()).state == self.state
        assert len(self.do(self.desk.rows(Round))) == 1

    @invariant()
    def pairs_are_made_once(self) -> None:
        if self.closes > BEGIN:
            members = Counter(member.person_id for member in self.do(self.desk.rows(Member)))
            assert set(members.values()) <= {1}
            assert len(members) == len(self.paired)

    @invariant()
    def nothing_comes_twice_and_nobody_is_woken(self) -> None:
        keys = Counter(seen.key for seen in self.desk.seen if not seen.edited)
        assert [key for key, count in keys.items() if count > 1] == []
        if self.closes > BEGIN:
            assert self.do(self.desk.at_night()) == []

    def _pass(self, time: timedelta) -> None:
        self.do(self.desk.until(self.now + time))
        if self.state == "open" and not self.open:
            self.state = "closed"

    def _fill(self) -> None:
        """First come, first served, behind those who were told of a place."""
        for user in self.line:
            if len(self.promised) < CAPACITY:
                self.promised.add(user)

    def teardown(self) -> None:
        self.do(self.desk.database.close())
        self.loop.close()


TestRounds = Rounds.TestCase
TestRounds.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
