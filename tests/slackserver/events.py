"""What the app is told: events in their envelopes, if it subscribes to them, may see them, and is there."""

from tests.slackserver.delivery import Parcel
from tests.slackserver.shapes import CHANNEL_TYPE, message_shape, user_shape, view_shape
from tests.slackserver.spec import FAMILY, SCOPES_OF_EVENTS
from tests.slackserver.state import Channel, Installation, Json, Message, Team, User, View
from tests.slackserver.world import World, bot_in

MESSAGES = {
    "public_channel": "message.channels",
    "private_channel": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
"""The subscription that brings the messages of each kind of conversation."""


def emit(
    world: World, team: Team, subscription: str, event: Json, installation: Installation | None = None
) -> Parcel | None:
    """Send an event, if the app subscribes to it and has a scope that goes with it."""
    to = installation or team.installation
    if to is None or subscription not in world.app.subscriptions:
        return None
    if (wanted := SCOPES_OF_EVENTS[subscription]) and not wanted & to.scopes:
        return None
    return world.delivery.send(Parcel("events_api", callback(world, team, to, event)))


def callback(world: World, team: Team, installation: Installation, event: Json) -> Json:
    """The event in the wrapping that all have."""
    authorization = {
        "enterprise_id": team.enterprise or None,
        "team_id": team.id,
        "user_id": installation.bot_user,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    event_id = world.counts.next("Ev")
    return {
        "token": world.app.verification_token,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": team.enterprise or None,
        "api_app_id": world.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": world.epoch(),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def message_posted(world: World, team: Team, channel: Channel, message: Message) -> Parcel | None:
    """Somebody, or the bot itself, has posted a message. A mention of the bot is told first, apart."""
    if not bot_in(team, channel):
        return None
    shape = message_shape(world.app, team, message)
    if message.metadata and message.bot_id:
        shape["metadata"] = message.metadata
    place = {"channel": channel.id, "event_ts": message.ts}
    if _is_mention(team, channel, message):
        emit(world, team, "app_mention", {**shape, "type": "app_mention", **place})
    event = {**shape, **place, "channel_type": CHANNEL_TYPE[channel.kind]}
    return emit(world, team, MESSAGES[channel.kind], event)


def _is_mention(team: Team, channel: Channel, message: Message) -> bool:
    """Whether somebody speaks to the bot in a channel. What Slack itself or the bot writes is no mention."""
    if team.installation is None or message.subtype or message.bot_id or channel.kind == "im":
        return False
    return f"<@{team.installation.bot_user}>" in message.text


def message_changed(world: World, team: Team, channel: Channel, before: Json, message: Message) -> Parcel | None:
    """A message reads differently now."""
    event = {"message": message_shape(world.app, team, message), "previous_message": before}
    return _about_message(world, team, channel, "message_changed", event)


def message_deleted(world: World, team: Team, channel: Channel, before: Json) -> Parcel | None:
    """A message is gone."""
    event = {"previous_message": before, "deleted_ts": before["ts"]}
    return _about_message(world, team, channel, "message_deleted", event)


def _about_message(world: World, team: Team, channel: Channel, subtype: str, event: Json) -> Parcel | None:
    if not bot_in(team, channel):
        return None
    stamp = world.stamp(channel)
    place = {"channel": channel.id, "ts": stamp, "event_ts": stamp, "channel_type": CHANNEL_TYPE[channel.kind]}
    shape: Json = {"type": "message", "subtype": subtype, "hidden": True, **event, **place}
    return emit(world, team, MESSAGES[channel.kind], shape)


def member_joined(world: World, team: Team, channel: Channel, user: str, inviter: str) -> Parcel | None:
    """Somebody has come into a channel."""
    event = _membership(world, team, channel, user, "member_joined_channel")
    if inviter:
        event["inviter"] = inviter
    return _if_seen(world, team, channel, "member_joined_channel", event)


def member_left(world: World, team: Team, channel: Channel, user: str) -> Parcel | None:
    """Somebody else than the bot has left a channel, or was removed from it."""
    event = _membership(world, team, channel, user, "member_left_channel")
    return _if_seen(world, team, channel, "member_left_channel", event)


def _membership(world: World, team: Team, channel: Channel, user: str, name: str) -> Json:
    stamp = world.stamp()
    return {
        "type": name,
        "user": user,
        "channel": channel.id,
        # The letter with which the id begins, which today is the same for private channels.
        "channel_type": channel.id[0],
        "team": team.id,
        "event_ts": stamp,
    }


def _if_seen(world: World, team: Team, channel: Channel, subscription: str, event: Json) -> Parcel | None:
    installation = team.installation
    if not bot_in(team, channel) or installation is None:
        return None
    # Both kinds of channels come under one subscription, but each wants its own scope.
    if f"{FAMILY[channel.kind]}:read" not in installation.scopes:
        return None
    return emit(world, team, subscription, event)


def about_channel(world: World, team: Team, channel: Channel, what: str, **more: object) -> Parcel | None:
    """A channel was archived, unarchived, deleted or renamed, or the bot left it: `channel_…` or `group_…`."""
    if channel.kind in ("im", "mpim"):
        return None
    name = f"{'channel' if channel.kind == 'public_channel' else 'group'}_{what}"
    event: Json = {"type": name, "channel": channel.id, **more, "event_ts": world.stamp()}
    return emit(world, team, name, event)


def user_changed(world: World, team: Team, user: User) -> Parcel | None:
    """A profile has changed, or an account was deactivated."""
    return _about_user(world, team, user, "user_change")


def team_joined(world: World, team: Team, user: User) -> Parcel | None:
    """Somebody new is in the workspace."""
    return _about_user(world, team, user, "team_join")


def _about_user(world: World, team: Team, user: User, name: str) -> Parcel | None:
    installation = team.installation
    email = installation is not None and "users:read.email" in installation.scopes
    shape = user_shape(team, user, email=email, locale=True)
    event: Json = {"type": name, "user": shape, "event_ts": world.stamp()}
    if name == "user_change":
        event["cache_ts"] = world.epoch()
    return emit(world, team, name, event)


def home_opened(world: World, team: Team, user: str, channel: Channel, tab: str, view: View | None) -> Parcel | None:
    """Somebody looks at the app's home tab or messages tab."""
    event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
    event["event_ts"] = world.stamp()
    if view and team.installation:
        event["view"] = view_shape(world.app, team, view, team.installation)
    return emit(world, team, "app_home_opened", event)


def uninstalled(world: World, team: Team, installation: Installation) -> Parcel | None:
    """The app was removed from the workspace."""
    return emit(world, team, "app_uninstalled", {"type": "app_uninstalled", "event_ts": world.stamp()}, installation)


def tokens_revoked(world: World, team: Team, installation: Installation) -> Parcel | None:
    """The bot's token is void."""
    event: Json = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [installation.bot_user]}}
    event["event_ts"] = world.stamp()
    return emit(world, team, "tokens_revoked", event, installation)
