"""Methods for what hangs on a channel: bookmarks, pins and files."""

from collections.abc import Mapping
from typing import cast

from tests.slackserver import deeds
from tests.slackserver.calls import Call, Handler
from tests.slackserver.errors import ApiError, invalid
from tests.slackserver.shapes import file_shape
from tests.slackserver.state import Bookmark, Channel, Json, Message, Upload
from tests.slackserver.world import message_in


def bookmarks_add(call: Call) -> Json:
    channel = _inside(call, "channel_id")
    if call.text("type") != "link":
        raise ApiError("invalid_bookmark_type")
    if not call.text("link").startswith(("http://", "https://")):
        raise ApiError("invalid_link")
    if len(channel.bookmarks) >= 100:
        raise ApiError("too_many_bookmarks")
    bookmark = Bookmark(
        id=call.world.counts.next("Bk"),
        channel=channel.id,
        title=call.text("title"),
        link=call.text("link"),
        emoji=call.text("emoji"),
        created=call.world.epoch(),
    )
    channel.bookmarks.append(bookmark)
    return {"bookmark": _shown(bookmark)}


def bookmarks_list(call: Call) -> Json:
    return {"bookmarks": [_shown(each) for each in _inside(call, "channel_id").bookmarks]}


def _inside(call: Call, argument: str) -> Channel:
    channel = call.channel(argument)
    if call.bot not in channel.members:
        raise ApiError("channel_not_found")
    return channel


def _shown(bookmark: Bookmark) -> Json:
    return {
        "id": bookmark.id,
        "channel_id": bookmark.channel,
        "title": bookmark.title,
        "link": bookmark.link,
        "emoji": bookmark.emoji,
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": bookmark.created,
        "date_updated": 0,
        "rank": "g",
    }


def pins_add(call: Call) -> Json:
    channel = call.channel()
    ts = call.text("timestamp")
    if call.bot not in channel.members:
        raise ApiError("not_in_channel")
    if not ts:
        raise ApiError("no_item_specified")
    if message_in(channel, ts) is None:
        raise ApiError("message_not_found")
    if ts in channel.pins:
        raise ApiError("already_pinned")
    channel.pins.append(ts)
    return {}


def get_upload_url(call: Call) -> Json:
    length = call.number("length", 0)
    if length <= 0:
        raise invalid("[ERROR] must be greater than 0 [json-pointer:/length]")
    upload = Upload(call.world.counts.next("F"), call.text("filename"), length, alt_txt=call.text("alt_txt"))
    call.team.uploads[upload.id] = upload
    return {"file_id": upload.id, "upload_url": f"{call.world.url}/upload/{call.team.id}/{upload.id}"}


def complete_upload(call: Call) -> Json:
    """Finish uploads, and share them in channels with one message."""
    files: list[Upload] = []
    for each in cast(list[Json], call.args["files"]):
        upload = call.team.uploads.get(str(each.get("id")))
        if upload is None or upload.content is None:
            raise ApiError("file_not_found")
        upload.title = str(each.get("title") or upload.name)
        upload.user = call.bot
        files.append(upload)
    asked = [each for each in (call.text("channel_id"), *call.text("channels").split(",")) if each]
    channels = [call.team.channels.get(each) for each in asked]
    shapes = [file_shape(call.world.url, call.team, each) for each in files]
    for channel in channels:
        if channel is None:
            raise ApiError("channel_not_found")
        if call.bot not in channel.members:
            raise ApiError("not_in_channel")
        message = Message(
            channel=channel.id,
            ts=call.world.stamp(channel),
            text=call.text("initial_comment"),
            user=call.bot,
            bot_id=call.installation.bot_id,
            subtype="file_share",
            extra={"files": shapes, "upload": True},
            thread_ts=call.text("thread_ts"),
        )
        deeds.post(call.world, call.team, channel, message)
        for each in files:
            each.shared.append(channel.id)
    return {"files": shapes}


def info(call: Call) -> Json:
    """What is known of a file, if it stands where the bot can see it."""
    upload = call.team.uploads.get(call.text("file"))
    shared = (call.team.channels.get(each) for each in upload.shared) if upload else ()
    if upload is None or not any(channel and call.bot in channel.members for channel in shared):
        raise ApiError("file_not_found")
    if upload.content is None:
        raise ApiError("file_deleted")
    return {"file": file_shape(call.world.url, call.team, upload)}


HANDLERS: Mapping[str, Handler] = {
    "bookmarks.add": bookmarks_add,
    "bookmarks.list": bookmarks_list,
    "pins.add": pins_add,
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": info,
}
