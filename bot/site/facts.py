"""All that the site's pages are made of: frozen, read once, and holding nobody's data but what they agreed to."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.evaluation.history import Funnel
from bot.program.certificates import Verified
from bot.program.stories_public import PublishedStory
from topics.model import Kit

Phase = Literal["planned", "open", "running"]
"""People will be able to apply, can apply, or have applied: the round runs, or is about to."""


@dataclass(frozen=True, slots=True)
class RoundNow:
    """The round to apply for, or that runs. Applications count from `opens_at` until just before `closes_at`, UTC.

    `capacity` is the number of places, `country_cap` the largest share of one country (0 to 1); 0 means no limit.
    """

    name: str
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    starts_on: date
    ends_on: date
    capacity: int = 0
    country_cap: float = 0.0


@dataclass(frozen=True, slots=True)
class PastRound:
    """The numbers of a round that is over, the small ones too: `bot.site.views` says which of them may be told.

    `countries` has the number of applicants by the code of their country, empty or `unknown` where it is not known.
    """

    name: str
    starts_on: date
    ends_on: date
    funnel: Funnel
    countries: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class News:
    """An announcement that was sent to everybody."""

    id: int
    text: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A text to invite others with: `name` is what it is for, as in `bot.program.invitations.TEXTS`."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was issued: its code, as people write it, and what that confirms."""

    code: str
    confirms: Verified


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """Everything about one program's site.

    `key` tells this program from all others and never changes. `address` is where the site stands, with a slash at its
    end, empty where that is not known. `served`: the bot answers with the pages itself, under the path `mount`; else
    they are files, one for each of the `certificates`. `theme` is CSS that is added to the site's own. `past` are
    rounds that are over, the newest first.
    """

    kit: Kit
    key: str
    community: str = ""
    address: str = ""
    served: bool = False
    mount: str = "/"
    theme: str = ""
    round: RoundNow | None = None
    past: tuple[PastRound, ...] = ()
    news: tuple[News, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    stories: tuple[PublishedStory, ...] = ()
    certificates: tuple[Issued, ...] = ()


def phase_of(state: str, opens_at: datetime, closes_at: datetime, now: datetime) -> Phase | None:
    """Where a round is, for somebody who would like to apply; None for one that is over."""
    if state == "ended":
        return None
    if state in ("planned", "open") and now < opens_at:
        return "planned"
    if state in ("planned", "open") and now < closes_at:
        return "open"
    return "running"
