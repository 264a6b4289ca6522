"""Simulated people for the playground and for rehearsals: deterministic by their seed, quick, and small in memory."""

from collections.abc import Iterable
from datetime import datetime

from adapters.local.people.clerk import Clerk, Coordinator, coordinator
from adapters.local.people.crowd import People
from adapters.local.people.person import Person
from adapters.local.people.playground import playground_profiles
from adapters.local.people.profile import DEFAULT_SHARES, Profile, Temper, tempers
from bot.language.places import Address, Place

__all__ = [
    "DEFAULT_SHARES",
    "Coordinator",
    "People",
    "Profile",
    "Temper",
    "cast",
    "coordinator",
    "playground_profiles",
    "tempers",
]


def cast(
    seed: int,
    profiles: Iterable[Profile],
    coordinators: Iterable[Coordinator] = (),
    *,
    opens: datetime | None = None,
    prompt: bool = False,
    platform: str = "local",
    community: str = "playground",
) -> People:
    """The crowd of these people on the platform and community of that name.

    `opens` (aware) is when applications open, if it is known: nobody sits down to apply before, though they may submit
    too early. With `prompt`, everybody sits down in each full hour of their day, not two or three times a day, and
    what they do is handed in at its very moment.
    Raises ValueError when an account is there twice.
    """

    def direct(account: str) -> Address:
        return Address(platform, community, Place.DIRECT, account)

    people = [Person(seed, profile, direct(profile.account), opens, prompt) for profile in profiles]
    clerks = [Clerk(seed, each, direct(each.account), prompt) for each in coordinators]
    accounts = [member.account for member in (*people, *clerks)]
    if len(set(accounts)) != len(accounts):
        raise ValueError("an account can be in a crowd only once")
    return People((*people, *clerks), prompt=prompt)
