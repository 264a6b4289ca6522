"""The crowd: everybody's plans in one queue."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from adapters.local.crowd import Action, Press, Seen
from adapters.local.people.plans import Member, Plan
from adapters.local.people.questions import questions_in

_Entry = tuple[datetime, str, int, str, Action]


class People:
    """Simulated people as the platform wants them (`adapters.local.crowd.Crowd`).

    Ties are broken by account and then by the order in which the plans were made, so that the same calls in the same
    order always give the same actions.
    """

    def __init__(self, members: Iterable[Member]) -> None:
        self._members: Mapping[str, Member] = {member.account: member for member in members}
        self._queue: list[_Entry] = []
        self._plans: dict[str, dict[str, tuple[int, Plan]]] = {}
        """For each account its plans that have a key: which entry of the queue holds, and the plan."""
        self._count = 0
        for member in self._members.values():
            self._add(member.account, member.begin())

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts of everybody in the crowd."""
        return tuple(self._members)

    def on_post(self, seen: Seen) -> None:
        """A message of the bot has reached an account. Accounts that are not of the crowd are none of its business."""
        member = self._members.get(seen.account)
        if member is None:
            return
        if seen.edited:
            self._drop(seen)
        plans = member.see(seen)
        if plans:
            self._add(seen.account, plans)

    def next_due(self) -> datetime | None:
        """When the next action is due, None when nobody has anything in mind."""
        while self._queue:
            entry = self._queue[0]
            if self._holds(entry):
                return entry[0]
            heapq.heappop(self._queue)
        return None

    def take_due(self, now: datetime) -> Sequence[Action]:
        """Take out all actions that are due, in the order in which they are to be performed."""
        taken: list[Action] = []
        while self._queue and self._queue[0][0] <= now:
            entry = heapq.heappop(self._queue)
            if not self._holds(entry):
                continue
            _, account, _, key, action = entry
            if key:
                del self._plans[account][key]
            self._members[account].acted(action, now)
            taken.append(action)
        return taken

    def _holds(self, entry: _Entry) -> bool:
        _, account, number, key, _ = entry
        if not key:
            return True
        plan = self._plans.get(account, {}).get(key)
        return plan is not None and plan[0] == number

    def _add(self, account: str, plans: Iterable[Plan]) -> None:
        for plan in plans:
            self._count += 1
            if plan.key:
                self._plans.setdefault(account, {})[plan.key] = (self._count, plan)
            heapq.heappush(self._queue, (plan.action.at, account, self._count, plan.key, plan.action))

    def _drop(self, seen: Seen) -> None:
        """Forget what was to be answered to a message that asks it no longer."""
        plans = self._plans.get(seen.account)
        if not plans or not seen.reference:
            return
        tokens = {question.key: question.token for question in questions_in(seen.message)}
        for key, (_, plan) in tuple(plans.items()):
            token = plan.action.token if isinstance(plan.action, Press) else tokens.get(key, "")
            if plan.message == seen.reference and (not token or tokens.get(key) != token):
                del plans[key]
