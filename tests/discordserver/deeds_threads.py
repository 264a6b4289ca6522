"""Deeds with threads: making them, who is in them, and how they come to rest."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.discordserver import shapes
from tests.discordserver.deeds_channels import ChannelDeeds
from tests.discordserver.state import PRIVATE_THREAD, Channel, Json, ThreadInfo, ThreadMember

_LOOK_EVERY = timedelta(minutes=1)


class ThreadDeeds(ChannelDeeds):
    """Threads and their members. System messages about them are `MessageDeeds`' part."""

    _looked: datetime | None = None

    def create_thread(
        self, parent: Channel, name: str, owner: str, *, kind: int = PRIVATE_THREAD, invitable: bool = True,
        auto_archive_duration: int = 4320, rate_limit_per_user: int = 0, members: Iterable[str] = (),
    ) -> Channel:  # fmt: skip
        """A new thread, with its owner in it; THREAD_CREATE is told."""
        now = self.now()
        thread = Channel(self.new_id(), kind, parent.guild, name, parent.id, owner=owner)
        thread.rate_limit_per_user = rate_limit_per_user
        thread.thread = ThreadInfo(now, now, now, auto_archive_duration, invitable=invitable)
        for user in (owner, *members):
            thread.thread.members[user] = ThreadMember(user, now)
        self.guilds[parent.guild].threads[thread.id] = self.channels[thread.id] = thread
        self._tell_created(thread, newly=True)
        return thread

    def _tell_created(self, thread: Channel, *, newly: bool) -> None:
        data = shapes.thread_shape(thread, self.app.bot)
        if newly:
            data["newly_created"] = True
        users = info_of(thread).members
        self.emit("THREAD_CREATE", data, guild=thread.guild, channel=thread.id, users=set(users))

    def join_thread(self, thread: Channel, user: str) -> bool:
        """Somebody comes into a thread; whether they were not in it before. The bot is told by THREAD_CREATE, too."""
        info = info_of(thread)
        if user in info.members:
            return False
        member = ThreadMember(user, self.now())
        info.members[user] = member
        if user == self.app.bot:
            self._tell_created(thread, newly=False)
        added = shapes.thread_member_shape(thread, member)
        guild = self.guilds[thread.guild]
        added["member"] = shapes.member_shape(self, guild.members[user])
        added["presence"] = None
        self._members_changed(thread, {user}, {"added_members": [added]})
        return True

    def leave_thread(self, thread: Channel, user: str) -> bool:
        """Somebody goes out of a thread; whether they were in it."""
        info = info_of(thread)
        if user not in info.members:
            return False
        member = info.members.pop(user)
        left = user == self.app.bot
        if left:
            # It is told of its own leaving, which it could not see any more.
            info.members[user] = member
        self._members_changed(thread, {user}, {"removed_member_ids": [user]}, less=int(left))
        info.members.pop(user, None)
        return True

    def _members_changed(self, thread: Channel, users: set[str], change: Json, less: int = 0) -> None:
        count = min(len(info_of(thread).members) - less, 50)
        data = {"id": thread.id, "guild_id": thread.guild, "member_count": count, **change}
        self.emit("THREAD_MEMBERS_UPDATE", data, guild=thread.guild, channel=thread.id, users=users)

    def archive(self, thread: Channel, *, archived: bool = True, locked: bool | None = None) -> None:
        """A thread is archived or brought back, and perhaps locked or unlocked."""
        info = info_of(thread)
        before = info.archived, info.locked
        if info.archived != archived:
            info.changed = info.active = self.now()
        info.archived = archived
        info.locked = info.locked if locked is None else locked
        if before != (info.archived, info.locked):
            self.channel_changed(thread)

    def archive_idle(self) -> None:
        """Archive the threads in which nothing was said for too long. Requests do it, once a minute by the clock."""
        now = self.now()
        if self._looked and abs(now - self._looked) < _LOOK_EVERY:
            return
        self._looked = now
        for guild in self.guilds.values():
            for thread in guild.threads.values():
                info = info_of(thread)
                if not info.archived and now - info.active >= timedelta(minutes=info.auto_archive_duration):
                    self.archive(thread)

    def active_threads(self, guild: str) -> list[Channel]:
        """The threads of a guild that are not archived."""
        return [each for each in self.guilds[guild].threads.values() if not info_of(each).archived]


def info_of(thread: Channel) -> ThreadInfo:
    """What only threads have."""
    if thread.thread is None:
        raise TypeError(f"{thread.id} is no thread")
    return thread.thread
