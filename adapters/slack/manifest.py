"""The app's manifest: everything that would otherwise be clicked together on the pages of api.slack.com/apps.

A workspace that creates its own app from it has nothing to review, and the limits of its own.
"""

from collections.abc import Sequence

from adapters.slack.settings import Way
from bot.language.commands import NAME, CommandSpec
from bot.language.payload import Json

SCOPES = (
    "chat:write",  # to say anything at all, and to change it
    "commands",  # /mentoring
    "groups:write",  # to open a private channel for partners, bring them in, give it a topic, and archive it
    "groups:read",  # to find a room by its name, and to know who is in it
    "groups:history",  # to know that a room is alive (what is said is dropped), and whether a message has arrived
    "im:write",  # to open the conversation with somebody
    "im:history",  # to hear what is said to the bot itself, and to know whether a message has arrived
    "files:write",  # to bring a file along: a calendar of meetings, what is kept about somebody
    "files:read",  # to open a picture that somebody sends to the bot itself, where it has asked for one
    "bookmarks:read",  # to see whether a room has its link
    "bookmarks:write",  # to put a link at the top of a room
    "mpim:write",  # where private channels are forbidden, a group message is the room: to open it
    "mpim:read",  # and to know who is in it
    "mpim:history",  # and that it is alive (what is said is dropped)
    "users:read",  # names, time zones, and who administers the workspace
    "users:read.email",  # to know the person who has applied by a form
    "metadata.message:read",  # to find a message again by what it is for, so that none is sent twice
)
"""What the bot may do, each with its reason. Nothing lets it read a public channel."""

EVENTS = (
    "app_home_opened",
    "app_uninstalled",
    "group_archive",
    "group_deleted",
    "group_left",
    "member_joined_channel",
    "member_left_channel",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
    "user_change",
)
"""What the bot is told of."""

APP_NAME = "Counterpart"
_HINT = 1_000
_DESCRIPTION = "Peer mentoring: pairs people, opens a private channel for each pair, and asks how it goes."
_LONG = (
    "Counterpart runs peer-mentoring programs. It takes applications, suggests pairs, opens a private channel for each"
    " pair, posts topics to talk about, and asks from time to time how it goes. Coordinators see at a glance where"
    " somebody has fallen silent. What partners write to each other is neither stored nor read: the bot only notices"
    " that a channel is alive."
)


def manifest(commands: Sequence[CommandSpec], way: Way, public_url: str = "") -> Json:
    """The manifest, to be pasted at “Create New App”, “From a manifest”.

    `public_url` is where Slack reaches the bot; with Socket Mode it needs none.
    """
    sockets = way is Way.SOCKETS
    request = {} if sockets else {"request_url": f"{public_url}/slack/events"}
    command: Json = {
        "command": f"/{NAME}",
        "description": "Talk to the mentoring program",
        "usage_hint": _usage(commands),
        "should_escape": False,
        **({} if sockets else {"url": f"{public_url}/slack/events"}),
    }
    # In its messages tab people answer the bot.
    home = {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}
    redirect = {"redirect_urls": [f"{public_url}/slack/oauth_redirect"]} if way is Way.OAUTH else {}
    return {
        "display_information": {"name": APP_NAME, "description": _DESCRIPTION, "long_description": _LONG},
        "features": {
            "app_home": home,
            "bot_user": {"display_name": APP_NAME, "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {**redirect, "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": sockets,
            "token_rotation_enabled": False,
        },
    }


def _usage(commands: Sequence[CommandSpec]) -> str:
    """The first words of the commands that anybody may give."""
    names = dict.fromkeys(command.name.split()[0] for command in commands if not command.coordinators)
    return (" | ".join(names) or "help")[:_HINT]
