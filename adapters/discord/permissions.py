"""What the bot must be allowed to do in a server, and what for: no more than that."""

from dataclasses import dataclass

import discord

ADMINISTRATOR, MANAGE_GUILD = 1 << 3, 1 << 5
MANAGE_CHANNELS, VIEW_CHANNEL, SEND_MESSAGES = 1 << 4, 1 << 10, 1 << 11
EMBED_LINKS, ATTACH_FILES, READ_MESSAGE_HISTORY = 1 << 14, 1 << 15, 1 << 16
MANAGE_ROLES, MANAGE_THREADS = 1 << 28, 1 << 34
CREATE_PRIVATE_THREADS, SEND_MESSAGES_IN_THREADS, CREATE_EVENTS = 1 << 36, 1 << 38, 1 << 44
SCOPES = ("bot", "applications.commands")


@dataclass(frozen=True, slots=True)
class Need:
    """A permission: its bit, its name as Discord shows it in a role, and what it is for."""

    bit: int
    name: str
    purpose: str


NEEDS = (
    Need(VIEW_CHANNEL, "View Channels", "to see the public channel and the rooms of pairs"),
    Need(SEND_MESSAGES, "Send Messages", "to announce rounds, and to write in rooms"),
    Need(SEND_MESSAGES_IN_THREADS, "Send Messages in Threads", "to write in rooms that are threads"),
    Need(CREATE_PRIVATE_THREADS, "Create Private Threads", "for rooms that are threads, and where DMs are closed"),
    Need(MANAGE_CHANNELS, "Manage Channels", "to open a private channel for each pair, and to close it at the end"),
    Need(MANAGE_ROLES, "Manage Roles", "to let just the members of a pair into their channel"),
    Need(MANAGE_THREADS, "Manage Threads", "to lock rooms that are threads at the end"),
    Need(READ_MESSAGE_HISTORY, "Read Message History", "to see what was missed while the connection was down"),
    Need(EMBED_LINKS, "Embed Links", "to show links as they should look"),
    Need(ATTACH_FILES, "Attach Files", "to show the pictures of topics"),
    Need(CREATE_EVENTS, "Create Events", "to put a meeting into the server's events, where a pair asks for it"),
)  # fmt: skip
ALL = sum(need.bit for need in NEEDS)
"""All of them, as one number."""


def lacking(granted: int) -> tuple[Need, ...]:
    """What is needed and not among these; an administrator may do everything."""
    return () if granted & ADMINISTRATOR else tuple(need for need in NEEDS if not granted & need.bit)


def runs_it(granted: int) -> bool:
    """Whether somebody with these permissions runs the server."""
    return bool(granted & (ADMINISTRATOR | MANAGE_GUILD))


def granted_to(guild: discord.Guild, roles: list[int], user: int) -> int:
    """What a member with these roles may do in the server as a whole."""
    if user == guild.owner_id:
        return ADMINISTRATOR
    known = [guild.default_role, *(role for each in roles if (role := guild.get_role(each)) is not None)]
    found = 0
    for role in known:
        found |= role.permissions.value
    return found


def invite_link(application: str) -> str:
    """Where somebody lets the bot into their server."""
    scopes = "+".join(SCOPES)
    query = f"client_id={application}&scope={scopes}&permissions={ALL}&integration_type=0"
    return f"https://discord.com/oauth2/authorize?{query}"
