"""What can be done in a workspace, by the app or by people: the change, and what the app is told of it."""

from collections.abc import Sequence

from tests.slackserver import events
from tests.slackserver.delivery import Parcel
from tests.slackserver.shapes import message_shape
from tests.slackserver.state import Channel, Installation, Json, Kind, Message, Note, Team
from tests.slackserver.world import World, bot_in


def new_channel(world: World, team: Team, name: str, kind: Kind, creator: str) -> Channel:
    """A channel with its creator in it."""
    channel = Channel(world.counts.next("C"), name, kind, creator, world.epoch(), [creator] if creator else [])
    team.channels[channel.id] = channel
    return channel


def create(world: World, team: Team, name: str, kind: Kind, creator: str) -> Channel:
    """Somebody makes a channel, and so joins it."""
    channel = new_channel(world, team, name, kind, "")
    channel.creator = creator
    join(world, team, channel, creator)
    return channel


def direct(world: World, team: Team, users: Sequence[str]) -> tuple[Channel, bool]:
    """The conversation of just these users, and whether it is new."""
    members = sorted(set(users))
    for channel in team.channels.values():
        if channel.kind in ("im", "mpim") and sorted(channel.members) == members:
            return channel, False
    kind: Kind = "im" if len(members) <= 2 else "mpim"
    prefix = "D" if kind == "im" else "G"
    names = "--".join(team.users[each].name for each in members)
    name = "" if kind == "im" else f"mpdm-{names}-1"
    channel = Channel(world.counts.next(prefix), name, kind, users[0], world.epoch(), list(dict.fromkeys(users)))
    team.channels[channel.id] = channel
    return channel, True


def post(world: World, team: Team, channel: Channel, message: Message) -> Parcel | None:
    """Put a message into a channel. It must have been made with the channel's next time stamp."""
    channel.messages.append(message)
    return events.message_posted(world, team, channel, message)


def notice(world: World, team: Team, channel: Channel, subtype: str, user: str, text: str, **extra: object) -> None:
    """One of the messages that Slack itself writes: that somebody joined, or a channel was renamed."""
    message = Message(channel.id, world.stamp(channel), text, user, subtype=subtype, extra=dict(extra))
    post(world, team, channel, message)


def edit(world: World, team: Team, channel: Channel, message: Message, by: str, changes: Json) -> Parcel | None:
    """Change a message; `changes` are fields of `Message`."""
    before = message_shape(world.app, team, message)
    for name, value in changes.items():
        setattr(message, name, value)
    message.edited = {"user": by, "ts": world.stamp(channel)}
    return events.message_changed(world, team, channel, before, message)


def remove(world: World, team: Team, channel: Channel, message: Message) -> Parcel | None:
    """Delete a message."""
    channel.messages.remove(message)
    return events.message_deleted(world, team, channel, message_shape(world.app, team, message))


def join(world: World, team: Team, channel: Channel, user: str, inviter: str = "") -> Parcel | None:
    """Bring somebody into a channel."""
    if user in channel.members:
        return None
    channel.members.append(user)
    extra = {"inviter": inviter} if inviter else {}
    notice(world, team, channel, "channel_join", user, f"<@{user}> has joined the channel", **extra)
    return events.member_joined(world, team, channel, user, inviter)


def leave(world: World, team: Team, channel: Channel, user: str, by: str = "") -> Parcel | None:
    """Take somebody out of a channel: themselves, or removed `by` somebody."""
    if user not in channel.members:
        return None
    is_bot = team.installation is not None and user == team.installation.bot_user
    channel.members.remove(user)
    if is_bot:
        # Whoever is out hears no more of the channel, only that it is out.
        return events.about_channel(world, team, channel, "left", actor_id=by or user)
    notice(world, team, channel, "channel_leave", user, f"<@{user}> has left the channel")
    return events.member_left(world, team, channel, user)


def archive(world: World, team: Team, channel: Channel, by: str) -> Parcel | None:
    """Close a channel to new messages."""
    heard = _heard(team, channel)
    channel.archived = True
    notice(world, team, channel, "channel_archive", by, "archived the channel", members=list(channel.members))
    return events.about_channel(world, team, channel, "archive", user=by, is_moved=0) if heard else None


def unarchive(world: World, team: Team, channel: Channel, by: str) -> Parcel | None:
    """Open an archived channel again."""
    channel.archived = False
    notice(world, team, channel, "channel_unarchive", by, "un-archived the channel")
    if not _heard(team, channel):
        return None
    # Slack names the same person differently for private channels.
    who = {"user": by} if channel.kind == "public_channel" else {"actor_id": by}
    return events.about_channel(world, team, channel, "unarchive", **who)


def delete(world: World, team: Team, channel: Channel, by: str) -> Parcel | None:
    """Remove a channel with everything in it."""
    heard = _heard(team, channel)
    del team.channels[channel.id]
    if not heard:
        return None
    return events.about_channel(world, team, channel, "deleted", date_deleted=world.epoch(), actor_id=by)


def rename(world: World, team: Team, channel: Channel, name: str, by: str) -> Parcel | None:
    """Give a channel another name."""
    old, channel.name = channel.name, name
    channel.previous_names.insert(0, old)
    text = f'has renamed the channel from "{old}" to "{name}"'
    notice(world, team, channel, "channel_name", by, text, old_name=old, name=name)
    if not _heard(team, channel):
        return None
    what: Json = {
        "id": channel.id,
        "name": name,
        "name_normalized": name,
        "created": channel.created,
        "is_channel": True,
        "is_mpim": False,
    }
    word = "channel" if channel.kind == "public_channel" else "group"
    event: Json = {"type": f"{word}_rename", "channel": what, "event_ts": world.stamp()}
    return events.emit(world, team, f"{word}_rename", event)


def uninstall(world: World, team: Team, installation: Installation) -> None:
    """Remove the app: its token is void, and its bot is in no channel any more."""
    installation.state = "uninstalled"
    team.users[installation.bot_user].deleted = True
    for channel in team.channels.values():
        if channel.kind not in ("im", "mpim") and installation.bot_user in channel.members:
            channel.members.remove(installation.bot_user)
    events.uninstalled(world, team, installation)
    events.tokens_revoked(world, team, installation)


def revoke(world: World, team: Team, installation: Installation) -> None:
    """Make the bot's token void."""
    installation.state = "revoked"
    events.tokens_revoked(world, team, installation)


def set_note(world: World, team: Team, channel: Channel, which: str, value: str, by: str) -> None:
    """Set the `topic` or the `purpose` of a channel."""
    setattr(channel, which, Note(value, by, world.epoch()))
    text = f"set the channel {'topic' if which == 'topic' else 'description'}: {value}"
    notice(world, team, channel, f"channel_{which}", by, text, **{which: value})


def _heard(team: Team, channel: Channel) -> bool:
    """Whether the app is told of what becomes of a channel: of every public one, and of private ones it is in."""
    return channel.kind == "public_channel" or bot_in(team, channel)
