"""Who may do what: one function decides (invariant 8)."""

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """For whom something is: everybody, those who have a partner, ambassadors, coordinators, or who runs the place."""

    ANYONE = "anyone"
    PARTNER = "partner"
    AMBASSADOR = "ambassador"
    """Ambassadors as far as their countries go, and coordinators."""
    COORDINATOR = "coordinator"
    OWNER = "owner"
    """Coordinators, and whoever the platform says runs the community."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in a program at this moment."""

    person_id: int
    coordinator: bool = False
    owner: bool = False
    partnerships: frozenset[int] = frozenset()
    """The partnerships, not ended, of which the person is a member."""
    countries: frozenset[str] = frozenset()
    """The codes of the countries whose ambassador the person is."""


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody wants to do. `partnership` or `person` name whose affair it is, where it is somebody's.

    `countries` are those of the people whom it concerns, where it concerns some: one of an ambassador's is enough.
    """

    who: Who
    partnership: int | None = None
    person: int | None = None
    countries: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is allowed; if not, `reason` is the key of the text that says so."""

    allowed: bool
    reason: str = ""


YES = Decision(True)


def allowed(standing: Standing, action: Action) -> Decision:
    """Decide. Whoever may not is told so, and learns nothing else."""
    if action.who is Who.COORDINATOR:
        return YES if standing.coordinator else Decision(False, "access.coordinators_only")
    if action.who is Who.AMBASSADOR:
        return _of_their_countries(standing, action)
    if action.who is Who.OWNER:
        return YES if standing.owner or standing.coordinator else Decision(False, "setup.owners_only")
    if action.person is not None and action.person != standing.person_id:
        return Decision(False, "access.not_yours")
    if action.who is Who.PARTNER:
        if not standing.partnerships:
            return Decision(False, "access.no_partnership")
        if action.partnership is not None and action.partnership not in standing.partnerships:
            return Decision(False, "access.not_yours")
    return YES


def _of_their_countries(standing: Standing, action: Action) -> Decision:
    """Coordinators see all countries, ambassadors theirs. Of people of others, not even that they are there."""
    if standing.coordinator:
        return YES
    if not standing.countries:
        return Decision(False, "access.ambassadors_only")
    if action.countries is not None and not action.countries & standing.countries:
        return Decision(False, "access.not_your_country")
    return YES
