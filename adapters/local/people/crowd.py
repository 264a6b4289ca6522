"""The crowd: everybody's plans in one queue."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from adapters.local.crowd import Action, Press, Seen
from adapters.local.people.plans import Member, Plan
from adapters.local.people.questions import questions_in

_Entry = tuple[datetime, str, int, str, Action]
_HOUR = timedelta(hours=1)


class People:
    """Simulated people as the platform wants them (`adapters.local.crowd.Crowd`).

    Ties are broken by account and then by the order in which the plans were made, so that the same calls in the same
    order always give the same actions.

    Unless they are `prompt`, what ends a conversation is handed in at the next full hour, or before it with whatever
    else is due: of those who send their applications within one hour, each at a moment of their own, the clock need
    not stop at every one.
    """

    def __init__(self, members: Iterable[Member], *, prompt: bool = False) -> None:
        self._members: Mapping[str, Member] = {member.account: member for member in members}
        self._prompt = prompt
        self._queue: list[_Entry] = []
        self._stops: list[tuple[datetime, int]] = []
        """When the clock has to stop at the latest for each entry of the queue, by its number."""
        self._waiting: set[int] = set()
        """The numbers of the entries that hold: not done, dropped, or replaced."""
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
        """When the clock has to stop for the next action, None when nobody has anything in mind."""
        while self._stops:
            stop, number = self._stops[0]
            if number in self._waiting:
                return stop
            heapq.heappop(self._stops)
        return None

    def take_due(self, now: datetime) -> Sequence[Action]:
        """Take out all actions that are due, in the order in which they are to be performed."""
        taken: list[Action] = []
        while self._queue and self._queue[0][0] <= now:
            _, account, number, key, action = heapq.heappop(self._queue)
            if number not in self._waiting:
                continue
            self._waiting.remove(number)
            if key:
                del self._plans[account][key]
            self._members[account].acted(action, now)
            taken.append(action)
        return taken

    def _add(self, account: str, plans: Iterable[Plan]) -> None:
        for plan in plans:
            self._count += 1
            self._waiting.add(self._count)
            if plan.key:
                known = self._plans.setdefault(account, {})
                if plan.key in known:
                    self._waiting.discard(known[plan.key][0])
                known[plan.key] = (self._count, plan)
            at = plan.action.at
            heapq.heappush(self._queue, (at, account, self._count, plan.key, plan.action))
            stop = _full_hour(at) if plan.last and not self._prompt else at
            heapq.heappush(self._stops, (stop, self._count))

    def _drop(self, seen: Seen) -> None:
        """Forget what was to be answered to a message that asks it no longer."""
        plans = self._plans.get(seen.account)
        if not plans or not seen.reference:
            return
        tokens = {question.key: question.token for question in questions_in(seen.message)}
        for key, (number, plan) in tuple(plans.items()):
            token = plan.action.token if isinstance(plan.action, Press) else tokens.get(key, "")
            if plan.message == seen.reference and (not token or tokens.get(key) != token):
                del plans[key]
                self._waiting.discard(number)


def _full_hour(at: datetime) -> datetime:
    """The first full hour from that moment on."""
    floor = at.replace(minute=0, second=0, microsecond=0)
    return floor if floor == at else floor + _HOUR
