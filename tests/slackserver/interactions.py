"""What the app is told when a person presses, submits, closes or commands: the payloads of interactions."""

from tests.slackserver.shapes import message_shape, view_shape
from tests.slackserver.state import Channel, Installation, Json, Message, Team, User, View
from tests.slackserver.world import World


def named(channel: Channel) -> str:
    """What payloads call a channel: only public ones by their names."""
    return {"im": "directmessage", "mpim": channel.name, "private_channel": "privategroup"}.get(
        channel.kind, channel.name
    )


def _common(world: World, team: Team, user: User, kind: str) -> Json:
    return {
        "type": kind,
        "team": {"id": team.id, "domain": team.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        "api_app_id": world.app.id,
        "token": world.app.verification_token,
        "enterprise": {"id": team.enterprise, "name": team.enterprise} if team.enterprise else None,
        "is_enterprise_install": False,
    }


def in_message(
    world: World, team: Team, user: User, channel: Channel, message: Message, state: Json, action: Json
) -> Json:
    """Something in a message was pressed or chosen. Of messages that only one person sees, the content is left out."""
    ephemeral = bool(message.ephemeral_for)
    payload = {
        **_common(world, team, user, "block_actions"),
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        },
        "trigger_id": world.trigger(team, user.id),
        "channel": {"id": channel.id, "name": named(channel)},
        "state": {"values": state},
        "response_url": world.response_url(team, user.id, channel.id, message),
        "actions": [action],
    }
    return payload if ephemeral else {**payload, "message": message_shape(world.app, team, message)}


def in_view(world: World, team: Team, user: User, installation: Installation, view: View, action: Json) -> Json:
    """Something in a modal or the home tab was pressed or chosen."""
    return {
        **_common(world, team, user, "block_actions"),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": world.trigger(team, user.id, view.id if view.type == "modal" else ""),
        "view": view_shape(world.app, team, view, installation),
        "actions": [action],
    }


def submission(world: World, team: Team, user: User, installation: Installation, view: View) -> Json:
    """A modal was sent."""
    return {
        **_common(world, team, user, "view_submission"),
        "trigger_id": world.trigger(team, user.id, view.id),
        "view": view_shape(world.app, team, view, installation),
        "response_urls": [],
    }


def closing(world: World, team: Team, user: User, installation: Installation, view: View, *, all_: bool) -> Json:
    """A modal was closed, or `all_` that lay on top of each other."""
    return {
        **_common(world, team, user, "view_closed"),
        "view": view_shape(world.app, team, view, installation),
        "is_cleared": all_,
    }


def command(world: World, team: Team, user: User, channel: Channel, name: str, text: str) -> Json:
    """A slash command was given."""
    payload = {
        "token": world.app.verification_token,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": named(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": world.app.id,
        # These payloads are forms at heart: they know words only.
        "is_enterprise_install": "false",
        "response_url": world.response_url(team, user.id, channel.id),
        "trigger_id": world.trigger(team, user.id),
    }
    if team.enterprise:
        payload |= {"enterprise_id": team.enterprise, "enterprise_name": team.enterprise}
    return payload
