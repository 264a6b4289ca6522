"""What the parts that take things in share."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.discord.lanes import Lanes
from adapters.discord.people import Communities, People
from adapters.discord.places import Places
from bot.language.adapter import Clock, Knowledge, Receive
from bot.language.commands import CommandSpec


@dataclass(frozen=True, slots=True)
class Inside:
    """What is known of Discord, what the core knows, and where events go."""

    clock: Clock
    knowledge: Knowledge
    commands: Sequence[CommandSpec]
    places: Places
    people: People
    communities: Communities
    lanes: Lanes
    receive: Receive
