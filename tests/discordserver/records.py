"""What was asked of the server, kept for tests to look at, in the same form as that of the small Slack.

`method` is the operation (`POST /channels/{channel_id}/messages`), `team` the guild, `error` Discord's numeric code.
"""

from collections.abc import Mapping
from typing import Any

from tests.discordserver.state import Json
from tests.slackserver.records import LOG, Records, Request

__all__ = ["LOG", "Records", "Request", "masked"]

SECRET = frozenset({"token", "interaction_token", "webhook_token"})


def masked(args: Mapping[str, Any]) -> Json:
    """The arguments, with secrets shortened to what kind of secret it was."""
    return {key: f"{str(value)[:5]}…" if key in SECRET else value for key, value in args.items()}
