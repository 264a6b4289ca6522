"""Who did something in Slack, where, and when: read from whichever kind of payload tells of it."""

from datetime import UTC, datetime

from adapters.slack.marks import PLATFORM
from bot.language.payload import Json, parts, word
from bot.language.places import Actor, Address, Place


def team_of(payload: Json) -> str:
    """The workspace through which the app is told: not that of a guest who wrote in a shared channel."""
    for authorization in parts(payload, "authorizations"):
        if team := word(authorization, "team_id"):
            return team
    return (
        word(payload, "view", "app_installed_team_id")
        or word(payload, "context_team_id")
        or word(payload, "team_id")
        or word(payload, "team", "id")
        or word(payload, "user", "team_id")
    )


def actor_in(payload: Json, user: str) -> Actor:
    """The account, of which nothing more is known yet."""
    return Actor(PLATFORM, team_of(payload), user)


def place_of(actor: Actor, channel: str, name: str) -> Address:
    """Where something was done. `name` is what payloads call a channel: only public ones by their names.

    A conversation of two people is answered in the one with the bot, which is in no other.
    """
    if channel.startswith("D") or name == "directmessage" or not channel:
        return actor.direct
    private = name == "privategroup" or name.startswith("mpdm-")
    return Address(actor.platform, actor.community, Place.ROOM if private else Place.HALL, channel)


def hall_of(actor: Actor) -> Address:
    """The community as a whole: which channel is its hall, Slack does not know."""
    return Address(actor.platform, actor.community, Place.HALL, "")


def happened_at(stamp: str, now: datetime) -> datetime:
    """The time that a time stamp of Slack tells; `now` where there is none."""
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return now
