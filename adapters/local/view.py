"""What the page is told: accounts, rooms and messages as plain JSON, whole at first, then what has changed."""

from collections.abc import Iterable
from typing import NotRequired, TypedDict

from adapters.local.control import Control, Overview
from adapters.local.platform import Platform
from adapters.local.records import Account
from adapters.local.render import Html, numbered, safe_url, shape
from adapters.local.shelf import Shown
from adapters.local.world import Room
from bot.language.adapter import Capabilities
from bot.language.markup import escape
from bot.language.messages import Choices, Document, Element, Input, Link, Picture, Text
from bot.language.places import Address

RECENT = 300
"""Messages of one place that a page gets when it connects."""


class AccountView(TypedDict):
    """One account; `seat` says that the visitor plays it, `here` that it has not left."""

    user: str
    name: str
    role: str
    zone: str
    seat: bool
    here: bool


class RoomView(TypedDict):
    """One room and who is in it."""

    id: str
    name: str
    title: str
    members: list[str]
    closed: bool


class OptionView(TypedDict):
    """One thing to choose."""

    value: str
    label: str
    style: str


class PartView(TypedDict):
    """One element of a message, ready to show. `type` says which of the other fields count."""

    type: str
    html: NotRequired[str]
    token: NotRequired[str]
    shape: NotRequired[str]
    options: NotRequired[list[OptionView]]
    chosen: NotRequired[list[str]]
    label: NotRequired[str]
    kind: NotRequired[str]
    value: NotRequired[str]
    url: NotRequired[str]


class PostView(TypedDict):
    """One message. `place` is like `room/r0001`; `open` says that its questions wait.

    `author` is empty for the bot, whose messages have `parts`; those of people have `words`.
    """

    ref: str
    at: str
    place: str
    author: str
    kind: str
    only_for: str
    edited: bool
    open: bool
    pressed: list[str]
    words: str
    parts: list[PartView]


class ClockView(TypedDict):
    """The platform's time in UTC (ISO 8601) and how fast it runs."""

    now: str
    speed: float


class PageView(TypedDict):
    """What the page needs to know now; `whole` means that it should forget what it knew."""

    whole: bool
    accounts: list[AccountView]
    rooms: list[RoomView]
    posts: list[PostView]
    clock: ClockView
    overview: Overview
    trouble: str


class Views:
    """Makes the page's JSON from the platform's state."""

    def __init__(self, platform: Platform, control: Control, capabilities: Capabilities) -> None:
        self._platform = platform
        self._control = control
        self._capabilities = capabilities
        self._html = Html()
        self.trouble = "none"

    def whole(self) -> PageView:
        """Everything, with the recent messages of each place."""
        world, shelf = self._platform.world, self._platform.shelf
        places: dict[str, list[Shown]] = {}
        for shown in shelf.all() if shelf else ():
            places.setdefault(str(shown.address), []).append(shown)
        recent = sorted((s for some in places.values() for s in some[-RECENT:]), key=lambda s: s.reference)
        return self._page(True, world.accounts.values(), world.rooms.values(), recent)

    def changed(self, what: set[str]) -> PageView:
        """What has changed: references of messages, ids of rooms and accounts."""
        world, shelf = self._platform.world, self._platform.shelf
        shown = [found for name in sorted(what) if shelf and (found := shelf.get(name))]
        accounts = [account for user, account in world.accounts.items() if user in what]
        return self._page(False, accounts, [room for key, room in world.rooms.items() if key in what], shown)

    def _page(
        self, whole: bool, accounts: Iterable[Account], rooms: Iterable[Room], posts: Iterable[Shown]
    ) -> PageView:
        return PageView(
            whole=whole,
            accounts=[self._account(account) for account in accounts],
            rooms=[_room(room) for room in rooms],
            posts=[self._post(shown) for shown in posts],
            clock=ClockView(now=self._platform.clock.now().isoformat(), speed=self._platform.speed),
            overview=self._control.overview(),
            trouble=self.trouble,
        )

    def _account(self, account: Account) -> AccountView:
        return AccountView(
            user=account.user,
            name=account.name,
            role=account.role,
            zone=account.zone,
            seat=not account.simulated,
            here=self._platform.world.is_here(account.user),
        )

    def _post(self, shown: Shown) -> PostView:
        shelf, message = self._platform.shelf, shown.message
        elements = enumerate(message.elements) if message else ()
        return PostView(
            ref=shown.reference,
            at=shown.at.isoformat(),
            place=place_name(shown.address),
            author=shown.author,
            kind=shown.kind,
            only_for=shown.only_for,
            edited=shown.edited,
            open=shelf is not None and shelf.is_open(shown),
            pressed=_labels(shown),
            words=shown.text,
            parts=[self._part(shown.reference, index, element) for index, element in elements],
        )

    def _part(self, reference: str, index: int, element: Element) -> PartView:
        match element:
            case Text():
                return PartView(type="text", html=self._html.text(element.markdown))
            case Choices():
                return self._choices(element)
            case Input():
                return PartView(
                    type="input", token=element.token, label=element.label, kind=element.kind, value=element.value
                )
            case Link():
                url = element.url if safe_url(element.url) else ""
                return PartView(type="link", label=element.label, url=url)
            case Picture():
                return PartView(type="picture", label=element.alt, url=f"/pictures/{reference}/{index}")
            case Document():
                return PartView(type="document", label=element.name, url=f"/documents/{reference}/{index}")

    def _choices(self, element: Choices) -> PartView:
        look = shape(element, self._capabilities)
        if look == "numbers":
            lines = "\n".join(escape(line) for line in numbered(element))
            return PartView(type="text", html=self._html.text(lines))
        options = [OptionView(value=o.value, label=o.label, style=o.style) for o in element.options]
        return PartView(type="choices", token=element.token, shape=look, options=options, chosen=list(element.chosen))


def place_name(address: Address) -> str:
    """An address as the page names it, without platform and community."""
    return f"{address.place}/{address.id}"


def _labels(shown: Shown) -> list[str]:
    known = {option.value: option.label for q in shown.questions if isinstance(q, Choices) for option in q.options}
    return [known.get(value, value) for value in shown.pressed]


def _room(room: Room) -> RoomView:
    return RoomView(
        id=room.address.id, name=room.name, title=room.title, members=list(room.members), closed=room.closed
    )
