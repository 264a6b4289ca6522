"""Who is on the local platform and where they may be: accounts, rooms, the desk and the hall."""

from dataclasses import dataclass, replace

from adapters.local.records import Account
from bot.language.places import Address, Place


@dataclass(frozen=True, slots=True)
class Room:
    """A private room. `members` are those in it now, in the order in which they came."""

    address: Address
    name: str
    title: str
    members: tuple[str, ...]
    closed: bool = False


class World:
    """The places of one community and the accounts in them. Only `Platform.apply` changes it."""

    def __init__(self, platform: str, community: str) -> None:
        self.hall = Address(platform, community, Place.HALL, "hall")
        self.desk = Address(platform, community, Place.DESK, "desk")
        self.accounts: dict[str, Account] = {}
        self.away: set[str] = set()
        """Accounts that have left the community."""
        self.rooms: dict[str, Room] = {}
        self._names: dict[str, str] = {}

    def address(self, place: Place, identity: str) -> Address:
        """An address in this community."""
        return Address(self.hall.platform, self.hall.community, place, identity)

    def is_here(self, user: str) -> bool:
        """Whether the account exists and has not left the community."""
        return user in self.accounts and user not in self.away

    def room(self, address: Address) -> Room | None:
        """The room at this address, closed or not."""
        return self.rooms.get(address.id) if address.place is Place.ROOM else None

    def room_named(self, name: str) -> Room | None:
        """The room of this name, closed or not."""
        return self.rooms.get(self._names.get(name, ""))

    def is_open(self, address: Address) -> bool:
        """Whether something can be put there: the account is here, the room exists and is not closed."""
        if (address.platform, address.community) != (self.hall.platform, self.hall.community):
            return False
        match address.place:
            case Place.DIRECT:
                return self.is_here(address.id)
            case Place.ROOM:
                room = self.rooms.get(address.id)
                return room is not None and not room.closed
            case Place.DESK:
                return address.id == self.desk.id
            case Place.HALL:
                return address.id == self.hall.id

    def readers(self, address: Address, only_for: str = "") -> tuple[str, ...]:
        """The accounts that can see what is put there now."""
        if only_for:
            return (only_for,) if self.may_see(only_for, address) else ()
        match address.place:
            case Place.DIRECT:
                return (address.id,) if self.is_here(address.id) else ()
            case Place.ROOM:
                room = self.rooms.get(address.id)
                return room.members if room else ()
            case Place.DESK:
                coordinators = (user for user, account in self.accounts.items() if account.role == "coordinator")
                return tuple(user for user in coordinators if user not in self.away)
            case Place.HALL:
                return tuple(user for user in self.accounts if user not in self.away)

    def may_see(self, user: str, address: Address) -> bool:
        """Whether this account can see the place now."""
        if not self.is_here(user):
            return False
        match address.place:
            case Place.DIRECT:
                return user == address.id
            case Place.ROOM:
                room = self.rooms.get(address.id)
                return room is not None and user in room.members
            case Place.DESK:
                return self.accounts[user].role == "coordinator"
            case Place.HALL:
                return True

    def open_room(self, name: str, title: str, members: tuple[str, ...]) -> tuple[Room, tuple[str, ...]]:
        """Make the room or find it by its name, and ask in all members who are here. Returns it and those."""
        present = tuple(user for user in dict.fromkeys(members) if self.is_here(user))
        room = self.room_named(name)
        if room is None:
            address = self.address(Place.ROOM, f"r{len(self.rooms) + 1:04d}")
            room = Room(address, name, title, ())
        room = replace(room, members=tuple(dict.fromkeys(room.members + present)))
        self.rooms[room.address.id] = room
        self._names[name] = room.address.id
        return room, present

    def close_room(self, address: Address) -> None:
        """Nothing can be put into the room any more; its members can still read it."""
        if room := self.room(address):
            self.rooms[address.id] = replace(room, closed=True)

    def enter(self, user: str, address: Address) -> None:
        """The account comes back into the community, or into a room."""
        if address.place is Place.HALL:
            self.away.discard(user)
        elif (room := self.room(address)) and user not in room.members:
            self.rooms[address.id] = replace(room, members=(*room.members, user))

    def leave(self, user: str, address: Address) -> None:
        """The account leaves a room, or the community and with it all its rooms."""
        if address.place is Place.HALL:
            self.away.add(user)
        for room in (self.room(address),) if address.place is Place.ROOM else tuple(self.rooms.values()):
            if room and user in room.members:
                self.rooms[room.address.id] = replace(room, members=tuple(m for m in room.members if m != user))
