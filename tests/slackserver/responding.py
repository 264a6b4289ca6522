"""Answers to interactions and commands: in the acknowledgement itself, or at the `response_url` later."""

from aiohttp import web

from tests.slackserver import deeds
from tests.slackserver.content import checked_attachments, checked_blocks
from tests.slackserver.errors import ApiError
from tests.slackserver.guarding import json_body
from tests.slackserver.state import Channel, Json, Message, ResponseUrl, Team
from tests.slackserver.world import RESPONSE_URL_USES, World

NAME = "response_url"
"""What these requests are called in the records, in the plan of faults, and in violations."""
KNOWN = frozenset(
    {
        "text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts",
        "unfurl_links", "unfurl_media", "metadata", "mrkdwn",
    }
)  # fmt: skip


def answer(world: World, team: Team, user: str, channel: Channel, body: Json) -> Message | None:
    """Show what the app answered: to this user alone, unless it says that the channel shall see it."""
    if not (body.get("text") or body.get("blocks") or body.get("attachments")) or team.installation is None:
        return None
    message = Message(
        channel=channel.id,
        ts=world.stamp(channel),
        text=str(body.get("text") or ""),
        user=team.installation.bot_user,
        blocks=checked_blocks(world.counts, body.get("blocks"), frozenset({"invalid_blocks"})),
        attachments=checked_attachments(body.get("attachments")),
        bot_id=team.installation.bot_id,
        thread_ts=str(body.get("thread_ts") or ""),
    )
    if body.get("response_type") == "in_channel":
        deeds.post(world, team, channel, message)
    else:
        message.ephemeral_for = user
        channel.ephemerals.append(message)
    return message


class Responses:
    """Answers `/response/<team>/<id>`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def serve(self, request: web.Request) -> web.Response:
        """One answer of the app."""
        code = self._take(self._world.response_urls.get(request.match_info["id"]), await json_body(request))
        status = 404 if code.endswith("_url") else 500 if code else 200
        return web.Response(status=status, text=code or "ok")

    def _take(self, found: tuple[Team, ResponseUrl] | None, body: Json) -> str:
        """Do what the answer says, and return an error code or nothing."""
        if found is None or found[1].channel not in found[0].channels:
            return "invalid_url"
        team, url = found
        if self._world.now() > url.expires:
            return "expired_url"
        if url.uses >= RESPONSE_URL_USES:
            return "used_url"
        url.uses += 1
        self._world.violations += (
            f"{NAME}: the reference knows no field {each!r}" for each in body if each not in KNOWN
        )
        channel = team.channels[url.channel]
        try:
            return self._show(team, url, channel, body)
        except ApiError as error:
            return error.code

    def _show(self, team: Team, url: ResponseUrl, channel: Channel, body: Json) -> str:
        original = url.message
        if body.get("delete_original") and original:
            if original in channel.ephemerals:
                channel.ephemerals.remove(original)
            elif original in channel.messages:
                deeds.remove(self._world, team, channel, original)
        elif body.get("replace_original") and original:
            blocks = checked_blocks(self._world.counts, body.get("blocks"), frozenset({"invalid_blocks"}))
            changes: Json = {"text": str(body.get("text") or ""), "blocks": blocks}
            if original.ephemeral_for:
                original.text, original.blocks = changes["text"], blocks
            else:
                deeds.edit(self._world, team, channel, original, original.user, changes)
        elif answer(self._world, team, url.user, channel, body) is None:
            return "no_text"
        return ""
