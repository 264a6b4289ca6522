"""A person's eyes: what somebody sees in their Discord client, and nothing else."""

from tests.discordserver import permissions
from tests.discordserver.deeds_messages import WRITTEN
from tests.discordserver.errors import Impossible
from tests.discordserver.modals import Modal
from tests.discordserver.picking import Picker
from tests.discordserver.pressed import Interactions
from tests.discordserver.state import CATEGORY, Channel, Guild, Message, User
from tests.discordserver.typed import offered
from tests.discordserver.world import World

Place = Channel | str
"""A channel or thread, or its id or name."""


class Eyes:
    """What somebody sees at their Discord client."""

    def __init__(self, world: World, interactions: Interactions, user: User) -> None:
        self.id = user.id
        self.user = user
        self._world = world
        self._interactions = interactions
        self._picker = Picker(world, user.id, interactions.uploads)

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def direct(self) -> Channel:
        """The direct conversation with the bot, which begins when it is first looked at."""
        return self._world.direct(self.id)

    @property
    def guilds(self) -> list[Guild]:
        """The guilds they are in."""
        return [each for each in self._world.guilds.values() if self.id in each.members]

    # What they see

    def channels(self) -> list[Channel]:
        """The channels and threads that they see, archived threads included."""
        return [
            each
            for guild in self.guilds
            for each in [*guild.channels.values(), *guild.threads.values()]
            if each.type != CATEGORY and permissions.sees(guild, each, self.id)
        ]

    def channel(self, place: Place) -> Channel:
        """A channel or thread that they see, or their direct conversation."""
        for each in [self.direct, *self.channels()]:
            if place is each or place in (each.id, each.name):
                return each
        raise Impossible(f"{self.name} sees no {place if isinstance(place, str) else place.name}")

    def messages(self, place: Place) -> list[Message]:
        """The messages of a channel that somebody wrote: without Discord's own, and those that only some see."""
        return [each for each in self.channel(place).messages.values() if each.type in WRITTEN]

    def dm(self) -> list[Message]:
        """The messages of the direct conversation with the bot."""
        return self.messages(self.direct)

    def ephemerals(self, place: Place) -> list[Message]:
        """The messages in a channel that only they see."""
        return [each for each in self.channel(place).ephemerals if each.ephemeral_for == self.id]

    def threads(self) -> list[Channel]:
        """The threads that they are in and see, archived or not."""
        return [each for each in self.channels() if each.thread and self.id in each.thread.members]

    def modal(self) -> Modal | None:
        """The form that is open on their screen."""
        return self._interactions.modals.get(self.id)

    def commands(self, place: Place | None = None) -> list[str]:
        """The names of the slash commands that they are offered."""
        return sorted(each.name for each in offered(self._world, self.id, self._place(place)))

    def _place(self, place: Place | None) -> Channel:
        """Where they can do something: a channel or thread that they see, their direct conversation if none is said."""
        channel = self.direct if place is None else self.channel(place)
        if channel.thread and channel.thread.archived and channel.thread.locked:
            raise Impossible(f"{channel.name} is archived and locked")
        return channel
