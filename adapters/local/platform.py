"""The local platform itself: what is, follows from the records so far. `Platform.apply` alone changes it."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from adapters.local.crowd import Action, Crowd, Delete, Enter, Leave, Press, Say, Seen
from adapters.local.inbound import event_of, where, words_of
from adapters.local.journal import Journal, NoJournal
from adapters.local.records import (
    Account,
    AccountAdded,
    Acknowledged,
    Acted,
    ClockMoved,
    Edited,
    FileBrought,
    Posted,
    Record,
    RoomClosed,
    RoomOpened,
    Took,
)
from adapters.local.rules import why_not
from adapters.local.shelf import Shelf, Shown
from adapters.local.world import World
from bot.language.acts import Receipt
from bot.language.events import TEXT_LIMIT, Event
from bot.language.places import Address, Place


class Clock(Protocol):
    """A clock that can be turned. Times are aware and in UTC."""

    def now(self) -> datetime:
        """The time on this platform."""
        ...

    def set(self, now: datetime) -> None:
        """Turn the clock."""
        ...


class NotPossible(Exception):
    """Somebody tried what the platform does not let them do; the message tells them why."""


class Platform:
    """Accounts, rooms, messages, and what people did that the core has not stored yet.

    With `keep_texts=False` messages are forgotten as soon as their readers have seen them, and what people press is
    not compared with what was asked: for long headless runs.
    """

    def __init__(
        self,
        clock: Clock,
        journal: Journal | None = None,
        *,
        name: str = "local",
        community: str = "playground",
        crowd: Crowd | None = None,
        keep_texts: bool = True,
    ) -> None:
        self.clock = clock
        self.world = World(name, community)
        self.shelf = Shelf() if keep_texts else None
        self.receipts: dict[str, Receipt] = {}
        """The receipt of each act by its key; of an act done twice, the first."""
        self.files: dict[str, bytes] = {}
        """What is in the files that messages name, by their keys. Headless runs do without them."""
        self.waiting: dict[str, Event] = {}
        """Events that the core has not stored yet, by id, in the order in which they happened."""
        self.speed = 0.0
        self.listeners: list[Callable[[str], None]] = []
        """Told the reference, room id or account whose look changed, or `clock`."""
        self._journal = journal or NoJournal()
        self._crowd = crowd
        self._taken: deque[Action] = deque()
        self._receipt = Receipt(clock.now())
        self._messages = 0
        self._events = 0
        self._latest = datetime.min.replace(tzinfo=UTC)

    # What is asked of the platform

    def replay(self, records: Iterable[Record]) -> int:
        """Become what these records tell, and turn the clock to their last moment. Returns how many there were."""
        count = 0
        for record in records:
            self.apply(record)
            count += 1
        if count and self._latest > self.clock.now():
            self.clock.set(self._latest)
        return count

    def add(self, account: Account, *, announce: bool = False) -> None:
        """Let an account be. An account that is already here under this id stays as it is."""
        if account.user not in self.world.accounts:
            self._commit(AccountAdded(self.clock.now(), account, announce))

    def move_clock(self, now: datetime, speed: float = 0.0) -> None:
        """Turn the clock, and remember it over a restart."""
        self._commit(ClockMoved(now, speed))
        self.clock.set(now)

    def act(self, action: Action, files: Mapping[str, bytes] | None = None) -> None:
        """Somebody does something now, with `files` by their references where they send some.

        Raises NotPossible with a sentence for them, and nothing has changed then.
        """
        if reason := why_not(action, self.world, self.shelf):
            raise NotPossible(reason)
        self.bring(files or {})
        self._commit(Acted(self.clock.now(), action))

    def next_due(self) -> datetime | None:
        """When a simulated person does something next; now, where something was left over by a crash."""
        if self._taken:
            return self.clock.now()
        return self._crowd.next_due() if self._crowd else None

    def let_people_act(self) -> int:
        """Perform everything that simulated people have in mind up to now. Returns how many things they did."""
        count, now = 0, self.clock.now()
        while (due := self.next_due()) is not None and due <= now:
            if not self._taken:
                self._commit(Took(now))
                if not self._taken:
                    break
            while self._taken:
                self._commit(Acted(min(now, self._taken[0].at), self._taken[0], crowd=True))
                count += 1
        return count

    def acknowledge(self, event_ids: tuple[str, ...]) -> None:
        """The core has stored these events."""
        self._commit(Acknowledged(self.clock.now(), event_ids))

    def commit(self, record: Posted | Edited | RoomOpened | RoomClosed) -> Receipt:
        """What the bot did, checked by `outbound` before. Returns its receipt."""
        self._commit(record)
        return self._receipt

    def bring(self, files: Mapping[str, bytes]) -> None:
        """Keep files that a message is about to name."""
        for key, content in files.items():
            if self.shelf is not None and self.files.get(key) != content:
                self._commit(FileBrought(self.clock.now(), key, content))

    def touch(self, what: str = "clock") -> None:
        """Tell the page that something looks different."""
        for listener in self.listeners:
            listener(what)

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.close()

    # What changes it

    def _commit(self, record: Record) -> None:
        self._journal.append(record)
        self.apply(record)

    def apply(self, record: Record) -> None:
        """Become what the record says. Nothing else changes the platform."""
        match record:
            case Posted():
                self._posted(record)
            case Acted():
                self._acted(record)
            case Acknowledged():
                for event_id in record.event_ids:
                    self.waiting.pop(event_id, None)
            case Took():
                self._taken.extend(self._crowd.take_due(record.at) if self._crowd else ())
            case RoomOpened():
                self._room_opened(record)
            case RoomClosed():
                self.world.close_room(record.act.address)
                self._keep(record.act.key, Receipt(record.at, record.act.address.id))
                self.touch(record.act.address.id)
            case Edited():
                self._edited(record)
            case FileBrought():
                self.files[record.key] = record.content
            case AccountAdded():
                self._account_added(record)
            case ClockMoved():
                self.speed = record.speed
                self.touch()
        self._latest = max(self._latest, record.now if isinstance(record, ClockMoved) else record.at)

    def _posted(self, record: Posted) -> None:
        act = record.act
        reference = self._next_reference()
        self._keep(act.key, Receipt(record.at, reference))
        if self.shelf is not None:
            shown = Shown(reference, record.at, act.address, "", "", act.message, act.kind, act.only_for)
            self._put(shown)
        self._show_to_crowd(record, reference, act.only_for, edited=False)

    def _edited(self, record: Edited) -> None:
        act, only_for = record.act, ""
        self._keep(act.key, Receipt(record.at, act.target))
        if self.shelf is not None and (shown := self.shelf.get(act.target)):
            only_for = shown.only_for
            self._put(replace(shown, message=act.message, edited=True, pressed=(), presser=""))
        self._show_to_crowd(record, act.target, only_for, edited=True)

    def _show_to_crowd(self, record: Posted | Edited, reference: str, only_for: str, edited: bool) -> None:
        if self._crowd is None:
            return
        act = record.act
        for user in self.world.readers(act.address, only_for):
            if self.world.accounts[user].simulated:
                self._crowd.on_post(
                    Seen(user, act.address, act.message, act.kind, act.key, record.at, only_for, reference, edited)
                )

    def _room_opened(self, record: RoomOpened) -> None:
        act = record.act
        room, present = self.world.open_room(act.name, act.title, act.members)
        self._keep(act.key, Receipt(record.at, room.address.id, room.address, present))
        self.touch(room.address.id)

    def _account_added(self, record: AccountAdded) -> None:
        account = record.account
        self.world.accounts[account.user] = account
        if record.announce:
            places = [self.world.hall] + ([self.world.desk] if account.role == "coordinator" else [])
            for place in places:
                enter = Acted(record.at, Enter(account.user, record.at, place))
                self._tell(event_of(enter, account, self.world.hall, self._next_event()))
        self.touch(account.user)

    def _acted(self, record: Acted) -> None:
        if record.crowd and self._taken:
            self._taken.popleft()
            # A person of the crowd may have left, or its room be gone, since it made up its mind.
            if why_not(record.action, self.world, self.shelf):
                return
        self._change(record)
        account = self.world.accounts[record.action.account]
        self._tell(event_of(record, account, self.world.hall, self._next_event()))

    def _change(self, record: Acted) -> None:
        action = record.action
        place = where(action, self.world.hall)
        match action:
            case Leave():
                self.world.leave(action.account, place)
                self.touch(place.id if place.place is Place.ROOM else action.account)
            case Enter():
                self.world.enter(action.account, place)
                self.touch(place.id if place.place is Place.ROOM else action.account)
            case Delete():
                self.world.close_room(place)
                self.touch(place.id)
            case Press() if self.shelf is not None:
                bearer = action.message or self.shelf.bearer(place, action.token)
                for reference in self.shelf.press(bearer, action.account, action.values):
                    self.touch(reference)
            case Press():
                pass
            case _ if self.shelf is not None:
                text = words_of(action) if isinstance(action, Say) else f"/mentoring {action.text}".strip()
                self._said(action.account, place, text[:TEXT_LIMIT], record.at)
            case _:
                pass

    def _said(self, user: str, place: Address, text: str, at: datetime) -> None:
        # On real platforms a command is seen by nobody but who gave it.
        only_for = user if text.split(" ", 1)[0] == "/mentoring" else ""
        self._put(Shown(self._next_reference(), at, place, user, text, only_for=only_for))

    def _put(self, shown: Shown) -> None:
        if self.shelf is not None:
            for reference in self.shelf.put(shown):
                self.touch(reference)

    def _keep(self, key: str, receipt: Receipt) -> None:
        self._receipt = receipt
        self.receipts.setdefault(key, receipt)

    def _tell(self, event: Event) -> None:
        self.waiting[event.event_id] = event

    def _next_reference(self) -> str:
        self._messages += 1
        return f"m{self._messages:06d}"

    def _next_event(self) -> str:
        self._events += 1
        return f"e{self._events:06d}"
