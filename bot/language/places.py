"""Who and where: the identities that events come from and acts go to."""

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """The kind of place an address names."""

    DIRECT = "direct"
    """The private conversation of one account with the bot; `id` is the account's id."""
    ROOM = "room"
    """A private channel that the bot opened for a partnership; `id` is the channel's id.

    An adapter that cannot tell the desk from a room says ROOM for both: the core knows its desk."""
    DESK = "desk"
    """The coordinators' channel; `id` is the channel's id."""
    HALL = "hall"
    """A public channel, where rounds are announced; `id` is the channel's id."""


@dataclass(frozen=True, slots=True)
class Address:
    """One place on one platform where a message can be put."""

    platform: str
    community: str
    place: Place
    id: str

    def __str__(self) -> str:
        return f"{self.platform}/{self.community}/{self.place}/{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read back what `str()` wrote. Raises ValueError for anything else."""
        platform, community, place, identity = text.split("/", 3)
        return cls(platform, community, Place(place), identity)


@dataclass(frozen=True, slots=True)
class Actor:
    """The account that did something, with what the platform tells about its owner.

    `name`, `email`, `zone` (IANA) and `locale` are outside text: empty when the platform does not say.
    """

    platform: str
    community: str
    user: str
    name: str = ""
    email: str = ""
    zone: str = ""
    locale: str = ""
    owner: bool = False
    """Whether the platform says that this account runs the community (an administrator of the workspace or server)."""

    @property
    def direct(self) -> Address:
        """Where the bot talks with this account alone."""
        return Address(self.platform, self.community, Place.DIRECT, self.user)
